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
from .answers import Answers, Joint, joined
from .entries import Direction
from .labels import Bits
from .ports import Range
from .relations import Classes, Profile, State, composed, prolonged, reachable, unmanaged
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

    def __init__(self, subjects: Bits, before: Half, after: Half, everyone: Bits) -> None:
        self.subjects = subjects
        self.before = before
        self.after = after
        self._everyone = everyone
        self.same = before.segments == after.segments and before.doubts == after.doubts

    @cached_property
    def answers(self) -> Answers:
        """What is said of peers before and after."""
        return Answers(self.before, self.after, among=self._everyone)

    @cached_property
    def moved(self) -> Bits:
        """The peers of which a half says something else than before."""
        found = 0
        for runs, peers in self.answers.groups(self._everyone):
            if any(before != after for _, (before, after) in runs):
                found |= peers
        return found


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
            for number, targets in classes.meeting(reachable(pair.before) | reachable(pair.after)):
                other = entering[number]
                among = targets & pair.moved if other.same else targets
                if among:
                    yield from _between(pair, other, pair.subjects, among)


def _let_in(leaving: list[_Pair], entering: list[_Pair]) -> Iterator[Difference]:
    """What changed with what targets let in only."""
    classes = Classes([pair.subjects for pair in leaving])
    for pair in entering:
        if not pair.same:
            for number, sources in classes.meeting(pair.moved):
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
                found[key] = _Pair(subjects | (known.subjects if known else 0), one, two, everyone)
    yield from found.values()
    half = unmanaged(left, everyone)
    yield _Pair(left, half, half, everyone)


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


def _between(egress: _Pair, ingress: _Pair, sources: Bits, targets: Bits) -> Iterator[Difference]:
    for some, others, pieces in joined(ingress.answers.groups(sources), egress.answers.groups(targets)):
        changes, kept = _changes(pieces)
        if changes:
            yield Difference(some, others, changes, kept)


def _changes(pieces: Joint) -> tuple[tuple[Change, ...], Profile]:
    changes: list[tuple[Range, tuple[State, State]]] = []
    kept: list[tuple[Range, State]] = []
    for piece, entering, leaving in pieces:
        before, after = map(composed, leaving, entering)
        if before != after:
            prolonged(changes, piece, (before, after))
        elif before.verdict is not Verdict.DENIED:
            prolonged(kept, piece, before)
    return tuple((piece, *states) for piece, states in changes), tuple(kept)


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
