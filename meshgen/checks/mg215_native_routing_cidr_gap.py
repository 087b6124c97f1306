"""MG215: a PodCIDR outside of what is routed natively."""

from collections.abc import Iterator

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

## How to fix
Set `nativeRoutingCIDR` to a block that covers the PodCIDRs of all clusters, once, under the mesh-wide `cilium.datapath`.
""",
)


def native_routing_cidr_gap(survey: Survey) -> Iterator[Problem]:
    """One problem for each PodCIDR that some cluster does not cover."""
    native = [
        (index, cluster)
        for index, cluster in enumerate(survey.mesh.clusters)
        if cluster.cilium.datapath.mode == "native"
    ]
    for pod in survey.pods:
        gap = next(((i, cluster) for i, cluster in native if not _covered(cluster, pod)), None)
        if gap is not None:
            yield _problem(survey, pod, *gap)


def _covered(cluster: Cluster, pod: Block) -> bool:
    native = cluster.cilium.datapath.native_routing_cidr
    return native is not None and (not native.same_family(pod.cidr) or native.covers(pod.cidr))


def _problem(survey: Survey, pod: Block, index: int, cluster: Cluster) -> Problem:
    owner = survey.names[pod.cluster]
    native = cluster.cilium.datapath.native_routing_cidr
    if native is None:
        message = (
            f"{cluster.name} routes natively and names no nativeRoutingCIDR for {pod.cidr.text} of {owner}"
        )
        return RULE.problem(pod.path, message, help="set cilium.datapath.nativeRoutingCIDR")
    return RULE.problem(
        pod.path,
        f"the PodCIDR {pod.cidr.text} of {owner} is outside of the nativeRoutingCIDR of {cluster.name}",
        related=(
            Related(
                ("clusters", index, "cilium", "datapath", "nativeRoutingCIDR"),
                f"{cluster.name} routes {native.text} natively",
            ),
        ),
        help="widen nativeRoutingCIDR to cover every PodCIDR of the mesh",
    )
