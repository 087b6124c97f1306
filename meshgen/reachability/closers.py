"""Pods that are closed by policies which were not written to close anything."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from ..engine.entries import Direction
from ..engine.labels import Bits
from ..engine.segments import Half
from ..engine.vocabulary import kept
from .picture import Picture, Placed
from .written import place_of


class Isolation(NamedTuple):
    """
    A rule that closes pods on the way, and whom of the mesh they no longer talk to.

    `hollow` is the key of a rule that has one and yet allows nobody, such as `fromEndpoints: []`.
    """

    placed: Placed
    hollow: str
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

    An empty rule is there to close: pods that have one are closed on purpose.
    One whose list is empty may be what a template left behind of an allow.
    """
    found: dict[object, Isolation] = {}
    for half, closers in _closed(picture):
        allows = [placed for placed in closers if not placed.entry.deny]
        if any(placed.one.raw is None or _is_empty(picture, placed) for placed in allows):
            continue
        # What allows somebody says more of what was meant than what allows nobody.
        opener = next((placed for placed in allows if _allows(placed)), next(iter(allows), None))
        if opener is None or not half.subjects & picture.restrained[opener.direction]:
            continue
        reached: Bits = 0
        for segment in half.segments:
            reached |= segment.allowed | segment.unknown
        key = (place_of(opener.one, ()), opener.direction)
        hollow = "" if _allows(opener) else next(_keys(picture, opener))
        known = found.get(key, Isolation(opener, hollow, 0, 0))
        cut = (picture.pods | picture.universe.outside) & ~reached & ~half.subjects
        found[key] = known._replace(pods=known.pods | half.subjects, cut=known.cut | cut)
    yield from found.values()


def _allows(placed: Placed) -> bool:
    peers = placed.entry.peers
    return bool(peers.anyone or peers.unclear or any(peers[1:5]))


def _is_empty(picture: Picture, placed: Placed) -> bool:
    """Whether a rule allows nothing because nothing stands in it, or nothing that its version reads."""
    return not _allows(placed) and next(_keys(picture, placed), None) is None


def _keys(picture: Picture, placed: Placed) -> Iterator[str]:
    """The keys of a rule for peers and ports that its version of Cilium reads."""
    rules, direction = picture.scene.applied[placed.cluster].setting.rules, placed.direction
    rule: Any = placed.one.manifest
    for step in placed.entry.path:
        rule = rule[step]
    if placed.one.kind == "NetworkPolicy":
        known = ("to" if direction is Direction.EGRESS else "from",)
        yield from (key for key in known if rule.get(key) is not None)
    else:
        yield from kept(rule, direction, rules, deny=placed.entry.deny)


def _closed(picture: Picture) -> Iterator[tuple[Half, list[Placed]]]:
    """The classes that are closed, and the rules that close each."""
    for cluster in picture.scene.directory.names:
        for direction in Direction:
            for half in picture.halves(cluster, direction):
                if half.closed:
                    placed = [picture.placed(cluster, direction, number) for number in half.entries]
                    yield half, [each for each in placed if each.entry.closes]
