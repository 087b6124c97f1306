"""MG204: two nodes share an address."""

from collections.abc import Iterator

from ..diagnostics import Problem, Related, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG204",
    name="duplicate-node-ip",
    severity=Severity.ERROR,
    doc="""
Two nodes have the same IP address.

## Why it matters
Tunnels between clusters end at node addresses; with one address on two nodes, packets for one cluster's pods arrive in the other.

## How to fix
Renumber one of the networks, or correct the list: it holds each node's InternalIP.
""",
)


def duplicate_node_ip(survey: Survey) -> Iterator[Problem]:
    """One problem for each later holder of an address, however it is written."""
    table = survey.node_ips
    for _, first, again in table.points.duplicates():
        node, other = table[again], table[first]
        yield RULE.problem(
            node.path,
            f"a node of {survey.names[node.cluster]} has {node.text}, "
            f"which a node of {survey.names[other.cluster]} already has",
            related=(Related(other.path, "first used here"),),
        )
