"""The keys under which a rule names its peers, by direction, and Cilium's entities."""

from collections.abc import Mapping
from typing import Any

from .entries import Direction
from .labels import CLUSTER, K8S, RESERVED, Requirement, Selector
from .ports import WITHOUT_PORTS
from .semantics import Semantics

ENDPOINTS = {Direction.INGRESS: "fromEndpoints", Direction.EGRESS: "toEndpoints"}
REQUIRES = {Direction.INGRESS: "fromRequires", Direction.EGRESS: "toRequires"}
ENTITIES = {Direction.INGRESS: "fromEntities", Direction.EGRESS: "toEntities"}
CIDRS = {Direction.INGRESS: "fromCIDR", Direction.EGRESS: "toCIDR"}
CIDR_SETS = {Direction.INGRESS: "fromCIDRSet", Direction.EGRESS: "toCIDRSet"}
NODES = {Direction.INGRESS: "fromNodes", Direction.EGRESS: "toNodes"}
GROUPS = {Direction.INGRESS: "fromGroups", Direction.EGRESS: "toGroups"}
FQDNS = "toFQDNs"
SERVICES = "toServices"
SECTIONS = (
    ("ingress", Direction.INGRESS, False),
    ("egress", Direction.EGRESS, False),
    ("ingressDeny", Direction.INGRESS, True),
    ("egressDeny", Direction.EGRESS, True),
)
"""The sections of a block: their key, their direction, and whether they deny."""

PARSERS = ("http", "kafka", "dns")


def peer_keys(direction: Direction, rules: Semantics, *, deny: bool = False) -> tuple[str, ...]:
    """
    The keys that name peers, in a version that has them; the API server drops others in silence.

    Source: the CRDs of 1.14 to 1.20; no denying section has toFQDNs, and fromGroups came with 1.16.
    """
    keys = [table[direction] for table in (ENDPOINTS, ENTITIES, CIDRS, CIDR_SETS)]
    if rules.node_peers:
        keys.append(NODES[direction])
    if direction is Direction.EGRESS or rules.groups_on_ingress:
        keys.append(GROUPS[direction])
    if direction is Direction.EGRESS:
        keys += [SERVICES] if deny else [FQDNS, SERVICES]
    return tuple(keys)


def kept(rule: Mapping[str, Any], direction: Direction, rules: Semantics, *, deny: bool) -> Mapping[str, Any]:
    """What the API server keeps of a rule: no null, and no key that its section does not have."""
    keys = (*peer_keys(direction, rules, deny=deny), REQUIRES[direction], "toPorts")
    return {
        key: rule[key] for key in (*keys, *(["icmps"] if rules.icmps else [])) if rule.get(key) is not None
    }


NEWER_PROTOCOLS = {"SCTP", *WITHOUT_PORTS}
"""Protocols that old versions lack."""


def protocols(rules: Semantics) -> frozenset[str]:
    """
    What may stand as the protocol of a port, in capital letters.

    Source: the CRDs, in Go until 1.7 and published since.
    """
    names = {"TCP", "UDP", "ANY"} | ({"SCTP"} if rules.sctp else set())
    names |= {"VRRP", "IGMP"} if rules.vrrp else set()
    return frozenset(names | set(WITHOUT_PORTS) if rules.gre else names)


def _of(name: str) -> Selector:
    return (Requirement(RESERVED, name, "Exists"),)


def entities(rules: Semantics) -> frozenset[str]:
    """The entities that a version knows; it refuses others."""
    names = {"all", "world", "cluster", "host", "init", "remote-node", "health", "none"}
    names |= {"kube-apiserver", "unmanaged"} if rules.api_server else set()
    names |= {"ingress"} if rules.ingress_entity else set()
    return frozenset(names)


def entity(name: str, cluster: str, rules: Semantics) -> tuple[Selector, ...]:
    """
    What an entity stands for, in a cluster.

    Source: EntitySelectorMapping and InitEntities in pkg/policy/api/entity.go.
    """
    if name == "all":
        return ((),)
    if name != "cluster":
        return (_of(name),)
    members = ["host", "init", "unmanaged"]
    members += ["remote-node"] if rules.remote_node_in_cluster else []
    members += ["health"] if rules.health_in_cluster else []
    members += ["kube-apiserver"] if rules.api_server else []
    members += ["ingress"] if rules.ingress_entity else []
    local: Selector = (Requirement(K8S, CLUSTER, "In", (cluster,)),)
    return (local, *(_of(member) for member in members))
