"""MG220: a node outside of its cluster's node CIDRs."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from ..addresses import Cidr
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
        blocks, nodes = cluster.node_cidrs, cluster.node_ips
        if not blocks or not nodes.numbers:
            continue
        for position in _outside(nodes.numbers, blocks):
            yield RULE.problem(
                ("clusters", index, "nodeIPs", position),
                f"the node IP {nodes.texts[position]} is in none of the node CIDRs of {survey.names[index]}",
                related=(Related(("clusters", index, "nodeCIDRs"), "its node CIDRs", on_key=True),),
                help="add the node's subnet to nodeCIDRs, or correct the address",
            )


def _outside(values: Sequence[int], blocks: Iterable[Cidr]) -> Iterator[int]:
    """The positions of the values that no block holds."""
    outermost: list[Cidr] = []
    for block in sorted(blocks, key=lambda block: (block.first, -block.last)):
        if not outermost or outermost[-1].last < block.first:
            outermost.append(block)
    starts = [block.first for block in outermost]
    for position, value in enumerate(values):
        found = bisect_right(starts, value) - 1
        if found < 0 or outermost[found].last < value:
            yield position
