"""What decides whether one can reach another, for every pair that two references name."""

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from ..engine.analysis import Analysis, Verdict
from ..engine.labels import indexes_of
from ..engine.ports import SIZE, Range, told
from ..engine.relations import State, relations
from ..model.reference import Reference, Target
from .actors import Actors, Pairing, outside_of, ranges_of
from .reasons import Reason, reason
from .scene import Scene

MOST = 200
"""Pairs that are traced in one run."""

_WORST_FIRST = (Verdict.DENIED, Verdict.UNKNOWN, Verdict.ALLOWED)


class Trace(NamedTuple):
    """A flow between two endpoints at one port, and why it is what it is."""

    source: str
    target: str
    port: str
    reason: Reason


class Traced(NamedTuple):
    """The traces of as many pairs as there may be in one run, and how many pairs were left out."""

    found: tuple[Trace, ...]
    left_out: int

    @property
    def verdict(self) -> Verdict:
        """The worst of what was traced: denied, unknown, allowed."""
        verdicts = {trace.reason.verdict for trace in self.found}
        return next(each for each in _WORST_FIRST if each in verdicts)


def traces(scene: Scene, source: Reference, target: Target) -> Traced:
    """
    The traces of the first `MOST` pairs that are named.

    Without a port it is the first at which the pair can connect, or else the first of all; of a range of
    ports the first with the worst verdict. Pods of one workload are a pair where nobody else is named,
    as they are for expectations.

    Raises:
        UnknownPortError: when the target has no port of that name.

    """
    wanted = ranges_of(scene, target.reference, target.port)
    analysis = scene.analysis(outside_of([source, target.reference]))
    pairings = [
        pairing._replace(targets=0) if _is_nobody(pairing, source) else pairing
        for pairing in Actors(scene, analysis.universe).pairings(source, target.reference)
    ]
    endpoints = analysis.universe.endpoints
    return Traced(
        tuple(
            Trace(
                endpoints[one].name,
                endpoints[other].name,
                told([(port, port + 1)])[0],
                reason(scene, analysis, one, other, port),
            )
            for one, other in islice((pair for each in pairings for pair in _pairs(each)), MOST)
            for port in _ports(analysis, one, other, wanted)
        ),
        max(0, sum(map(_count, pairings)) - MOST),
    )


def _is_nobody(pairing: Pairing, source: Reference) -> bool:
    """Whether both sides are one thing that stands for no pods, which do not call themselves."""
    return not source.has_pods and _is_one(pairing)


def _is_one(pairing: Pairing) -> bool:
    """Whether both sides are the same endpoint, which is then the pair."""
    return pairing.sources == pairing.targets and pairing.sources.bit_count() == 1


def _pairs(pairing: Pairing) -> Iterator[tuple[int, int]]:
    """Every pair of two endpoints, or of one with itself where there is no other."""
    itself = _is_one(pairing)
    for one in indexes_of(pairing.sources):
        yield from ((one, other) for other in indexes_of(pairing.targets) if itself or one != other)


def _count(pairing: Pairing) -> int:
    """How many pairs there are."""
    both = 0 if _is_one(pairing) else (pairing.sources & pairing.targets).bit_count()
    return pairing.sources.bit_count() * pairing.targets.bit_count() - both


def _ports(analysis: Analysis, source: int, target: int, wanted: tuple[Range, ...] | None) -> list[int]:
    """The port of each range that is traced."""
    if not wanted:
        return [_any_port(analysis, source, target)]
    if all(low + 1 == high for low, high in wanted):
        return [low for low, _ in wanted]
    found = [piece for each in relations(analysis, 1 << source, 1 << target) for piece in each.profile]
    return [_worst_port(found, low, high) for low, high in wanted]


def _worst_port(found: list[tuple[Range, State]], low: int, high: int) -> int:
    """The first port of a range with the worst verdict; what is in no piece is denied."""
    starts = {low, *(edge for piece, _ in found for edge in piece if low < edge < high)}

    def rank(port: int) -> int:
        verdicts = (state.verdict for (first, last), state in found if first <= port < last)
        return _WORST_FIRST.index(next(verdicts, Verdict.DENIED))

    return min(sorted(starts), key=rank)


def _any_port(analysis: Analysis, source: int, target: int) -> int:
    found = relations(analysis, 1 << source, 1 << target)
    pieces = [
        (state.verdict is not Verdict.ALLOWED, piece) for each in found for piece, state in each.profile
    ]
    first = min(pieces, default=(False, (1, SIZE)))[1][0]
    return first or 1
