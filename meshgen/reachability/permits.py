"""Rules that let somebody through, each held against the other side of the connections it is about."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from ..engine.entries import L7
from ..engine.labels import Bits, lowest
from ..engine.ports import Range, cut, merged
from .picture import OPPOSITE, Picture, Placed
from .written import place_of

Opened = tuple[tuple[Range, Bits], ...]
"""For pieces of a rule's ports, the endpoints to whom somebody of the other side opens them."""


class Permit(NamedTuple):
    """A rule of a cluster that allows: the pods that it is for, those on the other side, and ports."""

    placed: Placed
    subjects: Bits
    peers: Bits
    ranges: tuple[Range, ...]

    @property
    def key(self) -> object:
        """The rule and its side, however many clusters it is in."""
        return place_of(self.placed.one, self.placed.entry.path), self.placed.direction

    @property
    def question(self) -> object:
        """What it asks of the other side."""
        return self.placed.direction, self.peers, self.ranges


class Meeting(NamedTuple):
    """
    A permit, and clusters of its other side that do not open all of its ports.

    `others` are its pods there, and `first` those of one of these clusters. `missing` are the ports that
    nobody opens to any of its subjects, `deciders` what one of them is denied by.
    """

    permit: Permit
    clusters: tuple[str, ...]
    others: Bits
    first: Bits
    missing: tuple[Range, ...]
    deciders: tuple[Placed, ...]

    @property
    def is_dead(self) -> bool:
        """Whether no port of the permit is open."""
        return self.missing == self.permit.ranges

    @property
    def by_deny(self) -> bool:
        """Whether something denies it, and it is not just that nobody opens it."""
        return any(placed.entry.deny for placed in self.deciders)


class Dead(NamedTuple):
    """A rule that lets nobody through to some clusters; `wholly` where it does so to none."""

    first: Meeting
    pairs: int
    wholly: bool


class _Group(NamedTuple):
    """Clusters that open the same ports to the same endpoints, and the pods that a rule is about there."""

    clusters: tuple[str, ...]
    others: Bits
    first: Bits
    opened: Opened


def permits(picture: Picture) -> tuple[Permit, ...]:
    """
    Every rule that allows something between pods, worked out once.

    Not among them are postures, and the way to DNS that comes along with rules.
    """
    if "permits" not in picture.memo:
        picture.memo["permits"] = tuple(_permits(picture))
    found: tuple[Permit, ...] = picture.memo["permits"]
    return found


def _permits(picture: Picture) -> Iterator[Permit]:
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


def meetings(picture: Picture) -> tuple[Meeting, ...]:
    """Every permit with each cluster that does not open all of its ports, worked out once."""
    if "meetings" not in picture.memo:
        picture.memo["meetings"] = tuple(
            meeting for permit in permits(picture) for meeting in _meetings(picture, permit)
        )
    found: tuple[Meeting, ...] = picture.memo["meetings"]
    return found


def _meetings(picture: Picture, permit: Permit) -> Iterator[Meeting]:
    """One meeting for all clusters that open none of its ports, and one for each other one."""
    subjects, denied_pods = permit.subjects, picture.denied[OPPOSITE[permit.placed.direction]]
    shut: list[_Group] = []
    for group in _groups(picture, permit):
        missing = [ports for ports, whom in group.opened if not whom & subjects]
        if not missing:
            continue
        if len(missing) < len(group.opened):
            yield _meeting(picture, permit, group, tuple(merged(missing)))
        elif group.others & denied_pods:
            yield _meeting(picture, permit, group, permit.ranges)
        else:
            shut.append(group)
    if shut:
        clusters = tuple(cluster for group in shut for cluster in group.clusters)
        together = shut[0]._replace(clusters=clusters, others=sum(group.others for group in shut))
        yield _meeting(picture, permit, together, permit.ranges)


def _meeting(picture: Picture, permit: Permit, group: _Group, missing: tuple[Range, ...]) -> Meeting:
    direction = OPPOSITE[permit.placed.direction]
    deciders: dict[object, tuple[Placed, ...]] = picture.memo.setdefault("deciders", {})
    # NOTE: of one rule in many clusters, the first pair stands for all that are alike.
    key = (permit.key, group.clusters[0])
    if key not in deciders:
        subject, peer = lowest(group.first), lowest(permit.subjects)
        judged = picture.analysis.judge(subject, peer, missing[0][0], direction)
        deciding = judged.deciding if judged else ()
        deciders[key] = tuple(picture.placed(group.clusters[0], direction, number) for number in deciding)
    return Meeting(permit, group.clusters, group.others, group.first, missing, deciders[key])


def _asking(picture: Picture) -> dict[object, Bits]:
    """For rules about the same pods and ports, all pods that they are for: others are no matter."""
    if "asking" not in picture.memo:
        found: dict[object, Bits] = defaultdict(int)
        for permit in permits(picture):
            found[permit.question] |= permit.subjects
        picture.memo["asking"] = found
    asking: dict[object, Bits] = picture.memo["asking"]
    return asking


def _groups(picture: Picture, permit: Permit) -> list[_Group]:
    """The clusters of the other side in which every pod that a permit is about is held to something."""
    tables: dict[object, list[_Group]] = picture.memo.setdefault("groups", {})
    direction = OPPOSITE[permit.placed.direction]
    key = permit.question
    if key not in tables:
        asking = _asking(picture)[key]
        restrained = picture.restrained[direction]
        alike: dict[Opened, list[tuple[str, Bits]]] = defaultdict(list)
        left = permit.peers & restrained
        while left:
            cluster = picture.universe.endpoints[lowest(left)].cluster
            managed = picture.universe.of_cluster[cluster]
            left &= ~managed
            others = permit.peers & managed
            # Where one of them is open the permit works, and what the others say is no fault of it.
            if not others & ~restrained:
                alike[_opened(picture, permit, others, asking)].append((cluster, others))
        tables[key] = [
            _Group(tuple(name for name, _ in of), sum(bits for _, bits in of), of[0][1], opened)
            for opened, of in alike.items()
        ]
    return tables[key]


def _opened(picture: Picture, permit: Permit, others: Bits, asking: Bits) -> Opened:
    """To whom of those who ask pods open the ports of a permit, or perhaps do."""
    halves = [half for half, _ in picture.classes(others, OPPOSITE[permit.placed.direction])]
    edges = [segment[:2] for half in halves for segment in half.segments]
    found: dict[Range, Bits] = {}
    for first, last in cut((*edges, *permit.ranges)):
        if any(low <= first < high for low, high in permit.ranges):
            whom = 0
            for half in halves:
                for segment in half.segments:
                    if segment.first <= first < segment.last:
                        whom |= segment.allowed | segment.unknown
            found[first, last] = whom & asking
    return tuple(found.items())


def dead(picture: Picture) -> Iterator[Dead]:
    """The rules that let nobody through to some cluster, since nobody opens there what is closed."""
    found: dict[object, list[Meeting]] = defaultdict(list)
    reached: dict[object, Bits] = defaultdict(int)
    for meeting in meetings(picture):
        if meeting.is_dead and meeting.deciders and not meeting.by_deny:
            found[meeting.permit.key].append(meeting)
            reached[meeting.permit.placed[:2], meeting.permit.key] |= meeting.others
    for key, of in found.items():
        whole = any(
            not meeting.permit.peers & picture.pods & ~reached[meeting.permit.placed[:2], key]
            for meeting in of
        )
        yield Dead(of[0], sum(len(meeting.clusters) for meeting in of), whole)


def disagreeing(picture: Picture) -> Iterator[Meeting]:
    """The first meeting of each rule in which the other side opens some of its named ports only."""
    told: set[object] = set()
    for meeting in meetings(picture):
        named = meeting.permit.placed.entry.grants is not None
        if named and not meeting.is_dead and not meeting.by_deny and meeting.permit.key not in told:
            told.add(meeting.permit.key)
            yield meeting


def differing_requests(picture: Picture) -> Iterator[tuple[Permit, Bits]]:
    """Rules about requests for what goes out, whose other side looks into requests, too, and into others."""
    told: set[object] = set()
    for permit in permits(picture):
        own = {grant.l7 for grant in permit.placed.entry.grants or () if grant.l7}
        if not own or permit.placed.direction == "ingress" or permit.key in told:
            continue
        found: set[L7] = set()
        direction = OPPOSITE[permit.placed.direction]
        for half, _ in picture.classes(permit.peers & picture.pods, direction):
            for segment in half.segments:
                if any(low < segment.last and segment.first < high for low, high in permit.ranges):
                    found |= {rules for rules, whom in segment.narrowed if whom & permit.subjects}
        if found and found != own:
            told.add(permit.key)
            yield permit, permit.peers & picture.pods


def denied(picture: Picture) -> Iterator[tuple[Permit, Placed]]:
    """The rules of which the other side denies every connection, each with the first rule that does."""
    dead_at: dict[object, Bits] = defaultdict(int)
    by: dict[object, tuple[Permit, Placed]] = {}
    for meeting in meetings(picture):
        if meeting.is_dead and meeting.by_deny:
            dead_at[meeting.permit.placed[:2], meeting.permit.key] |= meeting.others
            by.setdefault(meeting.permit.key, (meeting.permit, meeting.deciders[0]))
    working = {
        permit.key
        for permit in (permits(picture) if by else ())
        if permit.peers & picture.pods & ~dead_at[permit.placed[:2], permit.key]
    }
    yield from (each for key, each in by.items() if key not in working)
