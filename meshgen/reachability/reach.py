"""Who can reach whom: rows of sources and targets that all stand to each other in one way."""

from collections.abc import Iterable
from typing import NamedTuple

from ..engine.analysis import Analysis, Verdict
from ..engine.labels import Bits
from ..engine.relations import gathered, relations
from ..model.reference import Reference
from .actors import Actors, outside_of
from .groups import Groups
from .scene import Scene
from .wording import told_states


class ReachRow(NamedTuple):
    """All of some sources reach all of some targets at these ports; `known` where that is certain."""

    sources: Bits
    targets: Bits
    source_names: tuple[str, ...]
    target_names: tuple[str, ...]
    ports: tuple[str, ...]
    doubts: tuple[str, ...]


class Reach(NamedTuple):
    """Who can reach whom; whatever stands in no row is denied."""

    mesh: str
    rows: tuple[ReachRow, ...]
    analysis: Analysis
    sources: Bits
    targets: Bits


def reach(scene: Scene, sources: Iterable[Reference] = (), targets: Iterable[Reference] = ()) -> Reach:
    """Who can reach whom, from some sources to some targets; without any, from and to everything."""
    asked = (tuple(sources), tuple(targets))
    analysis = scene.analysis(outside_of([*asked[0], *asked[1]]))
    actors = Actors(scene, analysis.universe)
    groups = Groups(analysis.universe, [scene.directory])
    leaving, entering = (
        _union(actors, references) if references else analysis.universe.everyone for references in asked
    )
    rows = [
        ReachRow(
            relation.sources,
            relation.targets,
            groups.names(relation.sources),
            groups.names(relation.targets),
            told_states(relation.profile),
            tuple(
                sorted(
                    {
                        doubt
                        for _, state in relation.profile
                        if state.verdict is Verdict.UNKNOWN
                        for doubt in state.doubts
                    }
                )
            ),
        )
        for relation in gathered(relations(analysis, leaving, entering))
    ]
    ordered = sorted(rows, key=lambda row: (row.source_names, row.target_names, row.ports))
    return Reach(scene.mesh.name, tuple(ordered), analysis, leaving, entering)


def _union(actors: Actors, references: tuple[Reference, ...]) -> Bits:
    bits = 0
    for reference in references:
        bits |= actors.bits(reference)
    return bits
