"""MG223: a dialled address in another cluster's node network."""

from collections.abc import Iterator

from ..collision import collision
from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG223",
    name="service-ip-in-foreign-node-cidr",
    severity=Severity.ERROR,
    doc="""
The address at which a cluster is dialled lies in another cluster's node CIDR.

## Why it matters
In that cluster the address is on the local network: packets stay there and never reach the load balancer, or reach one of its own nodes.

## How to fix
Take an address from the cluster's own network; often two clusters' entries were swapped.
""",
)


_WAY_OUT = "take an address of the cluster's own network; two clusters' entries may have been swapped"


def service_ip_in_foreign_node_cidr(survey: Survey) -> Iterator[Problem]:
    """One problem for each address and foreign node CIDR, at the later one."""
    for node in survey.nodes:
        for address in survey.service_ips.within(node.cidr, besides=node.cluster):
            yield collision(survey, RULE, address, "service IP", node, "node CIDR", way_out=_WAY_OUT)
