"""MG206: a node address lies in a PodCIDR."""

from collections.abc import Iterator

from ..addresses import crossings
from ..collision import collision
from ..diagnostics import Problem, Rule, Severity
from ..survey import Block, Point, Survey, ranges

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

_NODE_NETWORK_IPAM = frozenset({"eni", "azure", "alibabacloud"})


def node_in_pod_cidr(survey: Survey) -> Iterator[Problem]:
    """One problem for each node (or node block) and PodCIDR, at the later one."""
    for node, pod in _pairs(survey):
        if node.cluster == pod.cluster and _pods_on_node_network(survey, node.cluster):
            continue
        yield collision(survey, RULE, node, "node", pod, "PodCIDR")


def _pairs(survey: Survey) -> Iterator[tuple[Block | Point, Block]]:
    for pod in survey.pods:
        for node in survey.node_ips.within(pod.cidr):
            yield node, pod
    for block, inside in crossings(ranges(survey.nodes), ranges(survey.pods)):
        yield survey.nodes[block], survey.pods[inside]


def _pods_on_node_network(survey: Survey, index: int) -> bool:
    cilium = survey.mesh.clusters[index].cilium
    return cilium.ipam in _NODE_NETWORK_IPAM or cilium.chaining == "aws-cni"
