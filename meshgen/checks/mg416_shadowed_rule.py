"""MG416: a rule that changes nothing, since another one says the same or more, or denies it."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG416",
    name="shadowed-rule",
    severity=Severity.WARNING,
    doc="""
A rule has no effect: another one allows the same or more, denies all of it, or lets through every request where this one looks into them.

## Why it matters
Whoever removes or narrows such a rule believes that something is closed now, and nothing is.
Rules about requests are joined by "or": beside a rule that allows the port alone, they let everything pass.
A deny goes before every allow, so an allow below it never works.

## How to fix
Remove the rule, or the one that hides it, whichever is not meant.
""",
)


def shadowed_rule(survey: Survey) -> Iterator[Problem]:
    """One problem for each rule all of whose parts are hidden."""
    if survey.picture is None:
        return
    from ..reachability.shadows import shadows
    from ..reachability.written import called, problem_at, related_at

    for shadow in shadows(survey.picture):
        by = called(shadow.by.one)
        yield problem_at(
            RULE,
            shadow.placed.one,
            shadow.placed.entry.path,
            f"{shadow.placed.direction} of {survey.picture.told(shadow.pods)}: {shadow.effect.format(by=by)}",
            label="has no effect",
            related=(related_at(shadow.by.one, shadow.by.entry.path, "because of this one"),),
            help="remove one of the two, whichever is not meant",
        )
