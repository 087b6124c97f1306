"""Rules of one pod that read the requests at one port in different ways, which Cilium cannot compute."""

from collections.abc import Iterable
from typing import NamedTuple

from .entries import Direction, Entry
from .ports import Range

CONFLICT = "two rules read the requests at one port in different ways"


class Clash(NamedTuple):
    """Two entries of one subject that read the requests at one port with different parsers."""

    first: Entry
    second: Entry
    ports: Range


def clash(entries: Iterable[Entry]) -> Clash | None:
    """The first entries of one subject that read the requests at one port with different parsers."""
    parsers: dict[tuple[Direction, Range], tuple[str, Entry]] = {}
    for entry in entries:
        for grant in entry.grants or ():
            if grant.l7 is not None:
                for place in grant.ranges:
                    parser, first = parsers.setdefault((entry.direction, place), (grant.l7.parser, entry))
                    if parser != grant.l7.parser:
                        return Clash(first, entry, place)
    return None
