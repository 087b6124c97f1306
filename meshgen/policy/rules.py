"""Rules: what each becomes on the side that calls and on the side that is called."""

from collections.abc import Iterator, Sequence
from ipaddress import ip_network
from typing import Any, NamedTuple

from ..cilium.version import Version, parse_version
from ..engine.semantics import first_with
from ..kube.manifest import OWN, Own, Shared
from ..model.policy import Allow, Http, PolicyRule
from ..model.reference import Kind, Reference
from . import labels
from .closed import Closed, Part
from .directory import Directory, Pods
from .dns import dns_of, dns_rules
from .flows import Flows, Spread
from .objects import Stencil, policy_manifest
from .ports import PodPort, to_ports

DENY = first_with(lambda rules: rules.denies)
"""Before it, egressDeny and ingressDeny are ignored in silence."""

DEFAULT_DENY_OFF = first_with(lambda rules: rules.default_deny_switch)
"""Before it, a deny closes the pods that it is for."""


_Names = tuple[str | Own, ...]

_OWN: _Names = (OWN,)
"""The other side is in the cluster itself, and in no other."""


class Half(NamedTuple):
    """One side of a rule: its own pods, and those of the other side, cluster by cluster."""

    direction: str
    own: Reference
    other: Reference
    spread: Spread

    @property
    def prefix(self) -> str:
        """What keys of the other side begin with."""
        return "to" if self.direction == "egress" else "from"


class _Alike(NamedTuple):
    """A part of a rule's side, the clusters of the other side, and those of its own that have just these."""

    part: Part
    others: _Names
    clusters: list[str]


class Stencils:
    """The objects of all rules of a mesh."""

    def __init__(self, directory: Directory, closed: Closed) -> None:
        self._directory = directory
        self._closed = closed
        self._peers: dict[tuple[Reference, _Names], Shared] = {}

    def of_rule(
        self, index: int, rule: PolicyRule, flows: Flows, ports: Sequence[PodPort] | None
    ) -> Iterator[Stencil]:
        """The objects of one rule, on both sides."""
        for half in halves(rule, flows):
            to_ports = _ports(rule.allow, half.direction, ports)
            for alike in self._alike(rule, half):
                part = alike.part
                name = "-".join(filter(None, (rule.name, part.workload, half.direction)))
                spec = self._spec(rule, half, alike, to_ports)
                yield Stencil(
                    clusters=tuple(alike.clusters),
                    manifest=policy_manifest(name, part.pods.namespace, spec),
                    at=("policy", "rules", index),
                    source=f"/policy/rules/{rule.name}",
                    role="deny" if rule.deny else "allow",
                    direction=half.direction,
                )

    def _alike(self, rule: PolicyRule, half: Half) -> Iterator[_Alike]:
        """The parts of a side."""
        pods = self._directory.pods(half.own)
        found: dict[tuple[Part, int, int], _Alike] = {}
        for cluster, peers in half.spread.items() if pods else ():
            assert pods is not None, "there is no cluster otherwise"
            others = _OWN if peers == (cluster,) else peers
            for part in self._subjects(rule, half, cluster, pods):
                # NOTE: by identity, since each may list hundreds of clusters, and most are one and the same.
                key = (part, self._directory.kinds[cluster], id(others))
                if key not in found:
                    found[key] = _Alike(part, others, [])
                found[key].clusters.append(cluster)
        yield from found.values()

    def _subjects(self, rule: PolicyRule, half: Half, cluster: str, pods: Pods) -> Iterator[Part]:
        if rule.deny and self.version(cluster) >= DEFAULT_DENY_OFF:
            yield Part(pods)
        elif not rule.deny or self.version(cluster) >= DENY:
            yield from self._closed.parts(cluster, half.direction, pods)

    def version(self, cluster: str) -> Version:
        """The Cilium version of a cluster."""
        return parse_version(self._directory.clusters[cluster].cilium.version)

    def _spec(self, rule: PolicyRule, half: Half, alike: _Alike, to_ports: dict[str, Any]) -> dict[str, Any]:
        direction, cluster = half.direction, alike.clusters[0]
        spec: dict[str, Any] = {"description": rule.why} if rule.why else {}
        spec["endpointSelector"] = labels.subject(alike.part.pods.labels)
        entry = {**self._peer(half, alike.others), **to_ports}
        if rule.deny:
            if self.version(cluster) >= DEFAULT_DENY_OFF:
                spec["enableDefaultDeny"] = {direction: False}
            spec[f"{direction}Deny"] = [entry]
            return spec
        spec[direction] = [entry]
        learns = half.other.kind is Kind.FQDN
        if direction == "egress" and (learns or "egress" in rule.isolate):
            spec[direction] += dns_rules(dns_of(self._directory, cluster), learn=learns)
        return spec

    def _peer(self, half: Half, others: _Names) -> dict[str, Any]:
        other = half.other
        if other.kind is Kind.ENTITY:
            return {f"{half.prefix}Entities": [other.name]}
        if other.block is not None:
            return {f"{half.prefix}CIDR": [str(ip_network(other.block.text, strict=False))]}
        if other.kind is Kind.FQDN:
            key = "matchPattern" if "*" in other.name else "matchName"
            return {f"{half.prefix}FQDNs": [{key: other.name}]}
        return {f"{half.prefix}Endpoints": [self._pods(other, others)]}

    def _pods(self, other: Reference, clusters: _Names) -> dict[str, Any]:
        pods = self._directory.pods(other)
        assert pods is not None, "a rule about unknown pods has no flows"
        if clusters is _OWN:
            return labels.peer(clusters, *pods)
        # NOTE: one for all rules, so that it is written once; it may name each of hundreds.
        if (other, clusters) not in self._peers:
            self._peers[other, clusters] = Shared(labels.peer(clusters, *pods))
        return self._peers[other, clusters]


def halves(rule: PolicyRule, flows: Flows) -> tuple[Half, Half]:
    """Both sides of a rule; one whose pods are not of the mesh has no clusters."""
    source, target = rule.intent.from_, rule.intent.to
    return (
        Half("egress", source, target, flows.calling),
        Half("ingress", target, source, flows.called),
    )


def _ports(allow: Allow | None, direction: str, ports: Sequence[PodPort] | None) -> dict[str, Any]:
    entries = to_ports(ports)
    if allow and allow.http and direction == "ingress":
        # NOTE: on one side only, so that there is one proxy, and it is where the data is.
        http = [_http(one) for one in allow.http]
        entries = [{**entry, "rules": {"http": http}} for entry in entries]
    return {"toPorts": entries} if entries else {}


def _http(http: Http) -> dict[str, Any]:
    written = {
        "method": http.method,
        "path": http.path,
        "host": http.host,
        "headers": list(http.headers) or None,
    }
    return {key: value for key, value in written.items() if value is not None}
