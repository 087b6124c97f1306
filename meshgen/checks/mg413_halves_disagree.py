"""MG413: a rule that allows more than the other side lets through."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG413",
    name="halves-disagree",
    severity=Severity.WARNING,
    doc="""
A rule allows ports or requests, and the other side of the connection allows only some of them, or others.

## Why it matters
What works is what both halves allow.
The rest is written down, passes reviews, and times out.

## How to fix
Make both halves the same, or write one rule in mesh.yaml: it becomes both.
""",
)


def halves_disagree(survey: Survey) -> Iterator[Problem]:
    """One problem for each rule with ports or requests that the other side does not let through."""
    if survey.picture is None:
        return
    from ..engine.ports import told
    from ..reachability.permits import differing_requests, disagreeing
    from ..reachability.written import called, problem_at, related_at

    for meeting in disagreeing(survey.picture):
        placed = meeting.permit.placed
        half = "ingress" if placed.direction == "egress" else "egress"
        yield problem_at(
            RULE,
            placed.one,
            placed.entry.path,
            f"{called(placed.one)} allows {placed.direction} of {survey.picture.told(meeting.permit.subjects)} "
            f"at {', '.join(told(meeting.permit.ranges))}, and {half} of {survey.picture.told(meeting.first)} "
            f"is closed at {', '.join(told(meeting.missing))}",
            label="more than the other half",
            related=[
                related_at(each.one, each.entry.path, f"{half} is closed here")
                for each in meeting.deciders[:1]
            ],
            help="make both halves the same, or write one rule in mesh.yaml",
        )
    for permit, others in differing_requests(survey.picture):
        yield problem_at(
            RULE,
            permit.placed.one,
            permit.placed.entry.path,
            f"{called(permit.placed.one)} allows egress of {survey.picture.told(permit.subjects)} for some requests, "
            f"and ingress of {survey.picture.told(others)} for others: only what both name works",
            label="not the requests of the other half",
            help="make both halves the same, or write one rule in mesh.yaml",
        )
