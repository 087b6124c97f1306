"""
Two sets of policies over one universe: which connections become possible, impossible, or other.

Only pods that a changed rule selects are looked at: for all others both halves are what they were.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cached_property
from itertools import product
from typing import NamedTuple

from .analysis import Analysis, Verdict
from .entries import Direction
from .labels import Bits
from .ports import Range
from .relations import (
    Answers,
    Classes,
    Profile,
    State,
    composed,
    pieces_of,
    reachable,
    segment_at,
    unmanaged,
)
from .segments import Half

Change = tuple[Range, State, State]
"""At which ports connections were one thing and are another."""


class Kind(StrEnum):
    """What a change is to those who may connect."""

    OPENED = "opened"
    CUT = "cut"
    WIDENED = "widened"
    NARROWED = "narrowed"
    UNKNOWN = "unknown"


class Difference(NamedTuple):
    """Every source and every target, what changed between them, and what stays as it is."""

    sources: Bits
    targets: Bits
    changes: tuple[Change, ...]
    kept: Profile = ()


class Part(NamedTuple):
    """The part of a difference that is of one kind."""

    kind: Kind
    changes: tuple[Change, ...]


def parts(difference: Difference) -> Iterator[Part]:
    """A difference by what it gives, what it takes, and what nobody knows."""
    by_kind: dict[Kind, list[Change]] = defaultdict(list)
    for change in difference.changes:
        by_kind[_kind(*change[1:])].append(change)
    before, after = (
        bool(difference.kept) or any(state.verdict is Verdict.ALLOWED for state in side)
        for side in (
            [was for _, was, _ in difference.changes],
            [is_now for *_, is_now in difference.changes],
        )
    )
    gained = by_kind[Kind.OPENED] + by_kind[Kind.WIDENED]
    lost = by_kind[Kind.CUT] + by_kind[Kind.NARROWED]
    for kind, changes in (
        (Kind.WIDENED if before else Kind.OPENED, gained),
        (Kind.NARROWED if after else Kind.CUT, lost),
        (Kind.UNKNOWN, by_kind[Kind.UNKNOWN]),
    ):
        if changes:
            yield Part(kind, tuple(sorted(changes, key=lambda change: change[0])))


def _kind(before: State, after: State) -> Kind:
    if Verdict.UNKNOWN in {before.verdict, after.verdict}:
        return Kind.UNKNOWN
    if before.verdict is not after.verdict:
        return Kind.OPENED if after.verdict is Verdict.ALLOWED else Kind.CUT
    narrower = _narrower(before.egress, after.egress) and _narrower(before.ingress, after.ingress)
    return Kind.NARROWED if narrower else Kind.WIDENED


def _narrower(before: tuple[object, ...], after: tuple[object, ...]) -> bool:
    """Whether requests are held to the same rules or to fewer of them; no rules at all let all pass."""
    return not before or (bool(after) and set(after) <= set(before))


class _Pair:
    """A set of subjects with one half before and one after."""

    def __init__(self, subjects: Bits, before: Half, after: Half) -> None:
        self.subjects = subjects
        self.before = before
        self.after = after
        self.same = before.segments == after.segments and before.doubts == after.doubts

    @cached_property
    def answers(self) -> tuple[Answers, Answers]:
        """What is said of peers before and after."""
        return Answers(self.before), Answers(self.after)


def differences(before: Analysis, after: Analysis) -> Iterator[Difference]:
    """
    Every pair of endpoints between which something changed, as rectangles.

    Both analyses are over the same universe.
    """
    leaving, entering = (list(_pairs(before, after, direction)) for direction in Direction)
    yield from _let_out(leaving, entering)
    yield from _let_in(leaving, entering)


def _let_out(leaving: list[_Pair], entering: list[_Pair]) -> Iterator[Difference]:
    """What changed with what sources are let out to."""
    classes = Classes([pair.subjects for pair in entering])
    for pair in leaving:
        if not pair.same:
            moved = _moved(pair)
            for number, targets in classes.meeting(reachable(pair.before) | reachable(pair.after)):
                other = entering[number]
                among = targets & moved if other.same else targets
                if among:
                    yield from _between(pair, other, pair.subjects, among)


def _let_in(leaving: list[_Pair], entering: list[_Pair]) -> Iterator[Difference]:
    """What changed with what targets let in only."""
    classes = Classes([pair.subjects for pair in leaving])
    for pair in entering:
        if not pair.same:
            for number, sources in classes.meeting(_moved(pair)):
                if leaving[number].same:
                    yield from _between(leaving[number], pair, sources, pair.subjects)


def _pairs(before: Analysis, after: Analysis, direction: Direction) -> Iterator[_Pair]:
    """The endpoints by what both sides say of them; pairs that say the same are one."""
    everyone = left = before.universe.everyone
    found: dict[object, _Pair] = {}
    for name in sorted(before.clusters.keys() | after.clusters.keys()):
        for one, two in _both(before, after, name, direction):
            subjects = one.subjects & two.subjects
            if subjects:
                left &= ~subjects
                key = (one.segments, one.doubts, two.segments, two.doubts)
                known = found.get(key)
                found[key] = _Pair(subjects | (known.subjects if known else 0), one, two)
    yield from found.values()
    half = unmanaged(left, everyone)
    yield _Pair(left, half, half)


def _both(before: Analysis, after: Analysis, name: str, direction: Direction) -> Iterator[tuple[Half, Half]]:
    """The classes of a cluster before and after, in pairs that may have subjects in common."""
    one, two = before.clusters.get(name), after.clusters.get(name)
    if one is not None and one is two:
        yield from ((half, half) for half in one.halves[direction])
        return
    first, second = _halves(before, after, name, direction), _halves(after, before, name, direction)
    yield from product(first, second)


def _halves(analysis: Analysis, other: Analysis, cluster: str, direction: Direction) -> list[Half]:
    """
    The classes of a cluster in a direction.

    One that is outside the mesh on this side is alone: with itself it deals as on the other side.
    """
    if cluster in analysis.clusters:
        return analysis.clusters[cluster].halves[direction]
    universe = analysis.universe
    away = 0
    for name, managed in universe.of_cluster.items():
        away |= managed if name != cluster else 0
    return [_alone(half, away) for half in other.clusters[cluster].halves[direction]]


def _alone(half: Half, away: Bits) -> Half:
    segments = tuple(
        segment._replace(
            allowed=segment.allowed & ~away,
            unknown=segment.unknown & ~away,
            narrowed=tuple((l7, bits & ~away) for l7, bits in segment.narrowed if bits & ~away),
        )
        for segment in half.segments
    )
    return half._replace(segments=segments)


def _moved(pair: _Pair) -> Bits:
    """The peers of which a half says something else than before."""
    found = 0
    for first, _ in pieces_of(pair.before, pair.after):
        one, two = segment_at(pair.before, first), segment_at(pair.after, first)
        found |= (one.allowed ^ two.allowed) | (one.unknown ^ two.unknown)
        if pair.before.doubts != pair.after.doubts:
            found |= one.unknown | two.unknown
        for each, other in (
            (dict(one.narrowed), dict(two.narrowed)),
            (dict(two.narrowed), dict(one.narrowed)),
        ):
            for l7, bits in each.items():
                found |= bits & ~other.get(l7, 0)
    return found


def _between(egress: _Pair, ingress: _Pair, sources: Bits, targets: Bits) -> Iterator[Difference]:
    pieces = pieces_of(egress.before, egress.after, ingress.before, ingress.after)
    to_before, to_after = egress.answers
    from_before, from_after = ingress.answers
    leaving = [
        (was, is_now, both)
        for was, among in to_before.groups(pieces, targets)
        for is_now, both in to_after.groups(pieces, among)
    ]
    for entered, among in from_before.groups(pieces, sources):
        for enters, some in from_after.groups(pieces, among):
            for left, leaves, others in leaving:
                before = map(composed, left, entered)
                after = map(composed, leaves, enters)
                changes, kept = _changes(list(zip(pieces, before, after, strict=True)))
                if changes:
                    yield Difference(some, others, changes, kept)


def _changes(found: list[Change]) -> tuple[tuple[Change, ...], Profile]:
    changes: list[Change] = []
    kept: list[tuple[Range, State]] = []
    for piece, before, after in found:
        if before == after:
            if before.verdict is not Verdict.DENIED:
                kept.append((piece, before))
        elif changes and changes[-1][1:] == (before, after) and changes[-1][0][1] == piece[0]:
            changes[-1] = ((changes[-1][0][0], piece[1]), before, after)
        else:
            changes.append((piece, before, after))
    return tuple(changes), tuple(kept)


def gathered(found: Iterable[Difference]) -> list[Difference]:
    """The differences in fewer rectangles: those alike in all but sources or targets are one."""
    by_sources: dict[tuple[Bits, object, object], Bits] = defaultdict(int)
    for each in found:
        by_sources[each.sources, each.changes, each.kept] |= each.targets
    by_targets: dict[tuple[Bits, object, object], Bits] = defaultdict(int)
    for (sources, changes, kept), targets in by_sources.items():
        by_targets[targets, changes, kept] |= sources
    return [
        Difference(sources, targets, changes, kept)  # type: ignore[arg-type]
        for (targets, changes, kept), sources in by_targets.items()
    ]
