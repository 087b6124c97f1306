"""Pods that are closed or opened as a whole, in one direction."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from ..engine.analysis import Analysis
from ..engine.entries import Direction
from ..engine.labels import Bits
from ..engine.segments import Half
from ..reachability.reasons import Decider, decider
from ..reachability.scene import Scene
from .rows import Sides

Stance = Literal["open", "closed"]
"""What becomes of a connection about which no rule says anything."""


class PostureChange(NamedTuple):
    """Pods whose default became another; `closing` are the rules that close them, now or before."""

    direction: Direction
    closed: bool
    subjects: Bits
    names: tuple[str, ...]
    closing: tuple[Decider, ...]

    @property
    def before(self) -> Stance:
        """What it was."""
        return "open" if self.closed else "closed"

    @property
    def after(self) -> Stance:
        """What it is."""
        return "closed" if self.closed else "open"


def posture_changes(sides: Sides) -> Iterator[PostureChange]:
    """Every change of posture in clusters that both meshes have, openings first."""
    for closed in (False, True):
        for direction in Direction:
            scene, analysis = (sides.head, sides.after) if closed else (sides.base, sides.before)
            subjects = _changed(sides, direction, closed=closed)
            if subjects:
                names = sides.groups.names(subjects)
                closing = tuple(_closing(scene, analysis, direction, subjects))
                yield PostureChange(direction, closed, subjects, names, closing)


def _changed(sides: Sides, direction: Direction, *, closed: bool) -> Bits:
    found = 0
    for name in sides.before.clusters.keys() & sides.after.clusters.keys():
        before = _closed(sides.before.clusters[name].halves[direction])
        after = _closed(sides.after.clusters[name].halves[direction])
        found |= after & ~before if closed else before & ~after
    return found


def _closed(halves: list[Half]) -> Bits:
    found = 0
    for half in halves:
        found |= half.subjects if half.closed else 0
    return found


def _closing(scene: Scene, analysis: Analysis, direction: Direction, subjects: Bits) -> Iterator[Decider]:
    """The rules that close the subjects, each once, those of the first clusters first."""
    seen: set[tuple[str, str]] = set()
    for name in sorted(analysis.clusters):
        for half in analysis.clusters[name].halves[direction]:
            for number in half.entries if half.subjects & subjects else ():
                one, entry = scene.owner(name, direction, number)
                key = (one.namespace, one.name)
                if entry.closes and key not in seen:
                    seen.add(key)
                    yield decider(one, entry.path, denies=entry.deny)
