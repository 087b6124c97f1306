"""IP addresses and CIDRs as whole numbers on one line, and what overlaps there."""

import re

# NOTE: `socket` itself makes enums of all its constants, which takes longer than to check a small mesh.
from _socket import AF_INET, AF_INET6, inet_ntop, inet_pton
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from heapq import heappop, heappush
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple, TypeVar

# IPv4 lies at 0 .. 2**32-1 and IPv6 at 2**128 .. 2**129-1: one sorted sweep serves both families,
# and a block of either is aligned to its size.
_V6 = 1 << 128
_MAPPED = 0xFFFF  # ::ffff:0:0/96, https://www.rfc-editor.org/rfc/rfc4291#section-2.5.5.2
_PREFIX = re.compile(r"0|[1-9][0-9]{0,2}")

T = TypeVar("T")


class Cidr(NamedTuple):
    """A CIDR as written, and the addresses `first` to `last` that it covers (both inclusive)."""

    text: str
    first: int
    last: int

    @property
    def canonical(self) -> str:
        """The block without host bits, in its canonical form."""
        length = (self.last - self.first).bit_length()
        return f"{address_text(self.first)}/{(32 if self.first < _V6 else 128) - length}"

    @property
    def has_host_bits(self) -> bool:
        """Whether the written address is not the first of the block."""
        return number(self.text.partition("/")[0]) != self.first

    def covers(self, other: "Cidr") -> bool:
        """Whether every address of the other block is in this one."""
        return self.first <= other.first and other.last <= self.last

    @property
    def family(self) -> str:
        """`IPv4` or `IPv6`."""
        return "IPv4" if self.first < _V6 else "IPv6"


class Addresses(NamedTuple):
    """A list of addresses as written, and the same as numbers."""

    texts: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()


def number(text: str) -> int:
    """
    An address as a number.

    `inet_pton` is stricter than `inet_aton`, which reads `010.0.0.1` as 8.0.0.1.

    Raises:
        ValueError: when it is not an address, or an IPv4-mapped IPv6 address; tells what it is.

    """
    try:
        if ":" not in text:
            return int.from_bytes(inet_pton(AF_INET, text), "big")
        value = int.from_bytes(inet_pton(AF_INET6, text), "big")
    except (OSError, ValueError):
        message = "is not an IP address"
        raise ValueError(message) from None
    if value >> 32 == _MAPPED:
        message = f"is IPv4 in IPv6 clothes; the address is {IPv4Address(value & 0xFFFFFFFF)}"
        raise ValueError(message)
    return value + _V6


def cidr(text: str) -> Cidr:
    """
    A CIDR; host bits are allowed and noticed later (MG212).

    Raises:
        ValueError: when it is not a CIDR, or an IPv4-mapped IPv6 one; tells what it is.

    """
    address, slash, prefix = text.partition("/")
    if not slash or not _PREFIX.fullmatch(prefix):
        message = "is not a CIDR such as 10.1.0.0/16"
        raise ValueError(message)
    start = number(address)
    length, base = (32, 0) if start < _V6 else (128, _V6)
    if int(prefix) > length:
        message = f"has a prefix longer than /{length}"
        raise ValueError(message)
    size = 1 << (length - int(prefix))
    first = (start - base) // size * size + base
    return Cidr(text, first, first + size - 1)


def address_text(value: int) -> str:
    """The address of a number, in its canonical form."""
    # NOTE: inet_ntop is quicker, but ends some IPv6 addresses in dotted decimals, which ipaddress never does.
    return inet_ntop(AF_INET, value.to_bytes(4, "big")) if value < _V6 else str(IPv6Address(value - _V6))


def networks(first: int, last: int) -> Iterator[str]:
    """The fewest CIDRs that cover `first` to `last` exactly."""
    base, width = (0, 32) if first < _V6 else (_V6, 128)
    start, stop = first - base, last - base
    while start <= stop:
        bits = min(
            (start & -start).bit_length() - 1 if start else width,
            (stop - start + 1).bit_length() - 1,
        )
        yield f"{address_text(start + base)}/{width - bits}"
        start += 1 << bits


class Points(Sequence[tuple[int, int]]):
    """
    Many single addresses, sorted once: duplicates and range questions without comparing pairs.

    An owner is the position of an address in the list given.
    """

    def __init__(self, values: Iterable[int]) -> None:
        # One number a point sorts faster than a tuple; the low half keeps the owner.
        self._packed = sorted((value << 32) | owner for owner, value in enumerate(values))

    def __getitem__(self, position: int) -> tuple[int, int]:  # type: ignore[override]
        """`(address, owner)` at a position in sorted order."""
        packed = self._packed[position]
        return packed >> 32, packed & 0xFFFFFFFF

    def __len__(self) -> int:
        return len(self._packed)

    def positions(self, first: int, last: int) -> range:
        """The positions of the points from `first` to `last`."""
        low = bisect_left(self._packed, first << 32)
        return range(low, bisect_right(self._packed, (last << 32) | 0xFFFFFFFF, low))

    def duplicates(self) -> Iterator[tuple[int, int, int]]:
        """`(address, first owner, later owner)` for each owner after the first of an address."""
        before, holder = -1, -1
        for packed in self._packed:
            value = packed >> 32
            if value == before:
                yield value, holder, packed & 0xFFFFFFFF
            else:
                before, holder = value, packed & 0xFFFFFFFF


class Ranges(Sequence[tuple[int, int]]):
    """Ranges in the order given, sorted once for sweeps."""

    def __init__(self, pairs: Iterable[tuple[int, int]]) -> None:
        self._pairs = list(pairs)

    def __getitem__(self, index: int) -> tuple[int, int]:  # type: ignore[override]
        return self._pairs[index]

    def __len__(self) -> int:
        return len(self._pairs)

    @cached_property
    def sorted(self) -> list[tuple[int, int, int]]:
        """`(first, last, owner)`, by first."""
        return sorted((first, last, owner) for owner, (first, last) in enumerate(self._pairs))


def overlaps(ranges: Ranges, groups: Sequence[int] | None = None) -> Iterator[tuple[int, int]]:
    """
    Each pair of owners whose ranges overlap, the smaller owner first; O(n log n + pairs).

    With `groups`, one for each owner, those of one group are not compared.
    """
    group_of = range(len(ranges)) if groups is None else groups
    active = _Active(group_of)
    for first, last, owner in ranges.sorted:
        active.leave_before(first)
        for other in active.outside(group_of[owner]):
            yield min(owner, other), max(owner, other)
        active.enter(last, owner)


def crossings(
    left: Ranges, right: Ranges, groups: tuple[Sequence[int], Sequence[int]] | None = None
) -> Iterator[tuple[int, int]]:
    """
    Each `(left owner, right owner)` whose ranges overlap; O(n log n + pairs).

    With `groups`, one for each owner on both sides, those of one group are not compared.
    """
    group_of = groups or (range(len(left)), range(-len(right), 0))
    sides = _Active(group_of[0]), _Active(group_of[1])
    events = sorted(
        [(first, last, owner, 0) for first, last, owner in left.sorted]
        + [(first, last, owner, 1) for first, last, owner in right.sorted]
    )
    for first, last, owner, side in events:
        for active in sides:
            active.leave_before(first)
        for other in sides[1 - side].outside(group_of[side][owner]):
            yield (owner, other) if side == 0 else (other, owner)
        sides[side].enter(last, owner)


class _Active:
    """The ranges that a sweep is inside of, by group."""

    def __init__(self, groups: Sequence[int]) -> None:
        self._groups = groups
        self._members: dict[int, dict[int, None]] = {}
        self._ends: list[tuple[int, int]] = []

    def enter(self, last: int, owner: int) -> None:
        self._members.setdefault(self._groups[owner], {})[owner] = None
        heappush(self._ends, (last, owner))

    def leave_before(self, first: int) -> None:
        while self._ends and self._ends[0][0] < first:
            _, owner = heappop(self._ends)
            group = self._groups[owner]
            del self._members[group][owner]
            # An empty group would be met again by every later range.
            if not self._members[group]:
                del self._members[group]

    def outside(self, group: int) -> Iterator[int]:
        """Everything active of other groups."""
        return (owner for other, owners in self._members.items() if other != group for owner in owners)


def free_block(used: Ranges, size: int, start: int, stop: int) -> int | None:
    """The first address of a free block of `size`, aligned, within `start` to `stop`; or None."""
    candidate = -(-start // size) * size
    for first, last, _ in used.sorted:
        if last < candidate:
            continue
        if candidate + size - 1 < first:
            break
        candidate = -(-(last + 1) // size) * size
    return candidate if candidate + size - 1 <= stop else None
