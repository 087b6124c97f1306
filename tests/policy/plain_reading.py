"""
What policies say of one flow, read in the plainest way: no sets, no classes, no ranges laid over each other.

It follows docs/explanation/policy-semantics.md and shares no code with the engine. It knows neither rules
about requests nor names outside, and has no answer of "unknown".
"""

import ipaddress
from collections.abc import Iterator
from typing import Any, NamedTuple

Version = tuple[int, int]
"""Minor version and patch release."""

NAMESPACE = "io.kubernetes.pod.namespace"
CLUSTER = "io.cilium.k8s.policy.cluster"
OF_NAMESPACE = "io.cilium.k8s.namespace.labels."


class Party(NamedTuple):
    """One end of a flow; `labels` are `source:key` to value, `ports` the named ones of its containers."""

    name: str
    labels: dict[str, str]
    cluster: str = ""
    address: str = ""
    ports: dict[str, int] = {}  # noqa: RUF012 - nobody changes it


class Flow(NamedTuple):
    """A flow as the one side sees it whose policies are asked; of ICMP `port` is the type."""

    subject: Party
    peer: Party
    port: int
    protocol: str
    direction: str
    everybody: tuple[Party, ...]


def admits(flow: Flow, policies: list[dict[str, Any]], version: Version, *, local: bool) -> bool:
    """Whether the policies of the subject's cluster let the flow through; `local` is the cluster's scope."""
    said = [each for policy in policies for each in _said(flow, policy, version, local=local)]
    closed = any(closes for closes, _, _ in said)
    denied = any(covers for _, deny, covers in said if deny)
    allowed = any(covers for _, deny, covers in said if not deny)
    return not denied and (allowed or not closed)


def _said(
    flow: Flow, policy: dict[str, Any], version: Version, *, local: bool
) -> Iterator[tuple[bool, bool, bool]]:
    """Of each rule for the subject: whether it closes it, denies, and is about the flow."""
    if policy["kind"] == "NetworkPolicy":
        chosen, granted = _network_policy(flow, policy, version, local=local)
        yield chosen, False, granted
        return
    for block in [policy.get("spec"), *policy.get("specs", ())]:
        if block is None or not _chosen(flow.subject, block["endpointSelector"], policy):
            continue
        switch = block.get("enableDefaultDeny", {}) if version >= (16, 0) else {}
        for deny in (False, True) if version >= (9, 0) else (False,):
            for rule in block.get(flow.direction + "Deny" * deny, ()):
                covers = _covers(flow, rule, policy, version, local=local)
                yield switch.get(flow.direction, True), deny, covers


def _values(labels: dict[str, str], written: str) -> list[str]:
    """The values of a key as selectors have it: with a source, or of any."""
    source, colon, key = written.partition(":")
    if not colon:
        source, key = "any", written
    return [
        value
        for label, value in labels.items()
        if label.partition(":")[2] == key and source in {"any", label.partition(":")[0]}
    ]


def _fits(labels: dict[str, str], selector: dict[str, Any]) -> bool:
    for key, value in selector.get("matchLabels", {}).items():
        if value not in _values(labels, key):
            return False
    for each in selector.get("matchExpressions", ()):
        found = _values(labels, each["key"])
        inside = any(value in each.get("values", ()) for value in found)
        if not {
            "In": inside,
            "NotIn": not inside,
            "Exists": bool(found),
            "DoesNotExist": not found,
        }[each["operator"]]:
            return False
    return True


def _keys(selector: dict[str, Any]) -> list[str]:
    return [*selector.get("matchLabels", {}), *(each["key"] for each in selector.get("matchExpressions", ()))]


def _bare(key: str) -> str:
    """A key without the sources that pods have their labels from; empty for another source."""
    source, colon, rest = key.partition(":")
    if not colon:
        return key
    return rest if source in {"k8s", "any"} else ""


def _chosen(subject: Party, selector: dict[str, Any], policy: dict[str, Any]) -> bool:
    if policy["kind"] == "CiliumClusterwideNetworkPolicy":
        return _fits(subject.labels, selector)
    labels = {
        key: value for key, value in selector.get("matchLabels", {}).items() if key != f"k8s:{NAMESPACE}"
    }
    own = subject.labels.get(f"k8s:{NAMESPACE}") == policy["metadata"]["namespace"]
    return own and _fits(subject.labels, {**selector, "matchLabels": labels})


def _meant(
    flow: Flow, selector: dict[str, Any], policy: dict[str, Any], version: Version, *, local: bool
) -> bool:
    """Whether a peer's selector means the other side, with what Cilium adds to it."""
    labels = flow.peer.labels
    keys = _keys(selector)
    if not _fits(labels, selector) or any(key.startswith("reserved:") for key in keys):
        return _fits(labels, selector)
    bare = [_bare(key) for key in keys]
    if NAMESPACE not in bare:
        if policy["kind"] == "CiliumClusterwideNetworkPolicy":
            if f"k8s:{NAMESPACE}" not in labels:
                return False
        elif version < (16, 0) or not any(key.startswith(OF_NAMESPACE) for key in bare):
            return _is_here(flow, policy, bare, local=local)
    return _is_near(flow, bare, local=local)


def _is_here(flow: Flow, policy: dict[str, Any], bare: list[str], *, local: bool) -> bool:
    own = flow.peer.labels.get(f"k8s:{NAMESPACE}") == policy["metadata"]["namespace"]
    return own and _is_near(flow, bare, local=local)


def _is_near(flow: Flow, bare: list[str], *, local: bool) -> bool:
    """Whether the other side is in the subject's cluster, where that is asked for."""
    return not local or CLUSTER in bare or flow.peer.labels.get(f"k8s:{CLUSTER}") == flow.subject.cluster


def _entity(flow: Flow, name: str, version: Version) -> bool:
    labels = flow.peer.labels
    if name == "all":
        return True
    if name != "cluster":
        return f"reserved:{name}" in labels
    since = {
        "host": 0,
        "init": 0,
        "unmanaged": 0,
        "remote-node": 7,
        "health": 9,
        "kube-apiserver": 11,
        "ingress": 13,
    }
    inside = any(f"reserved:{member}" in labels and version >= (minor, 0) for member, minor in since.items())
    return inside or labels.get(f"k8s:{CLUSTER}") == flow.subject.cluster


def _at(flow: Flow, cidr: str, excepted: tuple[str, ...], version: Version) -> bool:
    # Cilium before 1.19 takes a CIDR of all addresses for the world, exceptions or not being no matter then.
    if (
        version < (19, 0)
        and not excepted
        and cidr in {"0.0.0.0/0", "::/0"}
        and "reserved:world" in flow.peer.labels
    ):
        return True
    return (
        bool(flow.peer.address)
        and _within(flow.peer.address, cidr)
        and not any(_within(flow.peer.address, part) for part in excepted)
    )


def _within(address: str, cidr: str) -> bool:
    one, block = ipaddress.ip_address(address), ipaddress.ip_network(cidr, strict=False)
    return one.version == block.version and one in block


def _covers(
    flow: Flow, rule: dict[str, Any], policy: dict[str, Any], version: Version, *, local: bool
) -> bool:
    return _peers(flow, rule, policy, version, local=local) and _ports(flow, rule, version)


def _peers(
    flow: Flow, rule: dict[str, Any], policy: dict[str, Any], version: Version, *, local: bool
) -> bool:
    word = "from" if flow.direction == "ingress" else "to"
    names = [name for name in ("Endpoints", "Entities", "CIDR", "CIDRSet") if f"{word}{name}" in rule]
    at_ports = bool(rule.get("toPorts"))
    if not names:
        return at_ports
    if not any(rule[f"{word}{name}"] for name in names):
        return at_ports and version < (16, 0)
    return (
        any(_meant(flow, each, policy, version, local=local) for each in rule.get(f"{word}Endpoints", ()))
        or any(_entity(flow, each, version) for each in rule.get(f"{word}Entities", ()))
        or any(_at(flow, each, (), version) for each in rule.get(f"{word}CIDR", ()))
        or any(
            _at(flow, each["cidr"], tuple(each.get("except", ())), version)
            for each in rule.get(f"{word}CIDRSet", ())
        )
    )


def _ports(flow: Flow, rule: dict[str, Any], version: Version) -> bool:
    if not rule.get("toPorts"):
        return True
    return any(_port(flow, each, version) for several in rule["toPorts"] for each in several.get("ports", ()))


def _port(flow: Flow, written: dict[str, Any], version: Version) -> bool:
    protocol = written.get("protocol", "ANY").upper()
    of = (
        ({"TCP", "UDP", "SCTP"} if version >= (13, 0) else {"TCP", "UDP"})
        if protocol == "ANY"
        else {protocol}
    )
    return flow.protocol in of and _number(flow, written["port"], written.get("endPort"), version)


def _number(flow: Flow, port: Any, last: int | None, version: Version) -> bool:
    if isinstance(port, str) and not port.isdecimal():
        return flow.port in _named(flow, port.lower(), version)
    first = int(port)
    end = max(first, last or 0) if version >= (16, 0) else first
    return first == 0 or first <= flow.port <= end


def _named(flow: Flow, name: str, version: Version) -> set[int]:
    """The numbers that a port's name stands for."""
    if flow.direction == "ingress":
        of: tuple[Party, ...] = (flow.subject,)
    elif version >= (20, 0):
        of = (flow.peer,)
    else:
        of = flow.everybody
    found = {party.ports[name] for party in of if name in party.ports}
    return found if len(found) == 1 else set()


def _network_policy(
    flow: Flow, policy: dict[str, Any], version: Version, *, local: bool
) -> tuple[bool, bool]:
    """Whether a NetworkPolicy closes the subject in this direction, and whether it lets the flow through."""
    spec, namespace = policy["spec"], policy["metadata"]["namespace"]
    mine = flow.subject.labels.get(f"k8s:{NAMESPACE}") == namespace
    types = spec.get("policyTypes") or ["Ingress", *(["Egress"] if spec.get("egress") else [])]
    if not mine or not _fits(flow.subject.labels, _of_kubernetes(spec["podSelector"])):
        return False, False
    if flow.direction.capitalize() not in types:
        return False, False
    word = "from" if flow.direction == "ingress" else "to"
    for rule in spec.get(flow.direction, ()):
        peers, ports = rule.get(word), rule.get("ports")
        known = not peers or any(_is_peer(flow, each, namespace, version, local=local) for each in peers)
        if known and (not ports or any(_network_port(flow, each, version) for each in ports)):
            return True, True
    return True, False


def _of_kubernetes(selector: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    return {
        "matchLabels": {
            f"k8s:{prefix}{key}": value for key, value in selector.get("matchLabels", {}).items()
        },
        "matchExpressions": [
            {**each, "key": f"k8s:{prefix}{each['key']}"} for each in selector.get("matchExpressions", ())
        ],
    }


def _is_peer(flow: Flow, peer: dict[str, Any], namespace: str, version: Version, *, local: bool) -> bool:
    labels = flow.peer.labels
    if block := peer.get("ipBlock"):
        if _at(flow, block["cidr"], tuple(block.get("except", ())), (99, 0)):
            return True
        # CVE-2026-56743
        if not (local and flow.direction == "ingress" and not (19, 5) <= version < (20, 0)):
            return False
    if f"k8s:{NAMESPACE}" not in labels or (local and labels.get(f"k8s:{CLUSTER}") != flow.subject.cluster):
        return False
    if "namespaceSelector" in peer:
        around = _fits(labels, _of_kubernetes(peer["namespaceSelector"], OF_NAMESPACE))
    else:
        around = labels[f"k8s:{NAMESPACE}"] == namespace
    return around and _fits(labels, _of_kubernetes(peer.get("podSelector", {})))


def _network_port(flow: Flow, written: dict[str, Any], version: Version) -> bool:
    if flow.protocol != written.get("protocol", "TCP"):
        return False
    return "port" not in written or _number(flow, written["port"], written.get("endPort"), version)
