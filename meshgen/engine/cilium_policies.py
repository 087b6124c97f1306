"""CiliumNetworkPolicies, namespaced and cluster-wide, as entries."""

import ipaddress
import json
from collections.abc import Iterator, Mapping
from typing import Any

from . import ports, vocabulary
from .admission import CLUSTERWIDE, blocks
from .domains import domain
from .entries import L7, Direction, Entry, Grant, ObjectPath, Peers
from .icmp import icmp_type
from .labels import K8S, NAMESPACE
from .selectors import leaves_namespace, peer, subject
from .semantics import Semantics
from .vocabulary import CIDR_SETS, CIDRS, ENDPOINTS, ENTITIES, FQDNS, GROUPS, REQUIRES, SERVICES

Services = Mapping[tuple[str, str], Mapping[str, str]]
"""The selectors of the Services of a cluster, by namespace and name."""

V6 = 1 << 32
"""Where the addresses of IPv6 begin, on the line that begins with those of IPv4."""

_WHOLE = {(0, V6 - 1), (V6, V6 + (1 << 128) - 1)}


class Context:
    """
    The cluster in which policies are applied.

    `services` is None where it is certain that there are none; a Service that is not among them makes
    a rule unclear.
    """

    def __init__(self, cluster: str, rules: Semantics, services: Services | None = None) -> None:
        self.cluster = cluster
        self.rules = rules
        self.services = services


def entries(policy: Mapping[str, Any], context: Context) -> Iterator[Entry]:
    """The entries of an object that Cilium does not refuse."""
    # NOTE: without a namespace the object counts as cluster-wide (cnp_types.go); MG425 says so.
    namespace = None if policy["kind"] == CLUSTERWIDE else policy["metadata"].get("namespace")
    for path, block in blocks(policy):
        if block.get("endpointSelector") is not None:
            yield from _of_block(block, path, namespace, context)


def _of_block(
    block: Mapping[str, Any], path: ObjectPath, namespace: str | None, context: Context
) -> Iterator[Entry]:
    rules = context.rules
    chosen = subject(block["endpointSelector"], namespace, rules)
    free = namespace is None or not rules.init_stays_in_namespace
    scope = "" if free and leaves_namespace(block["endpointSelector"]) else namespace
    switch = block.get("enableDefaultDeny") or {} if rules.default_deny_switch else {}
    for section, direction, deny in vocabulary.SECTIONS:
        if deny and not rules.denies:
            continue
        for index, written in enumerate(block.get(section) or ()):
            rule = vocabulary.kept(written, direction, rules, deny=deny)
            yield Entry(
                path=(*path, section, index),
                direction=direction,
                subject=chosen,
                deny=deny,
                closes=switch.get(direction.value) is not False,
                peers=_peers(rule, direction, scope, context, deny=deny),
                grants=_grants(rule, rules, deny=deny),
                requires=tuple(
                    peer(selector, scope, context.cluster, rules)
                    for selector in rule.get(REQUIRES[direction]) or ()
                ),
            )


def _peers(
    rule: Mapping[str, Any], direction: Direction, namespace: str | None, context: Context, *, deny: bool
) -> Peers:
    rules, cluster = context.rules, context.cluster
    listed = [key for key in vocabulary.peer_keys(direction, rules, deny=deny) if key in rule]
    narrowed = bool(rule.get("toPorts") or rule.get("icmps"))
    if not listed:
        return Peers(anyone=narrowed)
    if not any(rule[key] for key in listed):
        return Peers(anyone=narrowed and _empty_opens(listed, rules))
    services = _services(rule.get(SERVICES) or (), context)
    unclear = _unclear(rule, direction) or (None if services is not None else "a Service it names is unknown")
    if services == () and rule.get(SERVICES):
        return Peers(anyone=narrowed)
    chosen = (*(rule.get(ENDPOINTS[direction]) or ()), *({"matchLabels": each} for each in services or ()))
    addresses = tuple(_addresses(rule, direction))
    return Peers(
        endpoints=tuple(peer(selector, namespace, cluster, rules) for selector in chosen),
        others=tuple(
            selector
            for name in (*(rule.get(ENTITIES[direction]) or ()), *_world(addresses, rules))
            for selector in vocabulary.entity(name, cluster, rules)
        ),
        addresses=addresses,
        domains=tuple(_domains(rule, rules)),
        unclear=unclear,
        written=canonical(rule) if unclear else "",
    )


def _world(addresses: tuple[tuple[int, int], ...], rules: Semantics) -> tuple[str, ...]:
    return ("world",) if rules.whole_range_is_world and _WHOLE & set(addresses) else ()


def _empty_opens(listed: list[str], rules: Semantics) -> bool:
    """Whether empty lists of peers beside ports select everybody."""
    return not rules.empty_list_is_nobody or all(key in {FQDNS, SERVICES} for key in listed)


def _unclear(rule: Mapping[str, Any], direction: Direction) -> str | None:
    if rule.get(GROUPS[direction]):
        return f"{GROUPS[direction]} depends on a cloud provider's answer"
    if any("cidr" not in item for item in rule.get(CIDR_SETS[direction]) or ()):
        return f"{CIDR_SETS[direction]} names a group that is not in the mesh"
    return None


def _services(written: Any, context: Context) -> tuple[dict[str, str], ...] | None:
    """The labels of the pods behind toServices, or None where one of the Services is unknown."""
    found: list[dict[str, str]] = []
    known = context.services
    if known is None:
        return ()
    for each in written:
        named = each.get("k8sService") or {}
        key = (str(named.get("namespace", "")), str(named.get("serviceName", "")))
        if key not in known or not context.rules.services_are_pods:
            return None
        found.append({**known[key], f"{K8S}:{NAMESPACE}": key[0]})
    return tuple(found)


def _addresses(rule: Mapping[str, Any], direction: Direction) -> Iterator[tuple[int, int]]:
    for cidr in rule.get(CIDRS[direction]) or ():
        yield span(cidr)
    for item in rule.get(CIDR_SETS[direction]) or ():
        if "cidr" in item:
            yield from without(span(item["cidr"]), [span(part) for part in item.get("except") or ()])


def span(cidr: str) -> tuple[int, int]:
    """The first and last address of a CIDR on the line of all addresses; what is none was refused before."""
    network = ipaddress.ip_network(cidr, strict=False)
    start = V6 if network.version == 6 else 0  # noqa: PLR2004
    return start + int(network.network_address), start + int(network.broadcast_address)


def without(whole: tuple[int, int], parts: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """What is left of a range of addresses when parts of it are taken out."""
    first, last = whole
    for low, high in sorted(parts):
        if first < low:
            yield first, low - 1
        first = max(first, high + 1)
    if first <= last:
        yield first, last


def _domains(rule: Mapping[str, Any], rules: Semantics) -> Iterator[str]:
    for each in rule.get(FQDNS) or ():
        if written := each.get("matchName") or each.get("matchPattern"):
            yield domain(str(written), deep=rules.deep_domains)


def _grants(rule: Mapping[str, Any], rules: Semantics, *, deny: bool) -> tuple[Grant, ...] | None:
    found: list[Grant] = []
    if rule.get("icmps"):
        found.append(Grant(tuple(_icmps(rule["icmps"], rules))))
    elif not rule.get("toPorts"):
        return None
    for port_rule in rule.get("toPorts") or ():
        l7 = None if deny else _l7(port_rule)
        ranges, names = _ports(port_rule.get("ports") or (), rules)
        found.append(Grant(ranges, names, l7))
    return tuple(found)


def _icmps(written: Any, rules: Semantics) -> Iterator[ports.Range]:
    for each in written:
        for field in each.get("fields") or ():
            v6 = field.get("family") == "IPv6"
            yield ports.icmp_range(icmp_type(field.get("type"), v6=v6, names=rules.icmp_names), v6=v6)


def _ports(written: Any, rules: Semantics) -> tuple[tuple[ports.Range, ...], tuple[ports.NamedPort, ...]]:
    ranges: list[ports.Range] = []
    names: list[ports.NamedPort] = []
    for each in written:
        if (protocol := str(each.get("protocol")).upper()) in ports.WITHOUT_PORTS:
            ranges.append(ports.range_without_ports(protocol))
            continue
        of = ports.protocols(each.get("protocol"), sctp=rules.sctp)
        if ports.is_name(each["port"]):
            names.append(ports.NamedPort(each["port"].lower(), of))
        else:
            last = each.get("endPort") if rules.end_ports else None
            ranges += ports.ranges_of(ports.number_of(each["port"]), last, of)
    return tuple(ranges), tuple(names)


def _l7(port_rule: Mapping[str, Any]) -> L7 | None:
    written = port_rule.get("rules") or {}
    for parser in vocabulary.PARSERS:
        if written.get(parser):
            rules = sorted({canonical(rule) for rule in written[parser]})
            return L7(parser, f"[{','.join(rules)}]")
    if written.get("l7proto"):
        return L7(str(written["l7proto"]), canonical(written.get("l7") or []))
    if port_rule.get("listener") or port_rule.get("serverNames"):
        kept = {key: port_rule[key] for key in ("listener", "serverNames") if key in port_rule}
        return L7("listener" if "listener" in kept else "tls", canonical(kept))
    return None


def canonical(value: Any) -> str:
    """A value as JSON that is the same whatever the order of its keys."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
