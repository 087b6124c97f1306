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
        name, other_name = survey.names[node.cluster], survey.names[other.cluster]
        same = node.cluster == other.cluster
        yield RULE.problem(
            node.path,
            f"the node IP {node.text} of {name} is listed twice"
            if same
            else f"a node of {name} has {node.text}, which a node of {other_name} already has",
            related=(Related(other.path, "first listed here" if same else f"{other_name} has it"),),
            help="remove one of the two" if same else "correct the list, or renumber one of the two nodes",
        )
