"""MG215: a PodCIDR outside of what is routed natively."""

from collections.abc import Iterator

from ..addresses import Cidr
from ..diagnostics import Problem, Related, Rule, Severity
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
    # Few blocks are written, mostly one: the first cluster that has a block stands for the others.
    routed: dict[Cidr | None, int] = {}
    for index, cluster in enumerate(survey.mesh.clusters):
        if cluster.cilium.datapath.mode == "native":
            routed.setdefault(cluster.cilium.datapath.native_routing_cidr, index)
    for pod in survey.pods:
        gap = next((found for found in routed.items() if not _covered(found[0], pod.cidr)), None)
        if gap is not None:
            yield _problem(survey, pod, *gap)


def _covered(native: Cidr | None, pod: Cidr) -> bool:
    return native is not None and (not native.same_family(pod) or native.covers(pod))


def _problem(survey: Survey, pod: Block, native: Cidr | None, index: int) -> Problem:
    owner, name = survey.names[pod.cluster], survey.names[index]
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
        help="widen nativeRoutingCIDR to cover every PodCIDR of the mesh",
    )
