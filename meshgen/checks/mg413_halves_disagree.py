"""MG413: a rule that allows more than the other side lets through."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey

if TYPE_CHECKING:
    from ..reachability.permits import Meeting

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
    from ..reachability.permits import disagreeing
    from ..reachability.written import called, problem_at, related_at

    for meeting in disagreeing(survey.picture):
        placed = meeting.permit.placed
        half = "ingress" if placed.direction == "egress" else "egress"
        there = survey.picture.told(meeting.others)
        yield problem_at(
            RULE,
            placed.one,
            placed.entry.path,
            f"{called(placed.one)} allows {placed.direction} of {survey.picture.told(meeting.permit.subjects)} "
            f"{_what(meeting, f'{half} of {there}')}",
            label="more than the other half",
            related=[
                related_at(each.one, each.entry.path, f"{half} is closed here")
                for each in meeting.deciders[:1]
            ],
            help="make both halves the same, or write one rule in mesh.yaml",
        )


def _what(meeting: "Meeting", other: str) -> str:
    from ..engine.ports import told

    if not meeting.missing:
        return f"for some requests, and {other} for others: only what both name works"
    ports = ", ".join(told(meeting.permit.ranges))
    return f"at {ports}, and {other} is closed at {', '.join(told(meeting.missing))}"
