"""What holds of peers at which ports: allows and denies of a class of pods laid over each other."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .entries import L7
from .labels import Bits
from .ports import Range, cut


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


def segments(
    allows: Sequence[Place], denies: Sequence[Place], *, everyone: Bits, always: Bits
) -> Iterator[Segment]:
    """
    The whole line of ports in segments; neighbours that say the same are one.

    `everyone` are the peers that need no allow, none where the pods are closed; `always` those that no
    deny keeps out.
    """
    pieces = cut(each.ports for each in (*allows, *denies))
    found = (_segment(piece, allows, denies, everyone, always) for piece in pieces)
    before = next(found)
    for segment in found:
        if before[2:] == segment[2:]:
            before = before._replace(last=segment.last)
        else:
            yield before
            before = segment
    yield before


def _segment(
    piece: Range, allows: Sequence[Place], denies: Sequence[Place], everyone: Bits, always: Bits
) -> Segment:
    first, last = piece
    plain = maybe = denied = doubted = looked_at = 0
    narrowed: dict[L7, Bits] = {}
    for (low, high), who, perhaps, l7 in allows:
        if low <= first < high:
            maybe |= perhaps
            if l7 is None:
                plain |= who
            else:
                narrowed[l7] = narrowed.get(l7, 0) | who
                looked_at |= who
    for (low, high), who, perhaps, _ in denies:
        if low <= first < high:
            denied |= who
            doubted |= perhaps
    plain |= (everyone & ~looked_at) | always
    denied, doubted = denied & ~always, doubted & ~always
    allowed = (plain | looked_at) & ~denied
    unknown = ((maybe & ~allowed) | (doubted & allowed)) & ~denied
    allowed &= ~doubted
    seen = tuple((l7, bits) for l7, who in sorted(narrowed.items()) if (bits := who & allowed & ~plain))
    return Segment(first, last, allowed, unknown, seen)
