"""
What Cilium refuses: an object with one fault is not enforced at all.

Source: Sanitize in pkg/policy/api/rule_validation.go, and Parse in pkg/k8s/apis/cilium.io/v2.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from . import ports, vocabulary
from .addresses import block_or_address, cidr_block
from .entries import Direction, ObjectPath, Refusal
from .icmp import icmp_type
from .semantics import Semantics
from .vocabulary import CIDR_SETS, CIDRS, ENDPOINTS, ENTITIES, FQDNS, NODES, REQUIRES, SERVICES

NAMESPACED = "CiliumNetworkPolicy"
CLUSTERWIDE = "CiliumClusterwideNetworkPolicy"

SHAPE = "it does not have the shape that the CRD asks for"

_MOST_PORTS = 40
_LONGEST = 63
_LABEL_VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?")
_LABEL_KEY = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?")
_LABEL_PREFIX = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_DOMAIN = re.compile(r"[-a-zA-Z0-9_.]+")
_PATTERN = re.compile(r"[-a-zA-Z0-9_.*]+")
_NEWER = {"kube-apiserver", "ingress"}
"""Entities that old versions lack."""

_OPERATORS = {"In": True, "NotIn": True, "Exists": False, "DoesNotExist": False}


def blocks(policy: Mapping[str, Any]) -> Iterator[tuple[ObjectPath, Any]]:
    """The blocks of an object, each with its route: `spec`, and those under `specs`."""
    if policy.get("spec") is not None:
        yield ("spec",), policy["spec"]
    for index, block in enumerate(policy.get("specs") or ()):
        yield ("specs", index), block


def refusals(policy: Mapping[str, Any], rules: Semantics) -> Iterator[Refusal]:
    """Everything for which a version refuses a CiliumNetworkPolicy or a cluster-wide one."""
    try:
        yield from _of_object(policy, rules)
    except (AttributeError, KeyError, TypeError, ValueError):
        yield Refusal((), SHAPE)


def _of_object(policy: Mapping[str, Any], rules: Semantics) -> Iterator[Refusal]:
    if not policy["metadata"].get("name"):
        yield Refusal(("metadata",), "it has no name")
    if policy["kind"] == CLUSTERWIDE and not rules.clusterwide:
        yield Refusal(("kind",), f"Cilium {rules.version} does not know {CLUSTERWIDE}", newer=True)
    found = list(blocks(policy))
    if not found:
        yield Refusal((), "it has neither spec nor specs")
    for path, block in found:
        yield from _of_block(block, path, policy["kind"], rules)


def _of_block(block: Mapping[str, Any], path: ObjectPath, kind: str, rules: Semantics) -> Iterator[Refusal]:
    yield from _of_subject(block, path, kind, rules)
    if rules.empty_block_refused and not any(block.get(key) for key, *_ in vocabulary.SECTIONS):
        yield Refusal(path, "a block needs a rule: ingress, egress, ingressDeny or egressDeny")
    for section, direction, deny in vocabulary.SECTIONS:
        if not deny or rules.denies:
            for index, rule in enumerate(block.get(section) or ()):
                yield from _of_rule(rule, (*path, section, index), direction, rules, deny=deny)


def _of_subject(block: Mapping[str, Any], path: ObjectPath, kind: str, rules: Semantics) -> Iterator[Refusal]:
    endpoints, nodes = block.get("endpointSelector"), block.get("nodeSelector")
    nodes = nodes if rules.named_ports else None
    if endpoints is None and nodes is None:
        yield Refusal(path, "a block needs an endpointSelector")
    if endpoints is not None and nodes is not None:
        yield Refusal((*path, "nodeSelector"), "a block has either an endpointSelector or a nodeSelector")
    if nodes is not None and kind == NAMESPACED:
        yield Refusal((*path, "nodeSelector"), f"only a {CLUSTERWIDE} has a nodeSelector")
    for key, selector in (("endpointSelector", endpoints), ("nodeSelector", nodes)):
        if selector is not None:
            yield from label_selector(selector, (*path, key))


def _of_rule(
    rule: Mapping[str, Any], path: ObjectPath, direction: Direction, rules: Semantics, *, deny: bool
) -> Iterator[Refusal]:
    keys = vocabulary.peer_keys(direction, rules, deny=deny)
    rule = vocabulary.kept(rule, direction, rules, deny=deny)
    if no_list := [key for key in rule if not isinstance(rule[key], list | tuple)]:
        # Characters of a text, or keys of a mapping, are no peers.
        yield Refusal((*path, no_list[0]), f"{no_list[0]} is not a list")
        return
    if not deny or rules.denies_checked:
        yield from _of_company(rule, path, direction, rules, keys)
    yield from _of_version(rule, path, direction, rules)
    yield from _of_peers(rule, path, direction, rules)
    for index, fields in enumerate(rule.get("icmps") or ()):
        yield from _of_messages(fields, (*path, "icmps", index), rules)
    for index, port_rule in enumerate(rule.get("toPorts") or ()):
        yield from _of_port_rule(port_rule, (*path, "toPorts", index), direction, rules, deny=deny)


def _of_company(
    rule: Mapping[str, Any], path: ObjectPath, direction: Direction, rules: Semantics, keys: tuple[str, ...]
) -> Iterator[Refusal]:
    """What may not stand together in one rule, or not without a flag."""
    named = [key for key in keys if rule.get(key)]
    if len(named) > 1:
        yield Refusal((*path, named[1]), f"{named[0]} and {named[1]} cannot stand in one rule")
    if rule.get("icmps") and rule.get("toPorts"):
        yield Refusal((*path, "icmps"), "icmps and toPorts cannot stand in one rule")
    if rule.get(NODES[direction]):
        reason = f"{NODES[direction]} needs the agent's flag enable-node-selector-labels"
        yield Refusal((*path, NODES[direction]), reason)
    if not rules.services_with_ports and rule.get(SERVICES) and rule.get("toPorts"):
        yield Refusal((*path, SERVICES), f"{SERVICES} with toPorts needs Cilium 1.17")


def _of_messages(written: Mapping[str, Any], path: ObjectPath, rules: Semantics) -> Iterator[Refusal]:
    fields: Sequence[Any] = written.get("fields") or ()
    if len(fields) > _MOST_PORTS:
        yield Refusal((*path, "fields"), f"a list of ICMP types has at most {_MOST_PORTS}")
    for index, each in enumerate(fields):
        place = (*path, "fields", index)
        family, kind = each.get("family") or "IPv4", each.get("type")
        if family not in {"IPv4", "IPv6"}:
            yield Refusal((*place, "family"), f"there is no family {family!r}")
            continue
        try:
            icmp_type(kind, v6=family == "IPv6", names=rules.icmp_names)
        except ValueError:
            newer = isinstance(kind, str) and not rules.icmp_names
            reason = f"{kind!r} is not a type of ICMP messages of {family}"
            yield Refusal((*place, "type"), reason, newer=newer)


def _of_peers(
    rule: Mapping[str, Any], path: ObjectPath, direction: Direction, rules: Semantics
) -> Iterator[Refusal]:
    for key in (ENDPOINTS[direction], REQUIRES[direction]):
        for index, selector in enumerate(rule.get(key) or ()):
            yield from label_selector(selector, (*path, key, index))
    known = vocabulary.entities(rules)
    for index, name in enumerate(rule.get(ENTITIES[direction]) or ()):
        if name not in known:
            yield Refusal(
                (*path, ENTITIES[direction], index), f"there is no entity {name!r}", newer=name in _NEWER
            )
    yield from _of_addresses(rule, path, direction)
    for index, domain in enumerate(rule.get(FQDNS) or ()):
        yield from _of_domain(domain, (*path, FQDNS, index))


def _of_version(
    rule: Mapping[str, Any], path: ObjectPath, direction: Direction, rules: Semantics
) -> Iterator[Refusal]:
    """What only some versions refuse."""
    key = REQUIRES[direction]
    # NOTE: an empty list still has the shape that the CRD asks for.
    if not rules.requires and rule.get(key):
        yield Refusal((*path, key), f"{key} was removed in Cilium 1.19")
    if not rules.cidr_ports_on_ingress and rule.get("toPorts"):
        for cidr in ("fromCIDR", "fromCIDRSet"):
            if rule.get(cidr):
                yield Refusal((*path, cidr), f"{cidr} with toPorts needs Cilium 1.9", newer=True)


def label_selector(
    selector: Mapping[str, Any], path: ObjectPath, *, sources: bool = True
) -> Iterator[Refusal]:
    """What is wrong with a LabelSelector; with `sources` keys may begin with one, as in `k8s:app`."""
    for key, value in (selector.get("matchLabels") or {}).items():
        yield from _of_key(key, (*path, "matchLabels", key), sources=sources)
        if not _is_value(value):
            yield Refusal((*path, "matchLabels", key), f"{value!r} is not a label value")
    for index, expression in enumerate(selector.get("matchExpressions") or ()):
        place = (*path, "matchExpressions", index)
        operator, values = expression.get("operator"), expression.get("values") or ()
        yield from _of_key(expression["key"], (*place, "key"), sources=sources)
        if operator not in _OPERATORS:
            yield Refusal((*place, "operator"), f"there is no operator {operator!r}")
        elif bool(values) is not _OPERATORS[operator]:
            needs = "needs values" if _OPERATORS[operator] else "takes no values"
            yield Refusal(place, f"the operator {operator} {needs}")
        for number, value in enumerate(values):
            if not _is_value(value):
                yield Refusal((*place, "values", number), f"{value!r} is not a label value")


def _is_value(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST and _LABEL_VALUE.fullmatch(value) is not None


def _of_key(key: str, path: ObjectPath, *, sources: bool) -> Iterator[Refusal]:
    source, colon, rest = key.partition(":") if sources else (key, "", "")
    prefix, slash, name = (rest if colon else source).rpartition("/")
    fine = len(name) <= _LONGEST and _LABEL_KEY.fullmatch(name)
    if not fine or (slash and not _LABEL_PREFIX.fullmatch(prefix)):
        yield Refusal(path, f"{key!r} is not a label key")


def _of_addresses(rule: Mapping[str, Any], path: ObjectPath, direction: Direction) -> Iterator[Refusal]:
    for index, cidr in enumerate(rule.get(CIDRS[direction]) or ()):
        if not block_or_address(cidr):
            yield Refusal((*path, CIDRS[direction], index), f"{cidr!r} is neither a CIDR nor an address")
    for index, item in enumerate(rule.get(CIDR_SETS[direction]) or ()):
        place = (*path, CIDR_SETS[direction], index)
        if "cidr" not in item:
            continue  # cidrGroupRef, cidrGroupSelector
        whole = cidr_block(item["cidr"])
        if not whole:
            yield Refusal((*place, "cidr"), f"{item['cidr']!r} is not a CIDR")
            continue
        for number, part in enumerate(item.get("except") or ()):
            inner = cidr_block(part)
            if not inner or inner.version != whole.version or inner.network_address not in whole:
                yield Refusal((*place, "except", number), f"{part!r} is not a part of {item['cidr']}")


def _of_domain(domain: Mapping[str, Any], path: ObjectPath) -> Iterator[Refusal]:
    # NOTE: one without both is taken, and stands for no name.
    name, pattern = domain.get("matchName") or "", domain.get("matchPattern") or ""
    if name and pattern:
        yield Refusal(path, "matchName and matchPattern cannot stand together")
    if name and not _DOMAIN.fullmatch(name):
        yield Refusal((*path, "matchName"), f"{name!r} is not a domain name")
    if pattern and not _PATTERN.fullmatch(pattern):
        yield Refusal((*path, "matchPattern"), f"{pattern!r} is not a pattern of domain names")


def _of_port_rule(
    rule: Mapping[str, Any], path: ObjectPath, direction: Direction, rules: Semantics, *, deny: bool
) -> Iterator[Refusal]:
    written: Sequence[Any] = rule.get("ports") or ()
    requests = _requests(rule, deny=deny)
    yield from _of_shape(requests, (*path, "rules"))
    if len(written) > _MOST_PORTS:
        yield Refusal((*path, "ports"), f"a list of ports has at most {_MOST_PORTS}")
    if len(requests.keys() - {"l7"}) > 1:
        yield Refusal((*path, "rules"), "a port has rules of one protocol only")
    if "l7" in requests and "l7proto" not in requests:
        yield Refusal((*path, "rules", "l7"), "l7 needs l7proto")
    if requests.get("dns") and direction is Direction.INGRESS:
        yield Refusal((*path, "rules", "dns"), "rules for DNS are not allowed on ingress")
    if "dns" in requests and not written:
        yield Refusal((*path, "rules", "dns"), "rules for DNS need port 53")
    removed = () if rules.kafka or deny else ("kafka", "l7proto")
    if any((rule.get("rules") or {}).get(key) for key in removed):
        yield Refusal((*path, "rules"), "rules for Kafka and by l7proto were removed in Cilium 1.20")
    for index, each in enumerate(written):
        yield from _of_port(each, (*path, "ports", index), rules, requests)


_TEXTS = {"method", "host", "path", "matchName", "matchPattern"}
"""Keys of rules about requests under which a text stands."""


def _of_shape(requests: Mapping[str, Any], path: ObjectPath) -> Iterator[Refusal]:
    """Rules about requests are lists of mappings; l7proto is a name."""
    for key, written in requests.items():
        if key == "l7proto":
            fine = isinstance(written, str)
        else:
            fine = isinstance(written, list | tuple) and all(map(_is_rule, written))
        if not fine:
            yield Refusal((*path, key), f"{key} does not have the shape that the CRD asks for")


def _is_rule(written: Any) -> bool:
    if not isinstance(written, dict):
        return False
    texts = [value for key, value in written.items() if key in _TEXTS]
    headers = written.get("headers") or []
    return isinstance(headers, list | tuple) and all(
        value is None or isinstance(value, str) for value in (*texts, *headers)
    )


def _requests(rule: Mapping[str, Any], *, deny: bool) -> Mapping[str, Any]:
    """
    The rules about requests that are looked at.

    Empty lists are among them, and l7proto alone is not (IsEmpty in pkg/policy/api/l4.go).
    """
    written = {} if deny else rule.get("rules") or {}
    found = {key: written[key] for key in (*vocabulary.PARSERS, "l7") if written.get(key) is not None}
    return found | ({"l7proto": written["l7proto"]} if found and written.get("l7proto") else {})


def _of_port(
    written: Mapping[str, Any], path: ObjectPath, rules: Semantics, requests: Mapping[str, Any]
) -> Iterator[Refusal]:
    # NOTE: Cilium takes small letters; that the API server does not is a matter of the object's shape.
    protocol = (written.get("protocol") or "ANY").upper()
    if protocol in ports.WITHOUT_PORTS and protocol in vocabulary.protocols(rules):
        yield from _of_no_number(written.get("port"), path)
    else:
        yield from _of_number(written.get("port"), path, rules, requests)
    if protocol not in vocabulary.protocols(rules):
        newer = protocol in vocabulary.NEWER_PROTOCOLS
        yield Refusal((*path, "protocol"), f"there is no protocol {written['protocol']!r}", newer=newer)
    elif requests and not requests.get("dns") and protocol != "TCP":
        reason = f"rules about requests hold for TCP and not for {protocol}"
        yield Refusal((*path, "protocol") if "protocol" in written else path, reason)
    last = written.get("endPort")
    if rules.end_ports and last is not None:
        if not isinstance(last, int) or isinstance(last, bool) or not 0 <= last < ports.SIZE:
            yield Refusal((*path, "endPort"), f"{last!r} is not a port")
        elif requests.get("dns") and _is_below(written.get("port"), last):
            yield Refusal((*path, "endPort"), "rules for DNS hold for one port")


def _is_below(port: Any, last: int) -> bool:
    """Whether a port begins a range."""
    if not isinstance(port, str) or ports.is_name(port):
        return False
    try:
        return ports.number_of(port) < last
    except ValueError:
        return False


def _of_no_number(port: Any, path: ObjectPath) -> Iterator[Refusal]:
    """What stands as the port of a protocol that has none."""
    if port is None or port == "":
        reason = 'without port "0" it needs the agent\'s flag enable-extended-ip-protocols'
        yield Refusal(path, reason)
    elif not isinstance(port, str) or (port != "0" and not ports.is_name(port)):
        yield Refusal((*path, "port"), f'the port of a protocol without ports is "0", and not {port!r}')


def _of_number(
    port: Any, path: ObjectPath, rules: Semantics, requests: Mapping[str, Any]
) -> Iterator[Refusal]:
    if not isinstance(port, str) or not port:
        yield Refusal(path, "a port must be given, as text")
        return
    place = (*path, "port")
    if ports.is_name(port):
        if not rules.named_ports:
            yield Refusal(place, f"the named port {port!r} needs Cilium 1.8", newer=True)
        return
    try:
        number = ports.number_of(port)
    except ValueError:
        yield Refusal(place, f"{port!r} is not a port")
        return
    if number == 0 and not rules.port_zero:
        yield Refusal(place, "port 0 needs Cilium 1.11")
    if number == 0 and requests:
        yield Refusal(place, "rules about requests cannot be used with port 0")
