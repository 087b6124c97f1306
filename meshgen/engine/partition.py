"""Endpoints that nothing has told apart yet, in groups."""

from collections.abc import Iterable, Iterator

from .labels import Bits, indexes_of, lowest


class Partition:
    """
    Endpoints in the fewest groups such that each set of `by` is made of whole groups.

    Only groups that a set meets are touched, and only the smaller part of what it splits is listed anew:
    that is at most a logarithm of all endpoints for each of them, however many sets there are.
    """

    def __init__(self, everyone: Bits, by: Iterable[Bits]) -> None:
        self.groups = [everyone]
        self._everyone = everyone
        self._of: dict[int, int] = {}
        for bits in by:
            for number in list(self.meeting(bits)):
                self._split(number, bits)

    def _split(self, number: int, bits: Bits) -> None:
        inside = self.groups[number] & bits
        outside = self.groups[number] ^ inside
        if outside:
            less, more = sorted((inside, outside), key=int.bit_count)
            self.groups[number] = more
            self._of.update(dict.fromkeys(indexes_of(less), len(self.groups)))
            self.groups.append(less)

    def meeting(self, bits: Bits) -> Iterator[int]:
        """The numbers of the groups that have members in a set, in the order of the first of these."""
        left = bits & self._everyone
        while left:
            number = self._of.get(lowest(left), 0)
            yield number
            left &= ~self.groups[number]
