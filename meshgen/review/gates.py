"""Gates: what a change must not do, unless somebody declared it."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..engine.comparison import Kind
from .report import Review

GATES = ("opened", "cross-cluster", "world", "cut", "unknown", "posture", "identity", "removal")

_GAINS = {Kind.OPENED, Kind.WIDENED}
_LOSSES = {Kind.CUT, Kind.NARROWED}


class Reason(NamedTuple):
    """One reason for which a gate fails: what it is about, in one line."""

    gate: str
    text: str


def reasons(review: Review, gates: Iterable[str]) -> Iterator[Reason]:
    """Why the gates fail; none if they hold."""
    for gate in gates:
        yield from (Reason(gate, text) for text in _reasons(review, gate))


def _reasons(review: Review, gate: str) -> Iterator[str]:
    for row in review.rows:
        if _matches(gate, row.kind, row.scope):
            sources, targets = ", ".join(row.source_names[:3]), ", ".join(row.target_names[:3])
            yield f"{row.kind} {sources} -> {targets}: {', '.join(row.ports)}"
    if gate == "unknown" and review.incomplete:
        yield review.incomplete
    for posture in review.postures if gate == "posture" else ():
        yield f"{posture.direction} of {', '.join(posture.names[:3])} is {posture.after}"
    for each in review.changes:
        if each.gate == gate:
            yield f"{each.what} of {each.subject}: {each.before} -> {each.after}"


def _matches(gate: str, kind: Kind, scope: str) -> bool:
    match gate:
        case "opened":
            return kind in _GAINS
        case "cut":
            return kind in _LOSSES
        case "unknown":
            return kind is Kind.UNKNOWN
        case "cross-cluster" | "world":
            return kind in _GAINS and scope == gate
        case _:
            return False
