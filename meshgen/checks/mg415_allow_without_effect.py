"""MG415: an allow for pods that are open anyway."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG415",
    name="allow-without-effect",
    severity=Severity.INFO,
    doc="""
A rule allows something on a side that is open, so nothing is emitted for it there.

## Why it matters
An allow never closes anything: where pods are open, everybody reaches them, whether or not a rule names them.
Who reads the rule as "only these" is mistaken.

## How to fix
Close the pods under `policy.posture`, or with `isolate` of the rule, if only what rules allow is to pass.
Otherwise the rule is ready for the day on which they are closed.
""",
)


def allow_without_effect(survey: Survey) -> Iterator[Problem]:
    """One problem for each side of a rule that is open wherever the rule is about it."""
    if survey.policies is None or not survey.policies.rules:
        return
    from ..reachability.openness import open_sides
    from ..reachability.written import listed

    for side in open_sides(survey.policies, survey.picture):
        several = side.everywhere and len(side.clusters) > 1
        where = "all of its clusters" if several else listed(side.clusters)
        yield RULE.problem(
            side.at,
            f"{side.direction} of {side.who} is open in {where}: the rule {side.rule} emits nothing there",
            label="open",
            help="close these pods under policy.posture if only what rules allow is to pass",
        )
