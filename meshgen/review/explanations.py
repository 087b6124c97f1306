"""Why connections are what they are, as plain data in which nothing is said twice."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from ..engine.analysis import Analysis
from ..engine.entries import Direction
from ..engine.segments import Half
from ..reachability.reasons import Decider, HalfReason, decider, reason
from ..reachability.scene import Scene
from ..reachability.wording import told_requests
from ..reporting.places import Places

MOST_DECIDERS = 20
"""Rules that are listed of one half; of more only the number is told."""

Told = dict[str, Any]


def told_half(half: HalfReason, places: Places) -> Told:
    """One half of a connection."""
    by, more = told_deciders(half.deciders, places)
    return {"verdict": half.verdict.value, "text": told_text(half), "by": by, "more": more}


def told_text(half: HalfReason) -> str:
    """What is to be said of a half beside its verdict."""
    return half.text.removeprefix(f"{half.verdict.value} ") + (
        f": {told_requests(half.l7)}" if half.l7 else ""
    )


def told_deciders(deciders: Iterable[Decider], places: Places) -> tuple[list[Told], int]:
    """Objects that decide, each place of one once, and how many more there are."""
    found = list(dict.fromkeys((each.object_name, each.cluster, str(places.of(each))) for each in deciders))
    keys = ("name", "cluster", "place")
    return [dict(zip(keys, each, strict=True)) for each in found[:MOST_DECIDERS]], max(
        0, len(found) - MOST_DECIDERS
    )


class Table:
    """Told things, each once, by number."""

    def __init__(self) -> None:
        self._numbers: dict[object, int] = {}
        self.rows: list[Told] = []

    def number(self, key: object, tell: Callable[[], Told]) -> int:
        """The number of a thing; it is told when its key is first met."""
        if key not in self._numbers:
            self._numbers[key] = len(self.rows)
            self.rows.append(tell())
        return self._numbers[key]


class Side:
    """One mesh, as it is asked for reasons; `halves` are shared by both sides of a change."""

    def __init__(self, scene: Scene, analysis: Analysis, places: Places, halves: Table) -> None:
        self.analysis = analysis
        self._scene = scene
        self._places = places
        self._halves = halves

    def has(self, index: int) -> bool:
        """Whether an endpoint is outside, or of a cluster that is in this mesh."""
        cluster = self.analysis.universe.endpoints[index].cluster
        return not cluster or cluster in self.analysis.clusters

    def why(self, source: int, target: int, port: int) -> tuple[int, int] | None:
        """The numbers of both halves of a flow; None where one end is not in this mesh."""
        if not (self.has(source) and self.has(target)):
            return None
        found = reason(self._scene, self.analysis, source, target, port)
        egress, ingress = (
            self._halves.number((id(self), *_key(half)), partial(told_half, half, self._places))
            for half in (found.egress, found.ingress)
        )
        return egress, ingress

    def short(self, index: int, direction: Direction) -> int | None:
        """The number of what is to be said of an endpoint whomever it deals with: who selects it."""
        half = self.analysis.half(index, direction)
        if half is None:
            return None
        cluster = self.analysis.universe.endpoints[index].cluster
        key = (id(self), cluster, direction, half.entries, half.closed)
        return self._halves.number(key, lambda: self._selecting(cluster, direction, half))

    def _selecting(self, cluster: str, direction: Direction, half: Half) -> Told:
        by, more = told_deciders(self._owners(cluster, direction, half.entries), self._places)
        if half.closed:
            text = "nothing but what these rules allow"
        else:
            text = "all but what these rules deny" if by else "no policy selects this pod"
        return {"verdict": "closed" if half.closed else "open", "text": text, "by": by, "more": more}

    def _owners(self, cluster: str, direction: Direction, entries: tuple[int, ...]) -> Iterator[Decider]:
        """The rules behind entries."""
        for number in entries:
            one, entry = self._scene.owner(cluster, direction, number)
            yield decider(one, entry.path, denies=entry.deny)


def _key(half: HalfReason) -> tuple[object, ...]:
    """What a half says, whoever is its subject."""
    by = tuple((each.kind, each.object_name, each.rule) for each in half.deciders)
    return half.direction, half.cluster, half.verdict, half.text, half.l7, by
