"""
Both halves of connections together: which sources reach which targets, and at which ports.

A relation is a rectangle: every one of its sources stands to every one of its targets in the same way.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeVar

from .analysis import Analysis, Verdict
from .answers import Answers, HalfState, joined
from .entries import L7, Direction
from .labels import Bits, indexes_of, lowest
from .ports import END, Range
from .segments import Half, Segment


class State(NamedTuple):
    """
    What becomes of connections: the verdict, and the requests they are narrowed to by either side.

    `doubts` are the reasons for not knowing.
    """

    verdict: Verdict
    egress: tuple[L7, ...] = ()
    ingress: tuple[L7, ...] = ()
    doubts: tuple[str, ...] = ()


Held = TypeVar("Held")

_FEW = 100

DENIED = State(Verdict.DENIED)

Profile = tuple[tuple[Range, State], ...]
"""What holds at which ports, in order; what is denied is left out."""


class Relation(NamedTuple):
    """Every source and every target, and what holds between them."""

    sources: Bits
    targets: Bits
    profile: Profile


def composed(egress: HalfState, ingress: HalfState) -> State:
    """What becomes of a connection of which two halves say this."""
    if Verdict.DENIED in {egress.verdict, ingress.verdict}:
        return DENIED
    doubts = tuple(sorted({*egress.doubts, *ingress.doubts}))
    verdict = Verdict.UNKNOWN if Verdict.UNKNOWN in {egress.verdict, ingress.verdict} else Verdict.ALLOWED
    return State(verdict, egress.l7, ingress.l7, doubts)


def halves(analysis: Analysis, direction: Direction) -> list[Half]:
    """
    Every class of endpoints in a direction, those with the same answers as one.

    What no cluster manages, such as the world, is one class that is open.
    """
    if direction not in analysis.merged:
        analysis.merged[direction] = _merged(analysis, direction)
    return analysis.merged[direction]


def _merged(analysis: Analysis, direction: Direction) -> list[Half]:
    universe = analysis.universe
    merged: dict[object, Half] = {}
    left = universe.everyone
    for cluster in analysis.clusters.values():
        for half in cluster.halves[direction]:
            left &= ~half.subjects
            key = (half.segments, half.doubts)
            known = merged.get(key)
            merged[key] = known._replace(subjects=known.subjects | half.subjects) if known else half
    return [*merged.values(), unmanaged(left, universe.everyone)]


def _touching(analysis: Analysis, direction: Direction, endpoints: Bits) -> Iterator[Half]:
    """The classes that some endpoints belong to; those of a few are looked up."""
    if endpoints.bit_count() > _FEW:
        yield from (half for half in halves(analysis, direction) if half.subjects & endpoints)
        return
    if direction not in analysis.index:
        every = halves(analysis, direction)
        analysis.index[direction] = {index: half for half in every for index in indexes_of(half.subjects)}
    left = endpoints
    while left:
        half = analysis.index[direction][lowest(left)]
        left &= ~half.subjects
        yield half


def unmanaged(subjects: Bits, everyone: Bits) -> Half:
    """The half of endpoints that no policy is for."""
    return Half(subjects, (), closed=False, segments=(Segment(0, END, everyone),))


def relations(analysis: Analysis, sources: Bits, targets: Bits) -> Iterator[Relation]:
    """What is not denied between endpoints of two sets, rectangle by rectangle."""
    found = list(_touching(analysis, Direction.INGRESS, targets))
    entering = Classes([half.subjects for half in found])
    answers = [Answers(half, among=sources) for half in found]
    for leaving in _touching(analysis, Direction.EGRESS, sources):
        own = Answers(leaving, among=targets)
        for number, peers in entering.meeting(reachable(leaving) & targets):
            yield from _between(own, answers[number], leaving.subjects & sources, peers)


def reachable(half: Half) -> Bits:
    """The peers that a half does not deny at every port."""
    found = 0
    for segment in half.segments:
        found |= segment.allowed | segment.unknown
    return found


class Classes:
    """Disjoint sets of endpoints, to be found by their members."""

    def __init__(self, sets: list[Bits]) -> None:
        self._sets = sets
        self._of: dict[int, int] = {}
        for number, bits in enumerate(sets):
            for index in indexes_of(bits):
                self._of[index] = number

    def meeting(self, bits: Bits) -> Iterator[tuple[int, Bits]]:
        """The numbers of the sets that have members in another, and these."""
        if bits.bit_count() > len(self._sets):
            pairs = ((number, each & bits) for number, each in enumerate(self._sets))
            yield from ((number, both) for number, both in pairs if both)
            return
        for number in sorted({self._of[index] for index in indexes_of(bits) if index in self._of}):
            yield number, self._sets[number] & bits


def _between(egress: Answers, ingress: Answers, sources: Bits, targets: Bits) -> Iterator[Relation]:
    for some, others, pieces in joined(ingress.groups(sources), egress.groups(targets)):
        found: list[tuple[Range, State]] = []
        for piece, (entering,), (leaving,) in pieces:
            prolonged(found, piece, composed(leaving, entering))
        yield Relation(some, others, tuple(found))


def prolonged(found: list[tuple[Range, Held]], piece: Range, held: Held) -> None:
    """Add what holds at the ports of a piece to what holds before; where it is the same, that goes on."""
    if found and found[-1][1] == held and found[-1][0][1] == piece[0]:
        found[-1] = ((found[-1][0][0], piece[1]), held)
    else:
        found.append((piece, held))


def gathered(found: Iterable[Relation]) -> list[Relation]:
    """The relations in fewer rectangles: those alike in two of three are one."""
    by_sources: dict[tuple[Bits, Profile], Bits] = defaultdict(int)
    for relation in found:
        by_sources[relation.sources, relation.profile] |= relation.targets
    by_targets: dict[tuple[Bits, Profile], Bits] = defaultdict(int)
    for (sources, profile), targets in by_sources.items():
        by_targets[targets, profile] |= sources
    return [Relation(sources, targets, profile) for (targets, profile), sources in by_targets.items()]
