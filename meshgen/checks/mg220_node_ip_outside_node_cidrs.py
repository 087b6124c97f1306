"""MG220: a node outside of its cluster's node CIDRs."""

from collections.abc import Iterator

from ..diagnostics import Problem, Related, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG220",
    name="node-ip-outside-node-cidrs",
    severity=Severity.WARNING,
    doc="""
A node IP lies outside of all `nodeCIDRs` of its cluster.

## Why it matters
Firewall rules and overlap checks are made from `nodeCIDRs` where they are given; a node outside of them is covered by neither.

## How to fix
Add the node's subnet to `nodeCIDRs`, or correct the address.
""",
)


def node_ip_outside_node_cidrs(survey: Survey) -> Iterator[Problem]:
    """One problem for each such node of a cluster that has node CIDRs."""
    for index, cluster in enumerate(survey.mesh.clusters):
        blocks, nodes = cluster.node_cidrs, cluster.node_ips.numbers
        if not blocks or not nodes:
            continue
        if any(block.first <= min(nodes) and max(nodes) <= block.last for block in blocks):
            continue
        for position, value in enumerate(nodes):
            if not any(block.first <= value <= block.last for block in blocks):
                yield RULE.problem(
                    ("clusters", index, "nodeIPs", position),
                    f"{cluster.node_ips.texts[position]} is in none of the node CIDRs of {cluster.name}",
                    related=(Related(("clusters", index, "nodeCIDRs"), "node CIDRs", on_key=True),),
                )
