"""The policies of every cluster over one universe, and verdicts about flows."""

from collections.abc import Iterable
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from .applied import Applied
from .entries import L7, Direction
from .labels import Bits, Universe
from .segments import Half, Segment, segment_at
from .sides import Side


class Verdict(StrEnum):
    """What becomes of a connection."""

    ALLOWED = "allowed"
    DENIED = "denied"
    UNKNOWN = "unknown"


class Judgement(NamedTuple):
    """
    One half of a flow: the verdict, and which entries decide it.

    `deciding` are positions in the cluster's list of entries; `l7` are the requests it is narrowed to.
    """

    verdict: Verdict
    half: Half
    deciding: tuple[int, ...]
    l7: tuple[L7, ...] = ()


class Cluster:
    """The policies of one cluster over a universe."""

    def __init__(self, universe: Universe, applied: Applied, known: "Cluster | None" = None) -> None:
        self.applied = applied
        alike = known if known is not None and known.applied.setting.alike(applied.setting) else None
        setting = applied.setting
        self.sides: dict[Direction, Side] = {
            direction: Side(
                universe,
                applied.entries,
                cluster=setting.name,
                direction=direction,
                rules=setting.rules,
                enforcement=setting.enforcement,
                host_enters=setting.host_enters,
                known=alike.sides[direction] if alike else None,
            )
            for direction in Direction
        }

    @cached_property
    def faults(self) -> Bits:
        """The pods whose policy Cilium cannot compute, in either direction."""
        return self.sides[Direction.EGRESS].faults() | self.sides[Direction.INGRESS].faults()

    @cached_property
    def halves(self) -> dict[Direction, list[Half]]:
        """Every class of pods in both directions."""
        return {direction: side.classes(self.faults) for direction, side in self.sides.items()}


class Analysis:
    """
    Who may talk to whom in a mesh, for every endpoint of a universe.

    Clusters in which the same is applied as in those of `known`, over the same universe, are taken
    from there.
    """

    def __init__(
        self, universe: Universe, applied: Iterable[Applied], known: "Analysis | None" = None
    ) -> None:
        self.universe = universe
        self.merged: dict[Direction, list[Half]] = {}
        self.index: dict[Direction, dict[int, Half]] = {}
        alike = known.clusters if known is not None and known.universe is universe else {}
        self.clusters: dict[str, Cluster] = {}
        for each in applied:
            other = alike.get(each.setting.name)
            if other is None or not each.same(other.applied):
                other = Cluster(universe, each, other)
            self.clusters[each.setting.name] = other

    def half(self, subject: int, direction: Direction) -> Half | None:
        """The class that an endpoint belongs to, or None for what no cluster of the mesh manages."""
        cluster = self.clusters.get(self.universe.endpoints[subject].cluster)
        if cluster is None:
            return None
        bit = 1 << subject
        return next((half for half in cluster.halves[direction] if half.subjects & bit), None)

    def judge(self, subject: int, peer: int, port: int, direction: Direction) -> Judgement | None:
        """One half of a flow, from the side of its subject; None where nobody judges it."""
        half = self.half(subject, direction)
        if half is None:
            return None
        segment = segment_at(half, port)
        bit = 1 << peer
        side = self.clusters[self.universe.endpoints[subject].cluster].sides[direction]
        deciding = side.deciding(half, port, peer)
        return Judgement(verdict(segment, bit), half, deciding, requests(segment, bit))


def verdict(segment: Segment, peers: Bits) -> Verdict:
    """What a segment says of a peer."""
    if segment.allowed & peers:
        return Verdict.ALLOWED
    return Verdict.UNKNOWN if segment.unknown & peers else Verdict.DENIED


def requests(segment: Segment, peers: Bits) -> tuple[L7, ...]:
    """The rules about requests to which a peer is held."""
    return tuple(l7 for l7, bits in segment.narrowed if bits & peers)
