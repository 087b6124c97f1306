"""Changes of connections as rows, each with its risk and with one flow that shows it."""

from collections.abc import Iterator
from enum import IntEnum
from typing import Literal, NamedTuple

from ..engine.analysis import Analysis, Verdict
from ..engine.comparison import Change, Difference, Kind, differences, gathered, parts
from ..engine.entries import Direction
from ..engine.labels import Bits, Universe, indexes_of, lowest
from ..engine.ports import END, SIZE, Range, merged, told
from ..reachability.groups import Groups
from ..reachability.reasons import Reason, reason
from ..reachability.scene import Scene
from ..reachability.wording import told_states


class Risk(IntEnum):
    """How much a reviewer has to fear from a row; the worst first."""

    CRITICAL = 0
    HIGH = 1
    MEDIUM = 2
    LOW = 3

    def __str__(self) -> str:
        return self.name.lower()


RowScope = Literal["world", "node", "cross-cluster", "in-cluster"]
"""How far apart the sides of a row are."""


class Flow(NamedTuple):
    """One connection that a row is about, and why it was and is what it is."""

    source: str
    target: str
    port: str
    before: Reason
    after: Reason


class Row(NamedTuple):
    """
    What changed between all of some sources and all of some targets.

    `before` and `after` are ports and requests; `size` is the number of pairs of endpoints it stands for.
    Beside it there are so many more rows, `alike` but for being about other clusters of the same kinds.
    """

    kind: Kind
    risk: Risk
    scope: RowScope
    sources: Bits
    targets: Bits
    source_names: tuple[str, ...]
    target_names: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]
    ports: tuple[str, ...]
    pieces: tuple[Range, ...]
    flow: Flow
    size: int
    alike: int = 0

    @property
    def likewise(self) -> str:
        """What there is beside it, in words to follow others; empty where there is nothing."""
        return f", and {self.alike:,} more like it in clusters that are alike" if self.alike else ""


class Sides(NamedTuple):
    """The meshes before and after, over universes with the same endpoints."""

    base: Scene
    head: Scene
    before: Analysis
    after: Analysis
    groups: Groups


_ORDER = (Kind.OPENED, Kind.WIDENED, Kind.CUT, Kind.UNKNOWN, Kind.NARROWED)


def rows(sides: Sides) -> tuple[Row, ...]:
    """Every change of connections, the worst first."""
    found = [
        _row(sides, difference, kind, changes)
        for difference in gathered(differences(sides.before, sides.after))
        for kind, changes in parts(difference)
    ]
    return tuple(sorted(found, key=_place))


def _place(row: Row) -> tuple[object, ...]:
    gains = row.kind in {Kind.OPENED, Kind.WIDENED}
    return (
        not gains,
        row.risk if gains else _ORDER.index(row.kind),
        _ORDER.index(row.kind),
        row.risk,
        row.source_names,
        row.target_names,
        row.ports,
    )


def _row(sides: Sides, difference: Difference, kind: Kind, changes: tuple[Change, ...]) -> Row:
    kept = [(piece, state) for piece, state in difference.kept]
    scope = _scope(sides.before.universe, difference)
    gains = kind in {Kind.OPENED, Kind.WIDENED}
    lifted = _lifted(sides, difference, changes) if gains and scope == "cross-cluster" else None
    return Row(
        kind=kind,
        risk=_risk(kind, scope, changes, lifted=lifted is not None),
        scope=scope,
        sources=difference.sources,
        targets=difference.targets,
        source_names=sides.groups.names(difference.sources),
        target_names=sides.groups.names(difference.targets),
        before=told_states(sorted([*kept, *((piece, was) for piece, was, _ in difference.changes)])),
        after=told_states(sorted([*kept, *((piece, is_now) for piece, _, is_now in difference.changes)])),
        ports=told(piece for piece, *_ in changes),
        pieces=tuple(merged(piece for piece, *_ in changes)),
        flow=_flow(sides, lifted or _shown(sides.before.universe, scope, difference, changes)),
        size=sides.groups.size(difference.sources) * sides.groups.size(difference.targets),
    )


class _Shown(NamedTuple):
    """A connection of a row to show it by: some sources, some targets, and what changed between them."""

    sources: Bits
    targets: Bits
    change: Change


def _shown(universe: Universe, scope: str, difference: Difference, changes: tuple[Change, ...]) -> _Shown:
    """What shows how far apart the sides of a row are: with the world, or with a node, one that is it."""
    sources, targets = difference.sources, difference.targets
    far = {"world": universe.outside, "node": ~(universe.outside | _pods(universe))}.get(scope, 0)
    if sources & far:
        sources &= far
    elif targets & far:
        targets &= far
    return _Shown(sources, targets, changes[0])


def _lifted(sides: Sides, difference: Difference, changes: tuple[Change, ...]) -> _Shown | None:
    """The connections between clusters that a deny held back, and that are allowed now; None without any."""
    denied = (change for change in changes if change[1].verdict is Verdict.DENIED)
    return next((held for change in denied for held in _held_back(sides.before, difference, change)), None)


def _held_back(before: Analysis, difference: Difference, change: Change) -> Iterator[_Shown]:
    place, was, is_now = change
    for name in sorted(before.clusters):
        cluster = before.clusters[name]
        for direction, halves in cluster.halves.items():
            outgoing = direction is Direction.EGRESS
            near, far = difference.sources, difference.targets
            near, far = (near, far) if outgoing else (far, near)
            # NOTE: a row between clusters may be of pods of one cluster as well.
            far &= ~before.universe.of_cluster.get(name, 0)
            side = cluster.sides[direction]
            for half in halves if far else ():
                subjects = half.subjects & near
                for piece, denied in side.denying(half, place) if subjects else ():
                    if denied & far:
                        ends = (subjects, denied & far) if outgoing else (denied & far, subjects)
                        yield _Shown(*ends, (piece, was, is_now))


def _flow(sides: Sides, shown: _Shown) -> Flow:
    """One flow that shows a row; one between two pods rather than with itself."""
    source, target = _ends(sides.before.universe, shown)
    change = shown.change
    port = change[0][0]
    # NOTE: port 0 of a protocol is none; a row about all ports is shown at the first real one.
    port += port % (1 << 16) == 0
    before = reason(sides.base, sides.before, source, target, port)
    after = reason(sides.head, sides.after, source, target, port)
    endpoints = sides.before.universe.endpoints
    first, last = change[0]
    whole = last - first >= SIZE - 1
    told_port = told([change[0]])[0] if whole else told([(port, port + 1)])[0]
    return Flow(endpoints[source].name, endpoints[target].name, told_port, before, after)


def _ends(universe: Universe, shown: _Shown) -> tuple[int, int]:
    """A source and a target: pods that are listed, rather than others; two clusters rather than one."""
    source, target = (_first(universe, bits) for bits in (shown.sources, shown.targets))
    if universe.endpoints[source].cluster == universe.endpoints[target].cluster:
        away = shown.targets & ~universe.of_cluster.get(universe.endpoints[source].cluster, 0)
        target = _first(universe, away) if away else target
    if source == target:
        others = shown.sources & ~(1 << source)
        source = _first(universe, others) if others else source
    return source, target


def _first(universe: Universe, bits: Bits) -> int:
    return next(
        (index for index in indexes_of(bits) if universe.endpoints[index].known),
        lowest(bits),
    )


def _scope(universe: Universe, difference: Difference) -> RowScope:
    sources, targets = difference.sources, difference.targets
    outside = (sources | targets) & ~_pods(universe)
    if outside & universe.outside:
        return "world"
    if outside:
        return "node"
    within = any(not (sources | targets) & ~managed for managed in universe.of_cluster.values())
    return "in-cluster" if within else "cross-cluster"


def _pods(universe: Universe) -> Bits:
    pods = 0
    for managed in universe.of_cluster.values():
        pods |= managed
    return pods


def _risk(kind: Kind, scope: str, changes: tuple[Change, ...], *, lifted: bool) -> Risk:
    """How much is to be feared of a row; `lifted` tells that a deny between clusters is gone."""
    if kind is Kind.NARROWED:
        return Risk.LOW
    if kind in {Kind.CUT, Kind.UNKNOWN}:
        return Risk.HIGH if scope == "cross-cluster" else Risk.MEDIUM
    if scope == "world" or lifted:
        return Risk.CRITICAL
    everything = any(piece == (0, END) for piece, *_ in changes)
    if scope == "cross-cluster" and (kind is Kind.OPENED or everything):
        return Risk.HIGH
    return Risk.HIGH if everything and kind is Kind.OPENED else Risk.MEDIUM


def evidence(sides: Sides) -> Iterator[tuple[str, int]]:
    """How much was looked at."""
    universe = sides.before.universe
    yield "endpoints", sum(endpoint.known for endpoint in universe.endpoints)
    yield "kinds of pods that may exist", sum(not endpoint.known for endpoint in universe.endpoints)
    for name, analysis in (("before", sides.before), ("after", sides.after)):
        halves = sum(
            len(found) for cluster in analysis.clusters.values() for found in cluster.halves.values()
        )
        yield f"classes {name}", halves
