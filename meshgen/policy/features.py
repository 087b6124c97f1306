"""Which Cilium version first has what policies ask for."""

from collections.abc import Iterator
from typing import Any

from ..cilium.features import Use
from ..cilium.version import Version, parse_version
from ..diagnostics import named
from ..engine.domains import is_deep
from ..engine.semantics import first_with
from ..location import SourcePath
from ..model.policy import PolicyRule
from ..model.reference import Kind
from .compilation import Policies
from .fields import RANGES, newer_fields
from .flows import Flows
from .objects import CLUSTERWIDE, PolicyObject
from .ports import PodPort
from .rules import DEFAULT_DENY_OFF, DENY, Half, halves

# Sources: Cilium's release notes and CRDs of the versions named; pkg/policy/api/rule_validation.go.
_ENTITIES = {
    "remote-node": Version(1, 7),
    "kube-apiserver": first_with(lambda rules: rules.api_server),
    "ingress": first_with(lambda rules: rules.ingress_entity),
}
_CLUSTERWIDE = first_with(lambda rules: rules.clusterwide)
_NAMED_PORTS = first_with(lambda rules: rules.named_ports)
_CIDR_WITH_PORTS = first_with(lambda rules: rules.cidr_ports_on_ingress)
_SCTP = first_with(lambda rules: rules.sctp)
_DEEP = first_with(lambda rules: rules.deep_domains)  # cilium/cilium#43420
_DEPTHS = "before, ** is as *: write a pattern for each depth, such as *.example.com and *.*.example.com"


def policy_uses(policies: Policies) -> Iterator[Use]:
    """Every feature that policies ask for, cluster by cluster, that some version lacks."""
    index = {cluster.name: at for at, cluster in reversed([*enumerate(policies.directory.mesh.clusters)])}
    parts = zip(policies.rules, policies.flows, policies.ports, strict=True)
    for position, (rule, flows, ports) in enumerate(parts):
        at: SourcePath = ("policy", "rules", position, "deny" if rule.deny else "allow")
        asked = [] if isinstance(ports, Exception) else [*_of_ports(ports or ())]
        for where in sorted({*flows.calling, *flows.called}, key=index.__getitem__):
            for key, what, since, way_out in asked:
                yield Use(index[where], (*at, key), what, since, way_out)
        yield from _of_sides(policies, index, at, rule, flows)
    for one in policies.of_files:
        assert one.raw is not None, "it stands in a file"
        for what, since in _of_object(one):
            place: SourcePath = (*one.at, "file")
            use = Use(index[one.cluster], place, f"{what} in {one.raw.file}", since)
            yield use._replace(way_out=_DEPTHS) if since is _DEEP else use


def _of_ports(ports: tuple[PodPort, ...]) -> Iterator[tuple[str, str, Version, str]]:
    if any(port.first != port.last for port in ports):
        yield "ports", "a range of ports", RANGES, "write its ports one by one"
    if any(port.protocol == "SCTP" for port in ports):
        yield "ports", "SCTP in a policy", _SCTP, "leave it out"


def _of_sides(
    policies: Policies, index: dict[str, int], at: SourcePath, rule: PolicyRule, flows: Flows
) -> Iterator[Use]:
    for half in halves(rule, flows):
        key = "to" if half.direction == "egress" else "from"
        for where in half.spread:
            if half.other.kind is Kind.ENTITY and half.other.name in _ENTITIES:
                yield Use(index[where], (*at, key), half.other.text, _ENTITIES[half.other.name])
            if half.other.kind is Kind.FQDN and is_deep(half.other.name):
                yield Use(index[where], (*at, key), half.other.text, _DEEP, _DEPTHS)
            if half.other.kind is Kind.CIDR and half.direction == "ingress" and rule.intent.ports:
                what = "ports together with a CIDR that calls"
                yield Use(index[where], (*at, "ports"), what, _CIDR_WITH_PORTS)
            if rule.deny:
                yield _deny(policies, index[where], half, where, at)


def _deny(policies: Policies, cluster: int, half: Half, where: str, at: SourcePath) -> Use:
    """A deny turns default deny on before 1.16, which changes nothing only where the pods are closed."""
    pods = policies.directory.pods(half.own)
    version = parse_version(policies.directory.clusters[where].cilium.version)
    if version < DENY or pods is None or policies.closed.whole(where, half.direction, pods):
        return Use(cluster, at, "a deny", DENY)
    return Use(
        cluster,
        at,
        f"a deny for pods whose {half.direction} is open",
        DEFAULT_DENY_OFF,
        f"close {half.direction} of {half.own.text} under posture, which suffices from {DENY} on",
    )


def _of_object(one: PolicyObject) -> Iterator[tuple[str, Version]]:
    """What a raw policy asks for; a NetworkPolicy is Kubernetes' own."""
    if one.kind == CLUSTERWIDE:
        yield one.kind, _CLUSTERWIDE
    if one.kind != "NetworkPolicy":
        yield from newer_fields(one.manifest)
        yield from _of_value({key: one.manifest.get(key) for key in ("spec", "specs")})


def _of_value(value: Any) -> Iterator[tuple[str, Version]]:
    if isinstance(value, list):
        for item in value:
            yield from _of_value(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _of_entry(key, item)
            if key not in {"matchLabels", "matchExpressions"}:
                yield from _of_value(item)
        if value.get("toPorts") and any(key in value for key in ("fromCIDR", "fromCIDRSet")):
            yield "toPorts together with fromCIDR", _CIDR_WITH_PORTS


def _of_entry(key: str, item: Any) -> Iterator[tuple[str, Version]]:
    if key == "port" and isinstance(item, str) and not item.isdigit():
        yield f"the named port {item}", _NAMED_PORTS
    elif key == "matchPattern" and isinstance(item, str) and is_deep(item):
        yield f"the pattern {named(item)}", _DEEP
    elif key == "protocol" and item == "SCTP":
        yield "SCTP", _SCTP
    elif key in {"fromEntities", "toEntities"} and isinstance(item, list):
        for entity in item:
            if isinstance(entity, str) and entity in _ENTITIES:
                yield f"the entity {entity}", _ENTITIES[entity]
