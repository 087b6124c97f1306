"""Rules that Cilium cannot enforce together, since each reads the same requests in its own way."""

from collections.abc import Iterator
from typing import NamedTuple

from ..engine.clashes import clash
from ..engine.entries import Direction, Entry
from ..engine.labels import Bits
from ..engine.ports import Range
from .picture import Picture, Placed
from .written import place_of


class Conflict(NamedTuple):
    """Two rules, the ports of both, the protocols that each reads, and the pods that both are for."""

    first: Placed
    second: Placed
    ports: Range
    parsers: tuple[str, str]
    who: str


def clashes(picture: Picture) -> Iterator[Conflict]:
    """The first conflict of every class of pods, each pair of rules once."""
    found: dict[object, tuple[Placed, Placed, Range, Bits]] = {}
    for cluster, direction, pods, numbers in _faulty(picture):
        entries = [picture.placed(cluster, direction, number) for number in numbers]
        both = clash(placed.entry for placed in entries)
        if both is None:
            continue  # it is in the other direction
        first = next(placed for placed in entries if placed.entry is both.first)
        second = next(placed for placed in entries if placed.entry is both.second)
        key = (place_of(first.one, both.first.path), place_of(second.one, both.second.path))
        among = found[key][3] if key in found else 0
        found[key] = (first, second, both.ports, among | pods)
    for first, second, ports, pods in found.values():
        parsers = (_parser(first.entry, ports), _parser(second.entry, ports))
        yield Conflict(first, second, ports, parsers, picture.told(pods))


def _faulty(picture: Picture) -> Iterator[tuple[str, Direction, Bits, tuple[int, ...]]]:
    for cluster in picture.scene.directory.names:
        faults = picture.analysis.clusters[cluster].faults
        for direction in Direction:
            for half in picture.halves(cluster, direction) if faults else ():
                if half.subjects & faults:
                    yield cluster, direction, half.subjects, half.entries


def _parser(entry: Entry, ports: Range) -> str:
    return next(grant.l7.parser for grant in entry.grants or () if grant.l7 and ports in grant.ranges)
