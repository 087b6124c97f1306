"""
What Cilium refuses: an object with one fault is not enforced at all.

Source: Sanitize in pkg/policy/api/rule_validation.go, and Parse in pkg/k8s/apis/cilium.io/v2.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from . import vocabulary
from .addresses import block_or_address, cidr_block
from .entries import Direction, ObjectPath, Refusal
from .port_admission import messages, port_rule
from .selector_admission import label_selector
from .semantics import Semantics
from .vocabulary import CIDR_SETS, CIDRS, ENDPOINTS, ENTITIES, FQDNS, NODES, REQUIRES, SERVICES

NAMESPACED = "CiliumNetworkPolicy"
CLUSTERWIDE = "CiliumClusterwideNetworkPolicy"

SHAPE = "it does not have the shape that the CRD asks for"

_DOMAIN = re.compile(r"[-a-zA-Z0-9_.]+")
_PATTERN = re.compile(r"[-a-zA-Z0-9_.*]+")
_NEWER = {"kube-apiserver", "ingress"}
"""Entities that old versions lack."""


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
        yield from messages(fields, (*path, "icmps", index), rules)
    for index, written in enumerate(rule.get("toPorts") or ()):
        yield from port_rule(written, (*path, "toPorts", index), direction, rules, deny=deny)


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
