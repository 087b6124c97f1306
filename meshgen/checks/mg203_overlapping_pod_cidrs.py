"""MG203: two PodCIDRs overlap."""

from collections.abc import Iterator

from ..addresses import Cidr, overlaps
from ..diagnostics import Problem, Related, Rule, Severity
from ..survey import Survey, ranges

RULE = Rule(
    code="MG203",
    name="overlapping-pod-cidrs",
    severity=Severity.ERROR,
    doc="""
Two PodCIDRs overlap, in two clusters or in one.

## Why it matters
Pods of all clusters share one address space.
Where two pods may get the same address, traffic goes to one of them, and not to the one you mean; the first sign is usually `no route to host`, or nothing at all.
Cilium's chart gives every cluster 10.0.0.0/8, so two default installations always overlap.

## How to fix
Give each cluster a block of its own; `meshgen suggest pod-cidr --size 16` prints the next free one.
""",
)


def overlapping_pod_cidrs(survey: Survey) -> Iterator[Problem]:
    """One problem for each pair, at the later one."""
    for one, other in overlaps(ranges(survey.pods)):
        first, second = survey.pods[one], survey.pods[other]
        names = survey.names[first.cluster], survey.names[second.cluster]
        free = survey.free_cidr(second.cidr)
        who = f"{names[0]} and {names[1]}" if first.cluster != second.cluster else names[0]
        relation, label = _relation(first.cidr, second.cidr)
        same = first.cidr.text == second.cidr.text
        told = f"both are {first.cidr.text}" if same else f"{second.cidr.text} {relation} {first.cidr.text}"
        yield RULE.problem(
            second.path,
            f"PodCIDRs of {who} overlap: {told}",
            label=label,
            related=(Related(first.path, f"{names[0]} has {first.cidr.text}"),),
            help="no free block of that size is left; take a smaller one"
            if free is None
            else f"the next free {free[free.index('/') :]} is {free}",
        )


def _relation(first: Cidr, second: Cidr) -> tuple[str, str]:
    """How the second block stands to the first; two CIDRs that overlap always nest."""
    size = f"({min(first.last - first.first, second.last - second.first) + 1:,} addresses)"
    if first.covers(second) and second.covers(first):
        return "is the same as", f"is the same {size}"
    if first.covers(second):
        return "lies inside", f"lies inside it {size}"
    return "contains", f"contains it {size}"
