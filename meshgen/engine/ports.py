"""
Ports of policies as ranges on one line of integers.

TCP has the first 65,536, then UDP, SCTP and ICMP: `UDP 53` is `65_536 + 53`.
ICMP has its types, those of IPv6 after those of IPv4, and after them each protocol that has no ports.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

Range = tuple[int, int]
"""From the first up to, and without, the last."""

SIZE = 1 << 16
PROTOCOLS = ("TCP", "UDP", "SCTP", "ICMP")
END = len(PROTOCOLS) * SIZE
EVERY_PORT: tuple[Range, ...] = ((0, END),)
_V6_TYPES = 256
_FIRST_WITHOUT = 2 * _V6_TYPES
WITHOUT_PORTS = ("VRRP", "IGMP", "GRE", "IPIP", "IPV6", "ESP", "AH")
"""Protocols that have no ports."""

_LONGEST_NAME = 15
_NAME = re.compile(r"(?=.*[A-Za-z])(?!.*--)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?")
_OCTAL = re.compile(r"0[0-7_]+")
_NUMBER = re.compile(r"[0-9A-Fa-fOoXx_]+")


class NamedPort(NamedTuple):
    """A port by its name, and the protocols it is meant for (positions in `PROTOCOLS`)."""

    name: str
    protocols: tuple[int, ...]


def is_name(text: str) -> bool:
    """Whether a port is a name (an IANA service name) and no number."""
    return len(text) <= _LONGEST_NAME and _NAME.fullmatch(text) is not None


def number_of(text: str) -> int:
    """
    The number of a port as Go's `strconv.ParseUint(text, 0, 16)` reads it.

    Raises:
        ValueError: when it is none.

    """
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)  # blanks, signs and digits of other scripts, which Python takes
    number = int(text, 8 if _OCTAL.fullmatch(text) else 0)
    if number >= SIZE:
        raise ValueError(text)
    return number


def protocols(text: str | None, *, sctp: bool) -> tuple[int, ...]:
    """
    The protocols that a port is for, as positions in `PROTOCOLS`.

    Raises:
        ValueError: when there is no such protocol.

    """
    named = (text or "ANY").upper()
    if named == "ANY":
        return (0, 1, 2) if sctp else (0, 1)
    return (PROTOCOLS.index(named),)


def range_without_ports(protocol: str) -> Range:
    """Where a protocol stands that has no ports."""
    first = PROTOCOLS.index("ICMP") * SIZE + _FIRST_WITHOUT + WITHOUT_PORTS.index(protocol)
    return first, first + 1


def ranges_of(number: int, last: int | None, of: Iterable[int]) -> Iterator[Range]:
    """The ranges of a port or of a span of ports; port 0 stands for all of its protocol."""
    for protocol in of:
        start = protocol * SIZE
        if number == 0:
            yield start, start + SIZE
        else:
            yield start + number, start + max(number, last or 0) + 1


def icmp_range(kind: int, *, v6: bool) -> Range:
    """The range of one type of ICMP message."""
    first = PROTOCOLS.index("ICMP") * SIZE + (_V6_TYPES if v6 else 0) + kind
    return first, first + 1


def point(port: int, protocol: str) -> int:
    """The place of one port on the line."""
    return PROTOCOLS.index(protocol.upper()) * SIZE + port


def cut(ranges: Iterable[Range]) -> list[Range]:
    """The whole line in pieces, such that each range is made of whole pieces."""
    edges = {0, END}
    for first, last in ranges:
        edges.add(first)
        edges.add(last)
    ordered = sorted(edges)
    return list(pairwise(ordered))


def merged(ranges: Iterable[Range]) -> list[Range]:
    """The ranges in order, those that touch or overlap as one."""
    found: list[Range] = []
    for first, last in sorted(ranges):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def told(ranges: Iterable[Range]) -> tuple[str, ...]:
    """Ranges as people write them: `80/TCP`, `8000-8100/UDP`, `SCTP`, `any`."""
    pieces = merged(ranges)
    if pieces == list(EVERY_PORT):
        return ("any",)
    return tuple(text for piece in pieces for text in _told(piece))


def _told(piece: Range) -> Iterator[str]:
    first, last = piece
    while first < last:
        protocol, port = divmod(first, SIZE)
        end = min(last, (protocol + 1) * SIZE)
        final = end - protocol * SIZE - 1
        name = PROTOCOLS[protocol]
        if port <= 1 and final == SIZE - 1:
            yield name
        elif name == "ICMP":
            yield from map(_message, range(port, min(final + 1, _FIRST_WITHOUT + len(WITHOUT_PORTS))))
        else:
            yield f"{port}/{name}" if port == final else f"{port}-{final}/{name}"
        first = end


def _message(place: int) -> str:
    """A type of ICMP messages, or a protocol without ports."""
    if place >= _FIRST_WITHOUT:
        return WITHOUT_PORTS[place - _FIRST_WITHOUT]
    return f"ICMP type {place % _V6_TYPES}" + (" (IPv6)" if place >= _V6_TYPES else "")
