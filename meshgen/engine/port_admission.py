"""
What Cilium refuses of ports, of rules about requests and of ICMP messages.

Source: PortRule.sanitize, PortProtocol.sanitize and ICMPRule.verify in pkg/policy/api/rule_validation.go.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from . import ports, vocabulary
from .entries import Direction, ObjectPath, Refusal
from .icmp import icmp_type
from .semantics import Semantics

_MOST_PORTS = 40


def messages(written: Mapping[str, Any], path: ObjectPath, rules: Semantics) -> Iterator[Refusal]:
    """What is wrong with an entry of `icmps`."""
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


def port_rule(
    rule: Mapping[str, Any], path: ObjectPath, direction: Direction, rules: Semantics, *, deny: bool
) -> Iterator[Refusal]:
    """What is wrong with an entry of `toPorts`: its ports, and its rules about requests."""
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
