"""MG411: a policy that allows something, and so closes pods that were open."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey

if TYPE_CHECKING:
    from ..reachability.picture import Placed

RULE = Rule(
    code="MG411",
    name="implicit-isolation",
    severity=Severity.WARNING,
    doc="""
A policy under `policy.raw` has an allow for pods that nothing else closes, and thereby closes them.

## Why it matters
In Cilium an allow is an isolation switch: from the moment that a policy selects a pod, whatever no policy allows is dropped.
Most outages by policies begin like that: one more connection was to be allowed, and all others stopped.
A rule whose list is empty, such as `fromEndpoints: []`, closes its pods as well, and allows nobody: templates leave it behind when their last entry goes.

## How to fix
The message lists who is cut.
Where that is meant, say so: close the pods under `policy.posture`, or with a rule `ingress: [{}]` (`egress: [{}]`) of the policy.
Where it is not, allow the others, or write the rule in mesh.yaml: it never closes anything by itself.
""",
)


def implicit_isolation(survey: Survey) -> Iterator[Problem]:
    """One problem for each such policy and direction."""
    if survey.picture is None:
        return
    from ..reachability.closers import isolations
    from ..reachability.written import called, problem_at

    told = survey.picture.told
    for found in isolations(survey.picture):
        placed = found.placed
        way = "to" if placed.direction == "egress" else "from"
        allows_nobody = f", whose {found.hollow} allows nobody," if found.hollow else ""
        yield problem_at(
            RULE,
            placed.one,
            (*placed.entry.path, found.hollow) if found.hollow else placed.entry.path[:-1],
            f"{called(placed.one)}{allows_nobody} closes {placed.direction} of {told(found.pods)}, "
            "which nothing else closes: "
            f"cut off {way} {told(found.cut) or 'all, at the ports that no rule allows'}",
            label=f"{'allows nobody, and ' if found.hollow else ''}closes {placed.direction}",
            help=f"if it is meant, close these pods under policy.posture{_or_here(placed)}",
        )


def _or_here(placed: "Placed") -> str:
    # To Kubernetes, an empty rule of a NetworkPolicy allows everything.
    is_of_kubernetes = placed.one.kind == "NetworkPolicy"
    return "" if is_of_kubernetes else f", or add the rule {{}} under {placed.direction}"
