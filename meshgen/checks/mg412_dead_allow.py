"""MG412: a rule that allows what the other side drops, since nobody opens it there."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey

if TYPE_CHECKING:
    from ..reachability.permits import Meeting
    from ..reachability.picture import Picture

RULE = Rule(
    code="MG412",
    name="dead-allow",
    severity=Severity.ERROR,
    doc="""
A rule allows connections whose other side is closed and opened by nobody.

## Why it matters
A connection needs both halves: the policies of the calling pod's cluster let it out, those of the called pod's cluster let it in.
Nothing carries a policy from one cluster to another, so half an allow is none: every connection times out.

## How to fix
A rule of mesh.yaml has both halves, wherever a posture closes the pods: the help line has one.
Where a policy of your own closes the other side, open it there, too.
It is a warning where the rule works with other clusters that it is about.
""",
)


def dead_allow(survey: Survey) -> Iterator[Problem]:
    """One problem for each rule with such a half, however many clusters that is so between."""
    if survey.picture is None:
        return
    from ..reachability.permits import dead
    from ..reachability.written import called, problem_at, related_at

    for found in dead(survey.picture):
        first, placed = found.first, found.first.permit.placed
        half = "ingress" if placed.direction == "egress" else "egress"
        more = f"; so it is for {found.pairs} pairs of clusters" if found.pairs > 1 else ""
        here, there = survey.picture.told(first.permit.subjects), survey.picture.told(first.first)
        yield problem_at(
            RULE,
            placed.one,
            placed.entry.path,
            f"{called(placed.one)} allows {placed.direction} of {here}, and {half} of {there} is closed and "
            f"opened by nobody{more}",
            label=f"no {half} half in {first.clusters[0]}",
            severity=None if found.wholly else Severity.WARNING,
            related=[
                related_at(each.one, each.entry.path, f"{half} is closed here") for each in first.deciders[:1]
            ],
            help=_way_out(survey.picture, first, half),
        )


def _way_out(picture: "Picture", meeting: "Meeting", half: str) -> str:
    from ..engine.ports import told

    closer = next((each.one for each in meeting.deciders if each.one.raw), None)
    if meeting.permit.placed.one.raw is None or closer:
        place = closer.raw.file if closer and closer.raw else "mesh.yaml"
        here, there = picture.told(meeting.permit.subjects), picture.told(meeting.first)
        return f"open {half} of {there} for {here} in {place}, or close it under posture instead, where rules open it"
    names = [picture.groups.names(bits) for bits in (meeting.permit.subjects, meeting.first)]
    if any(len(of_side) > 1 for of_side in names):
        return "write one rule in mesh.yaml instead, which has both halves"
    [source], [target] = names if half == "ingress" else reversed(names)
    ports = told(meeting.missing)
    written = "" if ports == ("any",) else f", ports: [{', '.join(ports)}]"
    return f"add a rule: allow: {{from: {source}, to: {target}{written}}}"
