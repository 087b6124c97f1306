"""Pods that are closed by policies which were not written to close anything."""

from collections.abc import Iterator
from typing import NamedTuple

from ..engine.entries import Direction
from ..engine.labels import Bits
from ..engine.segments import Half
from .picture import Picture, Placed
from .written import place_of


class Isolation(NamedTuple):
    """A rule that closes pods on the way, and whom of the mesh they no longer talk to."""

    placed: Placed
    pods: Bits
    cut: Bits


def closed_by_denies(picture: Picture) -> Iterator[tuple[Placed, Bits]]:
    """Every deny that closes pods which nothing but denies closes, and those pods."""
    found: dict[object, tuple[Placed, Bits]] = {}
    for half, closers in _closed(picture):
        if all(placed.entry.deny for placed in closers):
            for placed in closers:
                key = place_of(placed.one, placed.entry.path)
                first, pods = found.get(key, (placed, 0))
                found[key] = (first, pods | half.subjects)
    yield from found.values()


def isolations(picture: Picture) -> Iterator[Isolation]:
    """
    Every object of a file whose allows close pods that nobody else closes, in one direction.

    A rule that allows nothing at all is there to close: pods that have one are closed on purpose.
    """
    found: dict[object, Isolation] = {}
    for half, closers in _closed(picture):
        if any(placed.one.raw is None or not _allows(placed) for placed in closers if not placed.entry.deny):
            continue
        opener = next((placed for placed in closers if not placed.entry.deny), None)
        if opener is None or not half.subjects & picture.restrained[opener.direction]:
            continue
        reached: Bits = 0
        for segment in half.segments:
            reached |= segment.allowed | segment.unknown
        key = (place_of(opener.one, ()), opener.direction)
        known = found.get(key, Isolation(opener, 0, 0))
        cut = (picture.pods | picture.universe.outside) & ~reached & ~half.subjects
        found[key] = known._replace(pods=known.pods | half.subjects, cut=known.cut | cut)
    yield from found.values()


def _allows(placed: Placed) -> bool:
    peers = placed.entry.peers
    return bool(peers.anyone or peers.unclear or any(peers[1:5]))


def _closed(picture: Picture) -> Iterator[tuple[Half, list[Placed]]]:
    """The classes that are closed, and the rules that close each."""
    for cluster in picture.scene.directory.names:
        for direction in Direction:
            for half in picture.halves(cluster, direction):
                if half.closed:
                    placed = [picture.placed(cluster, direction, number) for number in half.entries]
                    yield half, [each for each in placed if each.entry.closes]
