"""Rules that have no effect, since others say the same or more, or deny what they allow."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from ..engine.domains import contains
from ..engine.entries import L7, Direction, Entry
from ..engine.labels import ANY, Bits, Requirement, Selector, indexes_of, lowest
from ..engine.lines import Line
from ..engine.ports import Range, merged
from ..engine.segments import Half
from .permits import denied, is_own
from .picture import Picture, Placed
from .written import place_of

_FEW = 64
_MANY = -1
"""Stands for the first peer of a rule that is about more than a few."""

_SAME = "{by} allows the same"
_MORE = "{by} allows all of this, and more"
_REQUESTS = "{by} lets every request through, so the rules about requests change nothing"
_DENIED = "{by} denies all of it"


_Place = tuple[int, frozenset[L7]]
"""A peer, and the requests of rules."""

_Given = tuple[int, list[Range]]
"""The position of an entry, and its ports."""


class Shadow(NamedTuple):
    """A rule, the pods it is for, and the rule because of which it has no effect."""

    placed: Placed
    pods: Bits
    by: Placed
    effect: str


def shadows(picture: Picture) -> Iterator[Shadow]:
    """Every allow that has no effect in any cluster: on both sides, or denied on one of them."""
    found: dict[object, dict[Direction, list[Shadow | None]]] = {}
    for placed in picture.all_placed():
        if not placed.entry.deny and is_own(placed):
            pods = picture.side(placed.cluster, placed.direction).subjects(placed.entry)
            if pods:
                by = _hiding(picture, placed, pods)
                sides = found.setdefault(_key(placed), {})
                shadow = Shadow(placed, pods, *by) if by else None
                sides.setdefault(placed.direction, []).append(shadow)
    denied_elsewhere = {_key(permit.placed): (permit, by) for permit, by in denied(picture)}
    for key, sides in found.items():
        if key in denied_elsewhere:
            permit, other = denied_elsewhere[key]
            yield Shadow(permit.placed, permit.subjects, other, _DENIED)
        else:
            yield from _wholly(sides)


def _wholly(sides: dict[Direction, list[Shadow | None]]) -> Iterator[Shadow]:
    """What hides a rule: a deny all of one side, or anything all of both."""
    for shadows_of_side in sides.values():
        hidden = [shadow for shadow in shadows_of_side if shadow]
        if len(hidden) == len(shadows_of_side) and all(shadow.effect == _DENIED for shadow in hidden):
            yield hidden[0]
            return
    every = [shadow for shadows_of_side in sides.values() for shadow in shadows_of_side]
    if every and every[0] and all(every):
        yield next((shadow for shadow in every if shadow and shadow.effect == _REQUESTS), every[0])


def _key(placed: Placed) -> object:
    """A rule of mesh.yaml as a whole; a rule of a file by its place."""
    return place_of(placed.one, placed.entry.path)


def _hiding(picture: Picture, placed: Placed, pods: Bits) -> tuple[Placed, str] | None:
    """A rule of the same pods that hides an allow, and how."""
    half = picture.half_of[placed.direction][lowest(pods)]
    side = picture.side(placed.cluster, placed.direction)
    peers, _ = side.peers(placed.number, picture.universe.everyone)
    wanted = _ranges(picture, placed.cluster, placed.entry)
    for number, given in _about(picture, placed, half, peers, wanted) if peers and wanted else ():
        other = side.entries[number]
        if number == placed.number or pods & ~side.subjects(other):
            continue
        if not _inside(wanted, given) or peers & ~side.peers(number, picture.universe.everyone)[0]:
            continue
        by = picture.placed(placed.cluster, placed.direction, number)
        if _key(by) == _key(placed):
            continue
        effect = _effect(placed, by, more=not _inside(given, wanted))
        if effect:
            return by, effect
    return None


def _about(
    picture: Picture, placed: Placed, half: Half, peers: Bits, wanted: list[Range]
) -> Iterator[_Given]:
    """
    The entries of a class that may hide an allow, each with its ports.

    They are about the first of its peers at the first of its ports, and either look at no requests or
    at the same.
    """
    tables: dict[object, _Table] = picture.memo.setdefault("about", {})
    key = (placed.cluster, placed.direction, half.entries)
    if key not in tables:
        tables[key] = _Table(picture, placed.cluster, placed.direction, half)
    first = lowest(peers)
    lines = map(tables[key].line, product((first, _MANY), {frozenset(), _l7(placed.entry)}))
    # NOTE: in their own order, so that it is no matter how many peers are many.
    yield from sorted(found for line in lines for found in line.at(wanted[0][0]))


class _Table:
    """The entries of a class by each of their peers and by their requests, on the line of ports."""

    def __init__(self, picture: Picture, cluster: str, direction: Direction, half: Half) -> None:
        side = picture.side(cluster, direction)
        self._found: dict[_Place, list[_Given]] = defaultdict(list)
        self._lines: dict[_Place, Line[_Given]] = {}
        for number in half.entries:
            entry = side.entries[number]
            whom, _ = side.peers(number, picture.universe.everyone)
            given = (number, _ranges(picture, cluster, entry))
            requests = _l7(entry)
            for peer in (_MANY,) if whom.bit_count() > _FEW else indexes_of(whom):
                self._found[peer, requests].append(given)

    def line(self, place: _Place) -> Line[_Given]:
        """What there is of a peer and of requests; most are never asked for."""
        if place not in self._lines:
            found = self._found.get(place, ())
            self._lines[place] = Line((at, each) for each in found for at in each[1])
        return self._lines[place]


def _inside(narrow: list[Range], wide: list[Range]) -> bool:
    """Whether ports lie in others; both are merged."""
    return all(any(low <= first and last <= high for low, high in wide) for first, last in narrow)


def _effect(placed: Placed, by: Placed, *, more: bool) -> str:
    """What becomes of an allow by a rule at all of its ports, and perhaps at `more`; nothing if empty."""
    entry, other = placed.entry, by.entry
    if not _covers(other, entry):
        return ""
    if other.deny:
        return _DENIED
    if entry.closes and not other.closes:
        return ""
    if _l7(entry) and not _l7(other):
        return _REQUESTS
    if more or not _covers(entry, other):
        return _MORE
    # Of two that are alike the later one is told.
    return _SAME if _rank(by) < _rank(placed) else ""


def _rank(placed: Placed) -> tuple[int, tuple[object, ...]]:
    order = {"posture": 0, "allow": 1, "deny": 1, "raw": 2}
    raw = placed.one.raw
    document = raw.document if raw else 0
    return order[placed.one.role], (placed.one.at[2], document, *map(str, placed.entry.path))


def _ranges(picture: Picture, cluster: str, entry: Entry) -> list[Range]:
    side = picture.side(cluster, entry.direction)
    everyone = picture.universe.everyone
    places = side.places(entry, side.subjects(entry))
    return merged(ports for ports, who, _ in places if who == everyone)


def _l7(entry: Entry) -> frozenset[L7]:
    return frozenset(grant.l7 for grant in entry.grants or () if grant.l7)


def _covers(wide: Entry, narrow: Entry) -> bool:
    """Whether a rule is for all pods of another one and about all of its peers, whatever pods there are."""
    if not _implies(narrow.subject, wide.subject) or wide.peers.unclear or wide.requires:
        return False
    if wide.peers.anyone:
        return True
    if narrow.peers.anyone or narrow.peers.unclear:
        return False
    both = ((narrow.peers.endpoints, "endpoints"), (narrow.peers.others, "others"))
    selectors = (*wide.peers.endpoints, *wide.peers.others)
    for found, _ in both:
        if not all(any(_implies(each, other) for other in selectors) for each in found):
            return False
    if not all(any(contains(each, name) for each in wide.peers.domains) for name in narrow.peers.domains):
        return False
    return all(
        any(low <= first and last <= high for low, high in wide.peers.addresses)
        for first, last in narrow.peers.addresses
    )


def _implies(narrow: Selector, wide: Selector) -> bool:
    """Whether whatever matches one selector matches another one, too."""
    return all(any(_requires(each, needed) for each in narrow) for needed in wide)


def _requires(given: Requirement, needed: Requirement) -> bool:
    """Whether a label that meets one requirement meets another one."""
    if given.key != needed.key or needed.source not in {given.source, ANY}:
        return False
    has, wants = set(given.values), set(needed.values)
    return {
        ("In", "In"): has <= wants,
        ("In", "Exists"): True,
        ("In", "NotIn"): given.source == needed.source and not has & wants,
        ("Exists", "Exists"): True,
        ("NotIn", "NotIn"): given.source == needed.source and wants <= has,
        ("DoesNotExist", "DoesNotExist"): given.source == needed.source,
        ("DoesNotExist", "NotIn"): given.source == needed.source,
    }.get((given.operator, needed.operator), False)
