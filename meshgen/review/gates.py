"""Gates: what a change must not do, unless somebody declared it."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..engine.comparison import Kind
from ..reachability.written import listed
from .allowances import Allowances
from .report import Review

GATES = ("opened", "cross-cluster", "world", "cut", "unknown", "posture", "identity", "removal")

_MOST_NAMES = 3

_GAINS = {Kind.OPENED, Kind.WIDENED}
_LOSSES = {Kind.CUT, Kind.NARROWED}


class Reason(NamedTuple):
    """One reason for which a gate fails: what it is about, in one line."""

    gate: str
    text: str


UNDECLARED = "undeclared"
"""The gate that everything fails which is not declared, where changes are declared at all."""


def reasons(review: Review, gates: Iterable[str], declared: Allowances | None = None) -> Iterator[Reason]:
    """
    Why the gates fail; none if they hold.

    What is declared fails none; what is not fails a gate of its own where it fails no other.
    """
    left = declared.undeclared(review) if declared else review
    for gate in gates:
        yield from (Reason(gate, text) for text in _reasons(left, gate))
    if declared is not None:
        yield from (Reason(UNDECLARED, text) for text in _reasons(left, UNDECLARED))


def _reasons(review: Review, gate: str) -> Iterator[str]:
    every = gate == UNDECLARED
    for row in review.rows:
        if every or _matches(gate, row.kind, row.scope):
            sources, targets = listed(row.source_names, _MOST_NAMES), listed(row.target_names, _MOST_NAMES)
            yield f"{row.kind} {sources} -> {targets}: {', '.join(row.ports)}{row.likewise}"
    if review.incomplete and (every or gate == "unknown"):
        yield review.incomplete
    for posture in review.postures if every or gate == "posture" else ():
        yield f"{posture.direction} of {listed(posture.names, _MOST_NAMES)} is {posture.after}"
    for each in review.changes:
        if every or each.gate == gate:
            yield f"{each.what} of {each.subject}: {each.told_before} -> {each.told_after}"


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
