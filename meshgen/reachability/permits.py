"""Rules that let somebody through, each held against the other side of the connections it is about."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from ..engine.entries import L7
from ..engine.labels import Bits
from ..engine.ports import Range, difference, merged
from .picture import OPPOSITE, Picture, Placed
from .written import place_of


class Permit(NamedTuple):
    """A rule of a cluster that allows: the pods that it is for, those on the other side, and ports."""

    placed: Placed
    subjects: Bits
    peers: Bits
    ranges: tuple[Range, ...]

    @property
    def position(self) -> object:
        """What tells permits apart."""
        return self.placed.cluster, self.placed.direction, self.placed.number


class Meeting(NamedTuple):
    """
    A permit, and what the other side says in one of its clusters.

    `missing` are those of its ports that nobody opens there to any of its subjects. `deciders` are what
    the first of them is denied by, and `l7` the requests that the other side is held to.
    """

    permit: Permit
    cluster: str
    others: Bits
    missing: tuple[Range, ...]
    deciders: tuple[Placed, ...]
    l7: tuple[L7, ...]

    @property
    def is_dead(self) -> bool:
        """Whether no port of the permit is open."""
        return self.missing == self.permit.ranges

    @property
    def by_deny(self) -> bool:
        """Whether something denies it, and it is not just that nobody opens it."""
        return any(placed.entry.deny for placed in self.deciders)


def permits(picture: Picture) -> Iterator[Permit]:
    """
    Every rule that allows something between pods.

    Not among them are postures, and the way to DNS that comes along with rules.
    """
    for placed in picture.all_placed():
        entry = placed.entry
        if entry.deny or not entry.peers.endpoints or not is_own(placed):
            continue
        side = picture.side(placed.cluster, entry.direction)
        subjects = side.subjects(entry)
        peers = 0
        for selector in entry.peers.endpoints:
            peers |= picture.universe.matching(selector)
        if subjects and peers:
            ranges = merged(ports for ports, _, _ in side.places(entry, subjects))
            yield Permit(placed, subjects, peers, tuple(ranges))


def is_own(placed: Placed) -> bool:
    """Whether an entry is what its author wrote, and not what was added to it."""
    role = placed.one.role
    return role == "raw" or (role != "posture" and placed.entry.path[-1] == 0)


def all_meetings(picture: Picture) -> tuple[Meeting, ...]:
    """Every meeting of every permit, worked out once."""
    found: tuple[Meeting, ...] | None = picture.memo.get("meetings")
    if found is None:
        found = tuple(meeting for permit in permits(picture) for meeting in meetings(picture, permit))
        picture.memo["meetings"] = found
    return found


def meetings(picture: Picture, permit: Permit) -> Iterator[Meeting]:
    """
    A permit and each cluster of the other side in which every pod it is about is held to something.

    Where one of them is open, the permit works, and what the others say is no fault of it.
    """
    direction = OPPOSITE[permit.placed.direction]
    restrained = picture.restrained[direction]
    left = permit.peers & restrained
    while left:
        cluster = picture.universe.endpoints[_lowest(left)].cluster
        managed = picture.universe.of_cluster[cluster]
        left &= ~managed
        others = permit.peers & managed
        if not others & ~restrained:
            yield _meeting(picture, permit, cluster, others)


def _meeting(picture: Picture, permit: Permit, cluster: str, others: Bits) -> Meeting:
    direction = OPPOSITE[permit.placed.direction]
    opened: list[Range] = []
    l7: dict[L7, None] = {}
    for half, _ in picture.classes(others, direction):
        for segment in half.segments:
            if (segment.allowed | segment.unknown) & permit.subjects:
                opened.append((segment.first, segment.last))
                l7.update((rules, None) for rules, bits in segment.narrowed if bits & permit.subjects)
    missing = tuple(difference(permit.ranges, opened))
    deciders: tuple[Placed, ...] = ()
    if missing:
        deciders = _deciders(
            picture, cluster, _lowest(others), _lowest(permit.subjects), missing[0][0], permit
        )
    return Meeting(permit, cluster, others, missing, deciders, tuple(l7))


def _deciders(  # noqa: PLR0913, PLR0917 - a flow, and the permit it is about
    picture: Picture, cluster: str, subject: int, peer: int, port: int, permit: Permit
) -> tuple[Placed, ...]:
    direction = OPPOSITE[permit.placed.direction]
    judged = picture.analysis.judge(subject, peer, port, direction)
    deciding = judged.deciding if judged else ()
    return tuple(picture.placed(cluster, direction, number) for number in deciding)


def _lowest(bits: Bits) -> int:
    return (bits & -bits).bit_length() - 1


def dead(picture: Picture, *, by_deny: bool) -> Iterator[list[Meeting]]:
    """
    The rules that let nobody through to some cluster, each with all such clusters.

    With `by_deny` because of a rule that denies, without because nobody opens what is closed.
    """
    found: dict[object, list[Meeting]] = defaultdict(list)
    for meeting in all_meetings(picture):
        if meeting.is_dead and meeting.deciders and meeting.by_deny is by_deny:
            placed = meeting.permit.placed
            found[place_of(placed.one, placed.entry.path), placed.direction].append(meeting)
    yield from found.values()


def disagreeing(picture: Picture) -> Iterator[Meeting]:
    """The first meeting of each rule in which the other side opens some of its ports or requests only."""
    told: set[object] = set()
    for meeting in all_meetings(picture):
        placed = meeting.permit.placed
        key = (place_of(placed.one, placed.entry.path), placed.direction)
        if key not in told and not meeting.by_deny and (_in_ports(meeting) or _in_requests(meeting)):
            told.add(key)
            yield meeting


def _in_ports(meeting: Meeting) -> bool:
    """Whether a port that the rule names is not open; one that names none leaves ports to the others."""
    named = meeting.permit.placed.entry.grants is not None
    return named and bool(meeting.missing) and not meeting.is_dead


def _in_requests(meeting: Meeting) -> bool:
    """Whether both look into requests, and not the same ones; it is told of the side that calls."""
    if meeting.permit.placed.direction == "ingress":
        return False
    own = {grant.l7 for grant in meeting.permit.placed.entry.grants or () if grant.l7}
    return bool(own and meeting.l7) and own != set(meeting.l7)


def denied(picture: Picture) -> Iterator[tuple[Permit, Placed]]:
    """The rules of which the other side denies every connection, each with the first rule that does."""
    found: dict[object, tuple[Permit, Placed]] = {}
    working: set[object] = set()
    dead_at: dict[object, Bits] = defaultdict(int)
    by: dict[object, Placed] = {}
    for meeting in all_meetings(picture):
        if meeting.is_dead and meeting.by_deny:
            dead_at[meeting.permit.position] |= meeting.others
            by[meeting.permit.position] = meeting.deciders[0]
    for permit in permits(picture) if by else ():
        key = (place_of(permit.placed.one, permit.placed.entry.path), permit.placed.direction)
        if permit.peers & picture.pods & ~dead_at[permit.position]:
            working.add(key)
        else:
            found.setdefault(key, (permit, by[permit.position]))
    yield from (each for key, each in found.items() if key not in working)
