"""What a half says of its peers from port to port, peers of whom it says the same together."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from .analysis import Verdict
from .entries import L7
from .labels import Bits
from .partition import Partition
from .ports import END, Range
from .segments import Half, Segment


class HalfState(NamedTuple):
    """What one half says of a peer at a port."""

    verdict: Verdict
    l7: tuple[L7, ...] = ()
    doubts: tuple[str, ...] = ()


_DENIED = HalfState(Verdict.DENIED)

Said = tuple[HalfState, ...]
"""What each of some halves says of a peer at a port."""

Runs = tuple[tuple[Range, Said], ...]
"""What is said from port to port, in order; where all halves deny is left out."""

Joint = list[tuple[Range, Said, Said]]
"""At which ports two sides say something, and what."""


class _Move(NamedTuple):
    """A port from which on the half at a position says something else of these peers."""

    port: int
    half: int
    state: HalfState
    peers: Bits


class Answers:
    """
    What halves for the same subjects say of some peers, worked out once.

    The line of ports is swept, and only what changes from one segment to the next is looked at: a rule
    costs as much as there are groups of peers of which it says something else than its neighbours.
    Where each of many groups has answers of its own at many ports, that is their product: so much there
    is to tell.
    """

    def __init__(self, *halves: Half, among: Bits) -> None:
        found = [move for number, half in enumerate(halves) for move in _moves(number, half, among)]
        moves = sorted(found, key=lambda move: move.port)
        self._peers = Partition(among, (move.peers for move in moves))
        lines: list[list[tuple[int, Said]]] = [[(0, (_DENIED,) * len(halves))] for _ in self._peers.groups]
        for port, half, state, peers in moves:
            for number in self._peers.meeting(peers):
                line = lines[number]
                first, said = line[-1]
                now = (*said[:half], state, *said[half + 1 :])
                if first == port:
                    line[-1] = (port, now)
                else:
                    line.append((port, now))
        self._runs = [tuple(_runs(line)) for line in lines]

    def groups(self, peers: Bits) -> list[tuple[Runs, Bits]]:
        """What is said of peers, and those of whom it is; in the order of the first of each group."""
        groups = self._peers.groups
        return [(self._runs[number], groups[number] & peers) for number in self._peers.meeting(peers)]


def _moves(number: int, half: Half, among: Bits) -> Iterator[_Move]:
    before: dict[HalfState, Bits] = {_DENIED: among}
    for segment in half.segments:
        after = {state: bits & among for state, bits in _splits(half, segment)}
        denied = among
        for bits in after.values():
            denied &= ~bits
        after[_DENIED] = denied
        for state, bits in after.items():
            come = bits & ~before.get(state, 0)
            if come:
                yield _Move(segment.first, number, state, come)
        before = after


def _splits(half: Half, segment: Segment) -> Iterator[tuple[HalfState, Bits]]:
    """The peers that a segment does not deny, by what it says of them."""
    partition = Partition(segment.allowed, (bits for _, bits in segment.narrowed))
    held: list[list[L7]] = [[] for _ in partition.groups]
    for l7, bits in segment.narrowed:
        for number in partition.meeting(bits):
            held[number].append(l7)
    for requests, bits in zip(held, partition.groups, strict=True):
        yield HalfState(Verdict.ALLOWED, tuple(requests)), bits
    if segment.unknown:
        yield HalfState(Verdict.UNKNOWN, doubts=half.doubts), segment.unknown


def _runs(line: list[tuple[int, Said]]) -> Iterator[tuple[Range, Said]]:
    ends = [first for first, _ in line[1:]]
    for (first, said), last in zip(line, [*ends, END], strict=True):
        if any(state is not _DENIED for state in said):
            yield (first, last), said


def joined(
    sources: list[tuple[Runs, Bits]], targets: list[tuple[Runs, Bits]]
) -> Iterator[tuple[Bits, Bits, Joint]]:
    """
    The groups of two sides that say something at one port, and what both say where.

    Both are swept at once: groups that have no port in common are never looked at together.
    """
    starts = [
        (first, last, side, number, said)
        for side, groups in enumerate((sources, targets))
        for number, (runs, _) in enumerate(groups)
        for (first, last), said in runs
    ]
    found: dict[tuple[int, int], Joint] = defaultdict(list)
    going: tuple[list[tuple[int, int, Said]], ...] = ([], [])
    for first, last, side, number, said in sorted(starts, key=lambda start: start[0]):
        others = going[1 - side]
        others[:] = [each for each in others if each[0] > first]
        for end, other, says in others:
            piece = (first, min(last, end))
            if side:
                found[other, number].append((piece, says, said))
            else:
                found[number, other].append((piece, said, says))
        going[side].append((last, number, said))
    for (source, target), pieces in sorted(found.items(), key=lambda item: item[0]):
        yield sources[source][1], targets[target][1], pieces
