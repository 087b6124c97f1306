"""MG206: a node address lies in a PodCIDR."""

from collections.abc import Iterator

from ..addresses import crossings
from ..collision import collision
from ..diagnostics import Problem, Rule, Severity
from ..survey import Block, Survey, owners, ranges

RULE = Rule(
    code="MG206",
    name="node-in-pod-cidr",
    severity=Severity.ERROR,
    doc="""
A node IP or a node CIDR lies in a PodCIDR, of its own cluster or of another.

## Why it matters
Cilium takes an address in a PodCIDR for a pod.
Traffic to such a node is sent into the tunnel that should have ended at that node.

## How to fix
Keep node and pod addresses apart in the whole mesh.
Clusters whose pods take their addresses from the node network (`ipam: eni`, `azure`, `alibabacloud`, `chaining: aws-cni`) are excused for their own ranges.
""",
)


def node_in_pod_cidr(survey: Survey) -> Iterator[Problem]:
    """One problem for each node (or node block) and PodCIDR, at the later one."""
    excused = survey.on_node_network
    for pod in survey.pods:
        own = pod.cluster if excused[pod.cluster] else None
        for node in survey.node_ips.within(pod.cidr, besides=own):
            yield collision(survey, RULE, node, "node IP", pod, "PodCIDR", way_out=_way_out(survey, pod))
    # Only the blocks of an excused cluster are of one group, and so not compared.
    groups = (
        owners(survey.nodes),
        [~pod.cluster if not excused[pod.cluster] else pod.cluster for pod in survey.pods],
    )
    for block, inside in crossings(ranges(survey.nodes), ranges(survey.pods), groups):
        pod = survey.pods[inside]
        yield collision(
            survey, RULE, survey.nodes[block], "node CIDR", pod, "PodCIDR", way_out=_way_out(survey, pod)
        )


def _way_out(survey: Survey, pod: Block) -> str:
    free = survey.free_cidr(pod.cidr)
    move = "renumber one of the two"
    return move if free is None else f"{move}; the next free {free[free.index('/') :]} for pods is {free}"
