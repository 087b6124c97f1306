"""MG205: the node CIDRs of two clusters overlap."""

from collections.abc import Iterator

from ..addresses import overlaps
from ..collision import pair
from ..diagnostics import Problem, Related, Rule, Severity
from ..survey import Survey, owners, ranges

RULE = Rule(
    code="MG205",
    name="overlapping-node-cidrs",
    severity=Severity.ERROR,
    doc="""
The node CIDRs of two clusters overlap.

## Why it matters
Node addresses must be unique in the whole mesh, and two clusters that draw them from one block will sooner or later draw the same.

## How to fix
Narrow the blocks to what each cluster really uses, or renumber one of the networks.
Where two clusters share a subnet whose addresses are handed out once, list `nodeIPs` instead of `nodeCIDRs`.
""",
)


def overlapping_node_cidrs(survey: Survey) -> Iterator[Problem]:
    """One problem for each pair of different clusters, at the later one."""
    for one, other in overlaps(ranges(survey.nodes), owners(survey.nodes)):
        first, second = survey.nodes[one], survey.nodes[other]
        names = survey.names[first.cluster], survey.names[second.cluster]
        yield RULE.problem(
            second.path,
            f"node CIDRs of {names[0]} and {names[1]} overlap: {pair(first.cidr, second.cidr)}",
            related=(Related(first.path, f"{names[0]} has {first.cidr.text}"),),
            help="narrow the blocks to what each cluster uses, or list nodeIPs where they share a subnet",
        )
