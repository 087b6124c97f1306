"""A draft as a mesh, with stand-ins for what is not known yet."""

from copy import deepcopy
from typing import Any

from ..diagnostics import Problem
from ..model import Mesh
from ..model.parse import InvalidMeshError, parse
from ..source import Source, Text
from .drafting import Draft

STAND_IN = "192.0.2.0/24"
"""PodCIDRs of a cluster whose own are not known: a block for documentation (RFC 5737), never written."""


def mesh_of(draft: Draft, *, helm_values: bool) -> Mesh:
    """
    The mesh that a draft describes.

    Raises:
        InvalidMeshError: when it is none even with stand-ins.

    """
    data = deepcopy(draft.data)
    if not helm_values and isinstance(data.get("clusterDefaults"), dict):
        data["clusterDefaults"].pop("helmValues", None)
    for index, cluster in enumerate(data["clusters"]):
        given = draft.effective(index)
        for key, value in (("id", 1), ("provider", "generic"), ("podCIDRs", [STAND_IN])):
            if key not in given:
                cluster[key] = value
        if not helm_values:
            cluster.pop("helmValues", None)
    return parse(_source(data))


def _source(data: dict[str, Any]) -> Source:
    return Source("mesh.yaml", Text(""), data, 0, has_ambiguous=False)


def refused(draft: Draft) -> list[tuple[str, Problem]]:
    """
    Take back what the model does not accept; gives where it stood, and why.

    Raises:
        InvalidMeshError: for what was written before and not by this draft.

    """
    told: list[tuple[str, Problem]] = []
    while True:
        try:
            mesh_of(draft, helm_values=False)
        except InvalidMeshError as invalid:
            before = len(told)
            for problem in invalid.problems:
                told += _taken_back(draft, problem)
            if len(told) == before:
                raise
        else:
            return told


def _taken_back(draft: Draft, problem: Problem) -> list[tuple[str, Problem]]:
    for path in sorted(draft.edits, key=len, reverse=True):
        if problem.at[: len(path)] == path and path[-1] not in {"version", "name"}:
            draft.take_back(path)
            cluster = draft.clusters[path[1]] if path[0] == "clusters" and isinstance(path[1], int) else {}
            place = [f"clusters.{cluster['name']}", *path[2:]] if cluster else list(path)
            return [(".".join(map(str, place)), problem)]
    return []
