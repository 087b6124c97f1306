"""
One side of connections: whom the pods of a class may talk to, in one direction, at each port.

Pods that the same entries select are one class, so no pair of pods is ever looked at.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property

from .clashes import CONFLICT, clash
from .entries import L7, Direction, Entry, Grant
from .labels import RESERVED, Bits, Requirement, Selector, Universe, bits_of, indexes_of, lowest
from .lines import Line
from .ports import END, NamedPort, Range, ranges_of
from .segments import Half, Place, Segment, segment_at, segments
from .semantics import Enforcement, Semantics

HOST: Selector = (Requirement(RESERVED, "host", "Exists"),)
INIT: Selector = (Requirement(RESERVED, "init", "Exists"),)


class Side:
    """
    All entries of one cluster in one direction, over a universe.

    Classes that another side over the same universe has worked out, from the same entries, are taken
    from there.
    """

    def __init__(  # noqa: PLR0913
        self,
        universe: Universe,
        entries: Sequence[Entry],
        *,
        cluster: str,
        direction: Direction,
        rules: Semantics,
        enforcement: Enforcement = Enforcement.DEFAULT,
        host_enters: bool = False,
        known: "Side | None" = None,
    ) -> None:
        self.universe = universe
        self._known = known.halves if known is not None else {}
        self.halves: dict[object, Half] = {}
        self.always: Bits = universe.matching(HOST) if host_enters and direction is Direction.INGRESS else 0
        self.direction = direction
        self.rules = rules
        self.enforcement = enforcement
        self.managed: Bits = universe.of_cluster.get(cluster, 0)
        # NOTE: a pod that waits for its identity is closed, whatever is applied.
        self.waiting: Bits = universe.matching(INIT) & self.managed
        self.entries = [entry for entry in entries if entry.direction is direction]
        self._peers: dict[tuple[int, Bits], tuple[Bits, Bits]] = {}
        self._why: dict[Bits, tuple[Line[tuple[int, bool, Bits]], tuple[int, ...]]] = {}

    def subjects(self, entry: Entry) -> Bits:
        """The endpoints of this cluster that an entry is for."""
        return self.universe.matching(entry.subject) & self.managed

    def classes(self, faults: Bits = 0) -> list[Half]:
        """
        Every class of pods of this cluster, those that no policy selects included.

        The pods of `faults` have a policy that Cilium cannot compute in some direction.
        """
        return [
            self.half(part, key, faulty=faulty)
            for key, subjects in self._grouped
            for faulty, chosen in ((False, subjects & ~faults), (True, subjects & faults))
            for part in (chosen & self.waiting, chosen & ~self.waiting)
            if part
        ]

    @cached_property
    def _grouped(self) -> list[tuple[tuple[int, ...], Bits]]:
        """The managed endpoints by the entries that select them, and by their numbers of named ports."""
        selecting: dict[int, list[int]] = {index: [] for index in indexes_of(self.managed)}
        by_subject: dict[object, list[int]] = defaultdict(list)
        for number, entry in enumerate(self.entries):
            by_subject[entry.subject].append(number)
        for numbers in by_subject.values():
            for index in indexes_of(self.subjects(self.entries[numbers[0]])):
                selecting[index] += numbers
        groups: dict[tuple[tuple[int, ...], object], list[int]] = defaultdict(list)
        named = self._named_numbers()
        for index, numbers in selecting.items():
            ports = self.universe.endpoints[index].ports if named else {}
            own = tuple((name, ports[name]) for name in sorted(ports) if name in named) if ports else ()
            groups[tuple(sorted(numbers)), own].append(index)
        return [(key, bits_of(indexes)) for (key, _), indexes in groups.items()]

    def _named_numbers(self) -> frozenset[str]:
        """The names of ports that rules on ingress use: their numbers are those of each subject."""
        if self.direction is Direction.EGRESS:
            return frozenset()
        return frozenset(
            named.name for entry in self.entries for grant in entry.grants or () for named in grant.names
        )

    def faults(self) -> Bits:
        """The pods of which two rules want to read the same port in different ways."""
        found: Bits = 0
        for key, subjects in self._grouped:
            if clash(self.entries[number] for number in key):
                found |= subjects
        return found

    def half(self, subjects: Bits, key: tuple[int, ...], *, faulty: bool = False) -> Half:
        """What a set of subjects may do that all these entries select."""
        everyone = self.universe.everyone
        if self.enforcement is Enforcement.NEVER:
            return Half(subjects, key, closed=False, segments=(Segment(0, END, everyone),))
        if faulty:
            unknown = (Segment(0, END, 0, everyone),)
            return Half(subjects, key, closed=True, segments=unknown, doubts=(CONFLICT,))
        chosen = [self.entries[number] for number in key]
        # NOTE: a side that is compared with another one has read most of its entries from there.
        alike = (subjects, *map(id, chosen))
        if alike in self._known:
            return self._known[alike]._replace(entries=key)
        self.halves[alike] = self._half(subjects, key, chosen)
        return self.halves[alike]

    def _half(self, subjects: Bits, key: tuple[int, ...], chosen: list[Entry]) -> Half:
        always = self.enforcement is Enforcement.ALWAYS or bool(subjects & self.waiting)
        closed = always or any(entry.closes for entry in chosen)
        found = tuple(self._segments(key, chosen, subjects, closed=closed))
        return Half(subjects, key, closed, found, self._doubts(chosen, found))

    def _doubts(self, chosen: list[Entry], found: tuple[Segment, ...]) -> tuple[str, ...]:
        """
        Why it is not known what becomes of some peers.

        The rules themselves are a part of it, so that another unclear rule is another doubt.
        """
        if not any(segment.unknown for segment in found):
            return ()
        return tuple(sorted({doubt for entry in chosen if (doubt := self._doubt(entry))}))

    def _doubt(self, entry: Entry) -> str | None:
        if entry.peers.unclear:
            return f"{entry.peers.unclear}: {entry.peers.written}"
        if entry.peers.addresses and self.universe.domains:
            return "a name may resolve to an address of a CIDR"
        if any(map(self.universe.blurred, entry.peers.domains)):
            return "too many patterns of names overlap to tell which of them cover a name"
        names = [named.name for grant in entry.grants or () for named in grant.names]
        unknown = [name for name in names if name not in self.universe.named_ports]
        return f"no workload says which number the port {unknown[0]!r} has" if unknown else None

    def _segments(
        self, key: tuple[int, ...], chosen: list[Entry], subjects: Bits, *, closed: bool
    ) -> Iterator[Segment]:
        allows: list[Place] = []
        denies: list[Place] = []
        required = self._required(chosen)
        for number, entry in zip(key, chosen, strict=True):
            certain, maybe = self.peers(number, required[entry.deny])
            if self._unnumbered(entry):
                for place in _protocols(entry):
                    (denies if entry.deny else allows).append(Place(place, 0, certain | maybe))
            for place, who, l7 in self.places(entry, subjects):
                if entry.deny:
                    denies.append(Place(place, certain & who, maybe & who))
                else:
                    wide = l7 and not entry.closes and self.rules.open_l7_is_wide
                    allows.append(Place(place, certain & who, maybe & who, None if wide else l7))
        everyone = 0 if closed else self.universe.everyone
        yield from segments(allows, denies, everyone=everyone, always=self.always)

    def deciding(self, half: Half, port: int, peer: int) -> tuple[int, ...]:
        """
        The entries that decide about a peer at a port: what denies it, else what allows it, else what closes.

        Empty where no policy selects the subject, and where all are open to everybody.
        """
        bit = 1 << peer
        line, closing = self._reasons(half)
        hits: dict[bool, set[int]] = {True: set(), False: set()}
        # NOTE: at the port itself; other rules may say the same of the rest of its segment.
        for number, deny, who in line.at(port):
            if who & bit:
                hits[deny].add(number)
        denying, allowing = (tuple(sorted(hits[deny])) for deny in (True, False))
        segment = segment_at(half, port)
        if not (segment.allowed | segment.unknown) & bit:
            return denying or closing
        return (*denying, *allowing) if segment.unknown & bit else allowing

    def denying(self, half: Half, place: Range) -> Iterator[tuple[Range, Bits]]:
        """A range of ports in pieces, with the peers that a deny keeps out there, or may."""
        line, _ = self._reasons(half)
        for piece, items in line.within(place):
            found: Bits = 0
            for _, deny, who in items:
                found |= who if deny else 0
            yield piece, found & ~self.always

    def _reasons(self, half: Half) -> tuple[Line[tuple[int, bool, Bits]], tuple[int, ...]]:
        """The entries of a class: where each is about whom, and those that close."""
        known = self._why.get(half.subjects)
        if known is None:
            chosen = [(number, self.entries[number]) for number in half.entries]
            required = self._required([entry for _, entry in chosen])
            line = Line(
                (place, (number, entry.deny, (certain | maybe) & who))
                for number, entry in chosen
                for certain, maybe in (self.peers(number, required[entry.deny]),)
                for place, who, _ in self.places(entry, half.subjects)
            )
            closing = tuple(number for number, entry in chosen if entry.closes)
            known = self._why[half.subjects] = (line, closing)
        return known

    def _required(self, chosen: list[Entry]) -> dict[bool, Bits]:
        """What `fromRequires` of any rule asks of the endpoints in all of them; apart for denies."""
        found = {False: self.universe.everyone, True: self.universe.everyone}
        for entry in chosen:
            for selector in entry.requires:
                found[entry.deny] &= self.universe.matching(selector)
        return found

    def peers(self, number: int, required: Bits) -> tuple[Bits, Bits]:
        """Whom an entry is about: for sure, and perhaps."""
        found = self._peers.get((number, required))
        if found is None:
            found = self._peers[number, required] = self._work_out(self.entries[number], required)
        return found

    def _work_out(self, entry: Entry, required: Bits) -> tuple[Bits, Bits]:
        universe, peers = self.universe, entry.peers
        if peers.anyone:
            return universe.everyone, 0
        certain: Bits = 0
        for selector in peers.endpoints:
            certain |= universe.matching(selector) & required
        for selector in peers.others:
            certain |= universe.matching(selector)
        maybe: Bits = universe.everyone if peers.unclear else 0
        if peers.addresses:
            certain |= universe.within(peers.addresses)
            maybe |= universe.domains
        for domain in peers.domains:
            certain |= universe.domain(domain)
            maybe |= universe.blurred(domain)
        return certain, maybe & ~certain

    def places(self, entry: Entry, subjects: Bits) -> Iterator[tuple[Range, Bits, L7 | None]]:
        """Where an entry grants or denies, and to whom of its peers."""
        everyone = self.universe.everyone
        if entry.grants is None:
            yield (0, END), everyone, None
        for grant in entry.grants or ():
            for place in grant.ranges:
                yield place, everyone, grant.l7
            for place, who in self._named(grant, subjects):
                yield place, who, grant.l7

    def _named(self, grant: Grant, subjects: Bits) -> Iterator[tuple[Range, Bits]]:
        for named in grant.names:
            for number, who in self._numbers(named, subjects):
                for place in ranges_of(number, None, named.protocols):
                    yield place, who

    def _numbers(self, named: NamedPort, subjects: Bits) -> Iterator[tuple[int, Bits]]:
        everyone = self.universe.everyone
        if self.direction is Direction.INGRESS:
            # All subjects of a class have the same numbers for names that rules use.
            any_one = self.universe.endpoints[lowest(subjects)]
            if named.name in any_one.ports:
                yield any_one.ports[named.name], everyone
        elif self.rules.named_ports_by_peer:
            yield from self.universe.numbers.get(named.name, {}).items()
        else:
            numbers = self.universe.named_ports.get(named.name, {})
            if len(numbers) == 1:
                yield from ((number, everyone) for number in numbers)

    def _unnumbered(self, entry: Entry) -> bool:
        """Whether a rule on egress names a port whose number no workload says, though one may exist."""
        return (
            self.universe.open
            and self.direction is Direction.EGRESS
            and any(
                named.name not in self.universe.named_ports
                for grant in entry.grants or ()
                for named in grant.names
            )
        )


def _protocols(entry: Entry) -> Iterator[Range]:
    """All ports of the protocols for which a rule names ports."""
    named = {of for grant in entry.grants or () for each in grant.names for of in each.protocols}
    return ranges_of(0, None, sorted(named))
