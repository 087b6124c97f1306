"""MG427: a deny that closes its pods for everything else, too."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG427",
    name="deny-closes-direction",
    severity=Severity.WARNING,
    doc="""
A policy that only denies closes pods which nothing else closes.

## Why it matters
To Cilium a deny is a rule like any other: it turns default deny on, and then whatever no rule allows is dropped, not only what it names.
Whoever meant "all but these" gets "nothing at all".

## How to fix
Set `enableDefaultDeny: {ingress: false}` (or `egress`) in the policy, from Cilium 1.16 on.
A `deny` in mesh.yaml never closes anything.
""",
)


def deny_closes_direction(survey: Survey) -> Iterator[Problem]:
    """One problem for each deny by which pods are closed that only denies select."""
    if survey.picture is None:
        return
    from ..reachability.closers import closed_by_denies
    from ..reachability.written import called, problem_at

    for placed, pods in closed_by_denies(survey.picture):
        yield problem_at(
            RULE,
            placed.one,
            placed.entry.path,
            f"{called(placed.one)} denies, and so closes {placed.direction} of {survey.picture.told(pods)} "
            "altogether: nothing else is allowed",
            label="closes, too",
            help=f"set enableDefaultDeny: {{{placed.direction}: false}}, or write the deny in mesh.yaml",
        )
