"""Who may talk to whom among the pods of a mesh, with the tables that questions about many rules need."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple

from ..engine.analysis import Analysis
from ..engine.entries import Direction, Entry
from ..engine.labels import Bits, bits_of, indexes_of, lowest
from ..engine.segments import Half
from ..engine.sides import Side
from ..policy.objects import PolicyObject
from .actors import Actors, outside_of
from .groups import Groups
from .scene import Scene
from .written import Written, written

OPPOSITE = {Direction.EGRESS: Direction.INGRESS, Direction.INGRESS: Direction.EGRESS}


class Placed(NamedTuple):
    """An entry in a cluster, with its position among those of its direction, and its object."""

    cluster: str
    number: int
    entry: Entry
    one: PolicyObject

    @property
    def direction(self) -> Direction:
        """Whose side it is about."""
        return self.entry.direction


class Picture:
    """The policies of a mesh over the pods that mesh.yaml tells of."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        references = [each for one in scene.mesh.expect for each in (one.from_, one.to.reference)]
        self.analysis: Analysis = scene.analysis(outside_of(references))
        self.universe = self.analysis.universe
        self.actors = Actors(scene, self.universe)
        self.memo: dict[str, Any] = {}

    @cached_property
    def written(self) -> tuple[Written, ...]:
        """The objects that exist as files."""
        return tuple(written(self.scene))

    @cached_property
    def groups(self) -> Groups:
        """The names of sets."""
        return Groups(self.universe, [self.scene.directory])

    def side(self, cluster: str, direction: Direction) -> Side:
        """All entries of a cluster in a direction."""
        return self.analysis.clusters[cluster].sides[direction]

    def placed(self, cluster: str, direction: Direction, number: int) -> Placed:
        """The entry at a position."""
        one, entry = self.scene.owner(cluster, direction, number)
        return Placed(cluster, number, entry, one)

    def all_placed(self) -> Iterator[Placed]:
        """Every entry of every cluster."""
        for cluster in self.scene.directory.names:
            yield from self.of_cluster(cluster)

    def of_cluster(self, cluster: str) -> Iterator[Placed]:
        """Every entry of a cluster."""
        applied = self.scene.applied[cluster]
        for direction in Direction:
            for number, (owner, entry) in enumerate(applied.owned[direction]):
                yield Placed(cluster, number, entry, self.scene.objects[cluster][owner])

    def halves(self, cluster: str, direction: Direction) -> list[Half]:
        """The classes of pods of a cluster."""
        return self.analysis.clusters[cluster].halves[direction]

    @cached_property
    def half_of(self) -> dict[Direction, dict[int, Half]]:
        """For each pod, the class that it belongs to."""
        found: dict[Direction, dict[int, Half]] = {direction: {} for direction in Direction}
        for cluster in self.scene.directory.names:
            for direction in Direction:
                for half in self.halves(cluster, direction):
                    for index in indexes_of(half.subjects):
                        found[direction][index] = half
        return found

    @cached_property
    def restrained(self) -> dict[Direction, Bits]:
        """The pods to which something is not allowed, or perhaps not."""
        everyone = self.universe.everyone
        found: dict[Direction, Bits] = dict.fromkeys(Direction, 0)
        for cluster in self.scene.directory.names:
            for direction in Direction:
                for half in self.halves(cluster, direction):
                    if any(segment.allowed != everyone for segment in half.segments):
                        found[direction] |= half.subjects
        return found

    @cached_property
    def denied(self) -> dict[Direction, Bits]:
        """The pods that a rule which denies is for."""
        found: dict[Direction, Bits] = dict.fromkeys(Direction, 0)
        for placed in self.all_placed():
            if placed.entry.deny:
                found[placed.direction] |= self.side(placed.cluster, placed.direction).subjects(placed.entry)
        return found

    def classes(self, pods: Bits, direction: Direction) -> Iterator[tuple[Half, Bits]]:
        """The classes that pods of the mesh belong to, each with those of them that are in it."""
        left = pods
        table = self.half_of[direction]
        while left:
            half = table[lowest(left)]
            yield half, left & half.subjects
            left &= ~half.subjects

    @cached_property
    def workloads(self) -> Bits:
        """The pods that somebody declared, and not the others that may be there."""
        names = {
            f"{name}@{where}"
            for name, one in self.scene.directory.workloads.items()
            for where in self.scene.directory.runs(one)
        }
        return bits_of(index for index, each in enumerate(self.universe.endpoints) if each.name in names)

    @cached_property
    def others(self) -> Bits:
        """The pods that nobody declared, one for each namespace."""
        return bits_of(
            index
            for index, each in enumerate(self.universe.endpoints)
            if each.name.startswith(("others of ", "other namespaces@"))
        )

    def told(self, bits: Bits) -> str:
        """A set in one line: what somebody declared, and at last the others."""
        known, others = bits & ~self.others, bits & self.others
        if not known:
            return self.groups.told(bits)
        return self.groups.told(known) + (" and pods that mesh.yaml does not tell of" if others else "")

    @cached_property
    def pods(self) -> Bits:
        """Every pod of the mesh."""
        found: Bits = 0
        for managed in self.universe.of_cluster.values():
            found |= managed
        return found

    @cached_property
    def index(self) -> dict[str, int]:
        """The positions of endpoints by their names."""
        return {endpoint.name: number for number, endpoint in enumerate(self.universe.endpoints)}
