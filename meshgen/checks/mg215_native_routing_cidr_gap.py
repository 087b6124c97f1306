"""MG215: a PodCIDR outside of what is routed natively."""

from collections.abc import Iterator
from typing import NamedTuple

from ..addresses import Cidr
from ..chart.keys import has
from ..chart.overrides import override, truth
from ..cilium.version import parse_version
from ..diagnostics import Problem, Related, Rule, Severity
from ..model import Cluster
from ..survey import Block, Survey

RULE = Rule(
    code="MG215",
    name="native-routing-cidr-gap",
    severity=Severity.ERROR,
    doc="""
In native routing, a PodCIDR lies outside of a cluster's `nativeRoutingCIDR`.

## Why it matters
Packets to addresses outside of that block are masqueraded: they arrive with a node's address, and policies no longer see which pod sent them.
Agents that masquerade a family for which they know no block do not start.

## How to fix
Set `nativeRoutingCIDR` to a block that covers the PodCIDRs of all clusters, once, under the mesh-wide `cilium.datapath`.
It is of one family; where pods have IPv4 and IPv6, the block of the other one is a value of the chart, such as `helmValues: {ipv6NativeRoutingCIDR: "fd00::/8"}` beside a block of IPv4.
A family that is not masqueraded needs none: `helmValues: {enableIPv6Masquerade: false}`.
""",
)


class Route(NamedTuple):
    """What a cluster routes natively; `alone` where its block need not be of both families of pods."""

    block: Cidr | None
    alone: bool

    def covers(self, pod: Cidr) -> bool:
        """Whether packets to a PodCIDR keep their source."""
        if self.block is None or self.block.family == pod.family:
            return self.block is not None and self.block.covers(pod)
        return self.alone


def native_routing_cidr_gap(survey: Survey) -> Iterator[Problem]:
    """One problem for each PodCIDR that some cluster does not cover."""
    # Few blocks are written, mostly one: the first cluster that has a block stands for the others.
    routes: dict[Route, int] = {}
    for index, cluster in enumerate(survey.mesh.clusters):
        if cluster.cilium.datapath.mode == "native":
            routes.setdefault(_route(cluster), index)
    for pod in survey.pods:
        gap = next((index for route, index in routes.items() if not route.covers(pod.cidr)), None)
        if gap is not None:
            yield _problem(survey, pod, gap)


def _route(cluster: Cluster) -> Route:
    block = cluster.cilium.datapath.native_routing_cidr
    if block is None:
        return Route(block=None, alone=False)
    families = {pod.family for pod in cluster.pod_cidrs}
    other = "IPv4" if block.family == "IPv6" else "IPv6"
    return Route(block, alone=other not in families or _seen_to(cluster, other, both=len(families) > 1))


def _seen_to(cluster: Cluster, family: str, *, both: bool) -> bool:
    """
    Whether values of the chart say what is routed in the family that the cluster's block is not of.

    Upstream: pkg/option/config.go, checkIPv4NativeRoutingCIDR and checkIPv6NativeRoutingCIDR.
    """
    key = f"{family.lower()}NativeRoutingCIDR"
    if not has(parse_version(cluster.cilium.version), key):
        # NOTE: whoever has both families there says the other block in Cilium's own objects, unseen.
        return both
    return (
        bool(override(cluster, key))
        or truth(override(cluster, f"enable{family}Masquerade")) is False
        or truth(override(cluster, "ipMasqAgent", "enabled")) is True
    )


def _problem(survey: Survey, pod: Block, index: int) -> Problem:
    owner, name = survey.names[pod.cluster], survey.names[index]
    cluster = survey.mesh.clusters[index]
    native = cluster.cilium.datapath.native_routing_cidr
    if native is None:
        message = f"{name} routes natively and names no nativeRoutingCIDR for {pod.cidr.text} of {owner}"
        return RULE.problem(pod.path, message, help="set cilium.datapath.nativeRoutingCIDR")
    return RULE.problem(
        pod.path,
        f"the PodCIDR {pod.cidr.text} of {owner} is outside of the nativeRoutingCIDR of {name}",
        related=(
            Related(
                ("clusters", index, "cilium", "datapath", "nativeRoutingCIDR"),
                f"{name} routes {native.text} natively",
            ),
        ),
        help=_way_out(cluster, name, native, pod.cidr.family),
    )


def _way_out(cluster: Cluster, name: str, native: Cidr, family: str) -> str:
    if native.family == family:
        return "widen nativeRoutingCIDR to cover every PodCIDR of the mesh"
    if native.family not in {pod.family for pod in cluster.pod_cidrs}:
        return f"write an {family} block, since pods of {name} have no {native.family}"
    key = f"{family.lower()}NativeRoutingCIDR"
    return f"give the {family} block as {key} in helmValues, or enable{family}Masquerade: false"
