"""What lies on the line of ports in ranges, to be found by a port."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from .ports import END, Range, cut

Item = TypeVar("Item")


class Line(Generic[Item]):
    """
    The whole line of ports in pieces, and on it items in ranges.

    It is a binary tree: node `i` is above `2 * i` and `2 * i + 1`, and the last nodes are the pieces, in
    order. An item lies on the few nodes that make up its range, so that ranges which overlap cost no
    more than others; at a piece lies what lies on its node and on all above.
    """

    def __init__(self, items: Iterable[tuple[Range, Item]]) -> None:
        found = list(items)
        self.pieces = cut(place for place, _ in found)
        self._firsts = [first for first, _ in self.pieces]
        self.nodes: list[list[Item]] = [[] for _ in range(2 * len(self.pieces))]
        numbers = {first: number for number, first in enumerate((*self._firsts, END), len(self.pieces))}
        for (first, last), item in found:
            low, high = numbers[first], numbers[last]
            while low < high:
                if low & 1:
                    self.nodes[low].append(item)
                    low += 1
                if high & 1:
                    high -= 1
                    self.nodes[high].append(item)
                low >>= 1
                high >>= 1

    def at(self, port: int) -> Iterator[Item]:
        """The items in whose range a port is."""
        node = len(self.pieces) + bisect_right(self._firsts, port) - 1
        while node:
            yield from self.nodes[node]
            node >>= 1

    def within(self, place: Range) -> Iterator[tuple[Range, tuple[Item, ...]]]:
        """A range in pieces, each with the items that are on all of it."""
        number = bisect_right(self._firsts, place[0]) - 1
        for first, last in self.pieces[number:]:
            if first >= place[1]:
                return
            yield (max(first, place[0]), min(last, place[1])), tuple(self.at(first))
