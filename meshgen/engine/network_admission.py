"""
What the API server refuses of a NetworkPolicy: such an object is never there.

Source: ValidateNetworkPolicySpec in pkg/apis/networking/validation/validation.go of Kubernetes.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .addresses import cidr_block
from .entries import Direction, ObjectPath, Refusal
from .ports import SIZE
from .selector_admission import label_selector

KIND = "NetworkPolicy"
SHAPE = "it does not have the shape of a NetworkPolicy"
SECTIONS = (
    (Direction.INGRESS, "Ingress", "from"),
    (Direction.EGRESS, "Egress", "to"),
)
"""The directions: their names under policyTypes, and the key under which a rule names its peers."""

_PROTOCOLS = ("TCP", "UDP", "SCTP")
_LONGEST_NAME = 15
_PORT_NAME = re.compile(r"(?=.*[a-z])(?!.*--)[a-z0-9]([a-z0-9-]*[a-z0-9])?")


def refusals(policy: Mapping[str, Any]) -> Iterator[Refusal]:
    """Everything for which the API server refuses a NetworkPolicy."""
    try:
        yield from _of_spec(policy["spec"])
    except (AttributeError, KeyError, TypeError, ValueError):
        yield Refusal((), SHAPE)


def _of_spec(spec: Mapping[str, Any]) -> Iterator[Refusal]:
    yield from label_selector(spec.get("podSelector") or {}, ("spec", "podSelector"), sources=False)
    known = [kind for _, kind, _ in SECTIONS]
    for index, kind in enumerate(spec.get("policyTypes") or ()):
        if kind not in known:
            yield Refusal(("spec", "policyTypes", index), f"{kind!r} is neither Ingress nor Egress")
    for direction, _, key in SECTIONS:
        for index, rule in enumerate(spec.get(direction.value) or ()):
            path = ("spec", direction.value, index)
            for number, each in enumerate(rule.get("ports") or ()):
                yield from _of_port(each, (*path, "ports", number))
            for number, each in enumerate(rule.get(key) or ()):
                yield from _of_peer(each, (*path, key, number))


def _of_port(written: Mapping[str, Any], path: ObjectPath) -> Iterator[Refusal]:
    protocol = written.get("protocol")
    if protocol is not None and protocol not in _PROTOCOLS:
        yield Refusal((*path, "protocol"), f"there is no protocol {protocol!r}: {', '.join(_PROTOCOLS)}")
    port, last = written.get("port"), written.get("endPort")
    if isinstance(port, str):
        if not _PORT_NAME.fullmatch(port) or len(port) > _LONGEST_NAME:
            yield Refusal((*path, "port"), f"{port!r} is not the name of a port, and a number has no quotes")
    elif port is not None and not _is_port(port):
        yield Refusal((*path, "port"), f"{port!r} is not a port")
    if last is None:
        return
    if not isinstance(port, int):
        yield Refusal((*path, "endPort"), "endPort needs a port that is a number")
    elif not _is_port(last) or last < port:
        yield Refusal((*path, "endPort"), f"{last!r} is not a port from {port} on")


def _is_port(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < SIZE


def _of_peer(written: Mapping[str, Any], path: ObjectPath) -> Iterator[Refusal]:
    selectors = [key for key in ("podSelector", "namespaceSelector") if written.get(key) is not None]
    for key in selectors:
        yield from label_selector(written[key], (*path, key), sources=False)
    addresses = written.get("ipBlock")
    if addresses is None:
        if not selectors:
            yield Refusal(path, "a peer is a podSelector, a namespaceSelector, both, or an ipBlock")
        return
    if selectors:
        yield Refusal((*path, "ipBlock"), f"ipBlock and {selectors[0]} cannot stand in one peer")
    whole = cidr_block(addresses["cidr"])
    if whole is None:
        yield Refusal((*path, "ipBlock", "cidr"), f"{addresses['cidr']!r} is not a CIDR")
        return
    for number, part in enumerate(addresses.get("except") or ()):
        inner = cidr_block(part)
        if inner is None or inner.version != whole.version or not inner.subnet_of(whole) or inner == whole:  # type: ignore[arg-type]  # of one version
            place = (*path, "ipBlock", "except", number)
            yield Refusal(place, f"{part!r} is not a part of {addresses['cidr']} that is smaller than it")
