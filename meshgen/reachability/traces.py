"""What decides whether one can reach another, for every pair that two references name."""

from collections.abc import Iterator
from typing import NamedTuple

from ..engine.analysis import Analysis, Verdict
from ..engine.labels import indexes_of
from ..engine.ports import SIZE, told
from ..engine.relations import relations
from ..model.reference import Reference, Target
from .actors import Actors, outside_of, ranges_of
from .reasons import Reason, reason
from .scene import Scene

MOST = 200
"""Pairs that are traced in one run."""


class Trace(NamedTuple):
    """A flow between two endpoints at one port, and why it is what it is."""

    source: str
    target: str
    port: str
    reason: Reason


def traces(scene: Scene, source: Reference, target: Target) -> Iterator[Trace]:
    """
    The traces of all pairs that are named, at most `MOST`, and one more where there are more.

    Without a port it is the first at which the pair can connect, or else the first of all.

    Raises:
        UnknownPortError: when the target has no port of that name.

    """
    wanted = ranges_of(scene, target.reference, target.port)
    analysis = scene.analysis(outside_of([source, target.reference]))
    actors = Actors(scene, analysis.universe)
    endpoints = analysis.universe.endpoints
    count = 0
    for pairing in actors.pairings(source, target.reference):
        for one in indexes_of(pairing.sources):
            for other in indexes_of(pairing.targets):
                if one == other:
                    continue
                count += 1
                if count > MOST + 1:
                    return
                for port in [low for low, _ in wanted] if wanted else [_any_port(analysis, one, other)]:
                    why = reason(scene, analysis, one, other, port)
                    yield Trace(endpoints[one].name, endpoints[other].name, told([(port, port + 1)])[0], why)


def _any_port(analysis: Analysis, source: int, target: int) -> int:
    found = relations(analysis, 1 << source, 1 << target)
    pieces = [
        (state.verdict is not Verdict.ALLOWED, piece) for each in found for piece, state in each.profile
    ]
    first = min(pieces, default=(False, (1, SIZE)))[1][0]
    return first or 1


def verdict(found: list[Trace]) -> Verdict:
    """The worst verdict of several traces: denied, unknown, allowed."""
    verdicts = {trace.reason.verdict for trace in found}
    return next(each for each in (Verdict.DENIED, Verdict.UNKNOWN, Verdict.ALLOWED) if each in verdicts)
