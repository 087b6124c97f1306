"""A review for a terminal."""

from collections.abc import Iterator

from ..engine.comparison import Kind
from ..location import legible
from ..reachability.reasons import HalfReason
from ..reachability.wording import MARKS
from ..reachability.written import listed
from ..reporting.places import Places
from ..reporting.traces import WORDS
from .changes import MeshChange, clusters
from .located import Located
from .report import failing
from .rows import Row

_COLOURS = {"+": "31;1", "~+": "31;1", "-": "33;1", "~-": "33", "?": "35;1", "P": "36;1", "!": "31;1"}
_MOST_NAMES = 8
_MOST_DECIDERS = 3
_MOST_PORTS = 6
_MOST_CLUSTERS = 24


def render(located: Located, *, colour: bool = False) -> str:
    """The review, worst first; the last line says what it comes to."""
    lines = []
    for sign, text in _lines(located):
        head = f"\x1b[{_COLOURS[sign]}m{sign}\x1b[0m" if colour and sign in _COLOURS else sign
        lines.append(f"{head} {legible(text)}".rstrip())
    return "\n".join(lines) + "\n"


def _lines(located: Located) -> Iterator[tuple[str, str]]:
    review = located.review
    for told in _first(located):
        yield "!", told
    for row in review.rows:
        yield from _row(located, row)
    for told, names in review.told_alike:
        yield "=", f"{told}: {listed(names, _MOST_CLUSTERS)}"
    yield from _of_mesh(located)
    for failed in located.failed:
        yield "!", f"gate {failed.gate} fails: {failed.text}"
    yield "", f"{review.base} -> {review.head}: {review.result}"


def _first(located: Located) -> Iterator[str]:
    """What is to be read before anything else."""
    review = located.review
    if review.incomplete:
        yield f"not every pod could be looked at: {review.incomplete}"
    if told := located.told_errors:
        yield f"{told}, which meshgen check shows"
    yield from located.news
    for each in review.refused:
        place = located.head.of(each.place)
        yield f"{each.place.object_name} in {each.place.cluster} is refused: {each.reason} ({place})"
    for outcome in failing(review):
        expected = outcome.expectation
        place = located.head.at(("expect", outcome.number))
        text = f"{expected.from_.text} -> {expected.to.text} must be {WORDS[expected.is_]}"
        first = f" from {outcome.source} to {outcome.target}" if outcome.is_one_of_many else ""
        yield f"{text} and {outcome.told}{first} ({place})"
    yield from map(_told, review.breaking)


def _of_mesh(located: Located) -> Iterator[tuple[str, str]]:
    review = located.review
    for posture in review.postures:
        places = located.head if posture.closed else located.base
        by = listed([f"{each.object_name} ({places.of(each)})" for each in posture.closing], _MOST_DECIDERS)
        names = listed(posture.names, _MOST_NAMES)
        yield "P", f"{posture.direction.value} of {names}: {posture.before} -> {posture.after}, by {by}"
    for change in review.other_changes:
        yield "=", _told(change)
    for impact, where in review.restarts.kinds:
        yield "=", f"{impact.value} in {clusters(len(where))}: {listed(where, _MOST_CLUSTERS)}"
    for file, more in review.told_once(review.files or ()):
        counts = ((len(file.added), "added"), (len(file.changed), "changed"), (len(file.removed), "removed"))
        told = ", ".join(f"{count} {what}" for count, what in counts if count)
        yield "=", f"files of {file.cluster or 'the mesh'}{more}: {told}"
    if review.files is None:
        yield "=", f"files were not compared: {review.no_files}"


def _told(change: MeshChange) -> str:
    text = f"{change.subject}: {change.what} {change.told_before} -> {change.told_after}"
    return f"{text}; impact: {change.impact.value}{change.reach}; {change.note}"


def _row(located: Located, row: Row) -> Iterator[tuple[str, str]]:
    gains = row.kind in {Kind.OPENED, Kind.WIDENED}
    risk = f" {row.risk}" if gains else ""
    ends = f"{listed(row.source_names, _MOST_NAMES)} -> {listed(row.target_names, _MOST_NAMES)}"
    ports = f"{listed(row.before, _MOST_PORTS)} => {listed(row.after, _MOST_PORTS)}"
    yield MARKS[row.kind], f"{row.kind.value}{risk} {row.scope}: {ends}: {ports}{row.likewise}"
    flow = row.flow
    yield " ", f"    {flow.source} -> {flow.target} at {flow.port}"
    for when, reason, places in (
        ("before", flow.before, located.base),
        ("after", flow.after, located.head),
    ):
        for half in (reason.egress, reason.ingress):
            yield " ", f"    {when} {half.direction.value}: {told_half(half, places)}"


def told_half(half: HalfReason, places: Places) -> str:
    """One half in a line: the verdict in words, and what decides it with its place."""
    listed = dict.fromkeys(
        f"{each.object_name} in {each.cluster} ({places.of(each)})" for each in half.deciders
    )
    by = list(listed)
    more = f" and {len(by) - _MOST_DECIDERS} more" if len(by) > _MOST_DECIDERS else ""
    return half.text + (f": {'; '.join(by[:_MOST_DECIDERS])}{more}" if by else "")
