"""MG207: a dialled address lies in a PodCIDR."""

from collections.abc import Iterator

from ..collision import collision
from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG207",
    name="service-ip-in-pod-cidr",
    severity=Severity.ERROR,
    doc="""
The address at which a cluster is dialled lies in a PodCIDR.

## Why it matters
Agents that dial the address are routed to a pod, or to nowhere, and the clusters never connect.

## How to fix
Take a static address outside of every PodCIDR of the mesh.
Clusters whose pods take their addresses from the node network (`ipam: eni`, `azure`, `alibabacloud`, `chaining: aws-cni`) are excused for their own PodCIDRs: there the addresses of nodes and load balancers stand between those of pods.
""",
)


_WAY_OUT = "take a static address outside of every PodCIDR of the mesh"


def service_ip_in_pod_cidr(survey: Survey) -> Iterator[Problem]:
    """One problem for each address and PodCIDR, at the later one."""
    for pod in survey.pods:
        own = pod.cluster if survey.on_node_network[pod.cluster] else None
        for address in survey.service_ips.within(pod.cidr, besides=own):
            yield collision(survey, RULE, address, "service IP", pod, "PodCIDR", way_out=_WAY_OUT)
