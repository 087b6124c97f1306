"""
Both halves of connections together: which sources reach which targets, and at which ports.

A relation is a rectangle: every one of its sources stands to every one of its targets in the same way.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .analysis import Analysis, Verdict
from .entries import L7, Direction
from .labels import Bits, indexes_of
from .ports import END, Range, cut
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


_FEW = 100

DENIED = State(Verdict.DENIED)

Profile = tuple[tuple[Range, State], ...]
"""What holds at which ports, in order; what is denied is left out."""


class Relation(NamedTuple):
    """Every source and every target, and what holds between them."""

    sources: Bits
    targets: Bits
    profile: Profile


class HalfState(NamedTuple):
    """What one half says of a peer at a port."""

    verdict: Verdict
    l7: tuple[L7, ...] = ()
    doubts: tuple[str, ...] = ()


_DENIED = HalfState(Verdict.DENIED)


def splits(half: Half, segment: Segment) -> Iterator[tuple[HalfState, Bits]]:
    """The peers that a segment does not deny, by what it says of them."""
    groups: dict[tuple[L7, ...], Bits] = {(): segment.allowed}
    for l7, bits in segment.narrowed:
        split: dict[tuple[L7, ...], Bits] = defaultdict(int)
        for key, among in groups.items():
            split[key] |= among & ~bits
            split[*key, l7] |= among & bits
        groups = {key: among for key, among in split.items() if among}
    for key, among in groups.items():
        if among:
            yield HalfState(Verdict.ALLOWED, key), among
    if segment.unknown:
        yield HalfState(Verdict.UNKNOWN, doubts=half.doubts), segment.unknown


def composed(egress: HalfState, ingress: HalfState) -> State:
    """What becomes of a connection of which two halves say this."""
    if Verdict.DENIED in {egress.verdict, ingress.verdict}:
        return DENIED
    doubts = tuple(sorted({*egress.doubts, *ingress.doubts}))
    verdict = Verdict.UNKNOWN if Verdict.UNKNOWN in {egress.verdict, ingress.verdict} else Verdict.ALLOWED
    return State(verdict, egress.l7, ingress.l7, doubts)


class Answers:
    """What a half says of its peers, port by port, worked out once."""

    def __init__(self, half: Half) -> None:
        self.half = half
        self._firsts = [segment.first for segment in half.segments]
        self._parts = [list(splits(half, segment)) for segment in half.segments]

    def at(self, port: int) -> list[tuple[HalfState, Bits]]:
        """The peers that are not denied at a port, by what is said of them."""
        return self._parts[bisect_right(self._firsts, port) - 1]

    def groups(self, pieces: list[Range], peers: Bits) -> list[tuple[tuple[HalfState, ...], Bits]]:
        """Peers by what is said of them at each piece."""
        found: dict[tuple[HalfState, ...], Bits] = {(): peers}
        for first, _ in pieces:
            parts = self.at(first)
            split: dict[tuple[HalfState, ...], Bits] = {}
            for key, among in found.items():
                left = among
                for state, bits in parts:
                    both = left & bits
                    if both:
                        split[*key, state] = both
                        left ^= both
                        if not left:
                            break
                if left:
                    split[*key, _DENIED] = left
            found = split
        return list(found.items())


def segment_at(half: Half, port: int) -> Segment:
    """The segment of a half that a port lies in."""
    return next(segment for segment in half.segments if segment.first <= port < segment.last)


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
        half = analysis.index[direction][(left & -left).bit_length() - 1]
        left &= ~half.subjects
        yield half


def unmanaged(subjects: Bits, everyone: Bits) -> Half:
    """The half of endpoints that no policy is for."""
    return Half(subjects, (), closed=False, segments=(Segment(0, END, everyone),))


def relations(analysis: Analysis, sources: Bits, targets: Bits) -> Iterator[Relation]:
    """What is not denied between endpoints of two sets, rectangle by rectangle."""
    found = list(_touching(analysis, Direction.INGRESS, targets))
    entering = Classes([half.subjects for half in found])
    answers = [Answers(half) for half in found]
    for leaving in _touching(analysis, Direction.EGRESS, sources):
        own = Answers(leaving)
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
    pieces = pieces_of(egress.half, ingress.half)
    leaving = egress.groups(pieces, targets)
    for from_state, among_sources in ingress.groups(pieces, sources):
        for to_state, among_targets in leaving:
            profile = _profile(pieces, to_state, from_state)
            if profile:
                yield Relation(among_sources, among_targets, profile)


def pieces_of(*parts: Half) -> list[Range]:
    """The ports in pieces at which every half says one thing."""
    if all(len(half.segments) == 1 for half in parts):
        return [(0, END)]
    return cut(segment[:2] for half in parts for segment in half.segments)


def _profile(pieces: list[Range], egress: tuple[HalfState, ...], ingress: tuple[HalfState, ...]) -> Profile:
    found: list[tuple[Range, State]] = []
    for piece, leaving, entering in zip(pieces, egress, ingress, strict=True):
        state = composed(leaving, entering)
        if state.verdict is Verdict.DENIED:
            continue
        if found and found[-1][1] == state and found[-1][0][1] == piece[0]:
            found[-1] = ((found[-1][0][0], piece[1]), state)
        else:
            found.append((piece, state))
    return tuple(found)


def gathered(found: Iterable[Relation]) -> list[Relation]:
    """The relations in fewer rectangles: those alike in two of three are one."""
    by_sources: dict[tuple[Bits, Profile], Bits] = defaultdict(int)
    for relation in found:
        by_sources[relation.sources, relation.profile] |= relation.targets
    by_targets: dict[tuple[Bits, Profile], Bits] = defaultdict(int)
    for (sources, profile), targets in by_sources.items():
        by_targets[targets, profile] |= sources
    return [Relation(sources, targets, profile) for (targets, profile), sources in by_targets.items()]
