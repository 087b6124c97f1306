"""What holds of peers at which ports: allows and denies of a class of pods laid over each other."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from .entries import L7
from .labels import Bits
from .lines import Line
from .ports import Range


class Segment(NamedTuple):
    """
    What holds at the ports from `first` up to `last`.

    `allowed` are peers let in for sure, `unknown` those of whom nobody can tell; all others are denied.
    `narrowed` are the allowed ones whose requests are looked at, by rule.
    """

    first: int
    last: int
    allowed: Bits
    unknown: Bits = 0
    narrowed: tuple[tuple[L7, Bits], ...] = ()


class Place(NamedTuple):
    """Ports at which a rule is about some peers for sure, and about some perhaps."""

    ports: Range
    certain: Bits
    maybe: Bits
    l7: L7 | None = None


class Half(NamedTuple):
    """
    A class of subjects in one direction.

    `entries` are positions in the list of the cluster's entries; `closed` tells that default deny is
    on. `doubts` say why a part of it is unknown.
    """

    subjects: Bits
    entries: tuple[int, ...]
    closed: bool
    segments: tuple[Segment, ...]
    doubts: tuple[str, ...] = ()


class _Ground(NamedTuple):
    """Allows and denies at some ports, laid over each other."""

    plain: Bits = 0
    maybe: Bits = 0
    denied: Bits = 0
    doubted: Bits = 0
    narrowed: dict[L7, Bits] = {}  # noqa: RUF012 - it is copied before anything is added


def segment_at(half: Half, port: int) -> Segment:
    """The segment of a half that a port lies in."""
    return half.segments[bisect_right(half.segments, port, key=lambda segment: segment.first) - 1]


def segments(
    allows: Sequence[Place], denies: Sequence[Place], *, everyone: Bits, always: Bits
) -> Iterator[Segment]:
    """
    The whole line of ports in segments; neighbours that say the same are one.

    `everyone` are the peers that need no allow, none where the pods are closed; `always` those that no
    deny keeps out.
    """
    line = Line(
        (each.ports, (deny, each)) for deny, places in ((False, allows), (True, denies)) for each in places
    )
    # What lies above a node holds at all of its pieces, so each node adds its own to that once.
    grounds = [_Ground()] * len(line.nodes)
    for number, items in enumerate(line.nodes):
        grounds[number] = _covered(grounds[number >> 1], items)
    found = (
        _segment(piece, ground, everyone, always)
        for piece, ground in zip(line.pieces, grounds[len(line.pieces) :], strict=True)
    )
    before = next(found)
    for segment in found:
        if before[2:] == segment[2:]:
            before = before._replace(last=segment.last)
        else:
            yield before
            before = segment
    yield before


def _covered(ground: _Ground, items: Iterable[tuple[bool, Place]]) -> _Ground:
    """What holds where these allows and denies hold, too."""
    plain, maybe, denied, doubted, narrowed = ground
    for deny, (_, who, perhaps, l7) in items:
        if deny:
            denied |= who
            doubted |= perhaps
            continue
        maybe |= perhaps
        if l7 is None:
            plain |= who
        else:
            # NOTE: those who share it above and beside this node keep theirs.
            narrowed = dict(narrowed) if narrowed is ground.narrowed else narrowed
            narrowed[l7] = narrowed.get(l7, 0) | who
    return _Ground(plain, maybe, denied, doubted, narrowed)


def _segment(piece: Range, ground: _Ground, everyone: Bits, always: Bits) -> Segment:
    plain, maybe, denied, doubted, narrowed = ground
    looked_at = 0
    for who in narrowed.values():
        looked_at |= who
    plain |= (everyone & ~looked_at) | always
    denied, doubted = denied & ~always, doubted & ~always
    allowed = (plain | looked_at) & ~denied
    unknown = ((maybe & ~allowed) | (doubted & allowed)) & ~denied
    allowed &= ~doubted
    seen = tuple((l7, bits) for l7, who in sorted(narrowed.items()) if (bits := who & allowed & ~plain))
    return Segment(*piece, allowed, unknown, seen)
