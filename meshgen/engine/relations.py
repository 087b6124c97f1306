"""
Both halves of connections together: which sources reach which targets, and at which ports.

A relation is a rectangle: every one of its sources stands to every one of its targets in the same way.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .analysis import Analysis, Verdict
from .entries import L7, Direction
from .halves import Half, Segment
from .labels import Bits, indexes_of
from .ports import END, Range, cut


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
    found = list(merged.values())
    if left:
        found.append(unmanaged(left, universe.everyone))
    return found


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
    entering = list(_touching(analysis, Direction.INGRESS, targets))
    for leaving in _touching(analysis, Direction.EGRESS, sources):
        among = leaving.subjects & sources
        reachable = 0
        for segment in leaving.segments:
            reachable |= segment.allowed | segment.unknown
        reachable &= targets
        for half in entering:
            peers = half.subjects & reachable
            if peers:
                yield from _between(leaving, half, among, peers)


def _between(egress: Half, ingress: Half, sources: Bits, targets: Bits) -> Iterator[Relation]:
    pieces = pieces_of(egress, ingress)
    for to_state, among_targets in groups(egress, pieces, targets):
        for from_state, among_sources in groups(ingress, pieces, sources):
            profile = _profile(pieces, to_state, from_state)
            if profile:
                yield Relation(among_sources, among_targets, profile)


def pieces_of(*parts: Half) -> list[Range]:
    """The ports in pieces at which every half says one thing."""
    if all(len(half.segments) == 1 for half in parts):
        return [(0, END)]
    return cut(segment[:2] for half in parts for segment in half.segments)


def groups(half: Half, pieces: list[Range], peers: Bits) -> list[tuple[tuple[HalfState, ...], Bits]]:
    """Peers by what a half says of them at each piece."""
    found: dict[tuple[HalfState, ...], Bits] = {(): peers}
    for first, _ in pieces:
        segment = segment_at(half, first)
        parts = list(splits(half, segment))
        split: dict[tuple[HalfState, ...], Bits] = {}
        for key, among in found.items():
            left = among
            for state, bits in parts:
                both = left & bits
                if both:
                    split[*key, state] = both
                    left &= ~both
            if left:
                split[*key, _DENIED] = left
        found = split
    return list(found.items())


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
