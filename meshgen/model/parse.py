"""A source to a Mesh, or MG1xx problems."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from pydantic import ValidationError

from ..diagnostics import Problem, shown
from ..location import SourcePath
from ..rules.shape import UNSUPPORTED_FORMAT_VERSION, WRONG_TYPE
from ..source import AmbiguousText, Source
from .cluster import Cluster
from .crowds import crowds
from .finite import not_finite
from .later import Later
from .layers import inherited, laid, value_at
from .mesh import Mesh
from .node import Node

FORMAT_VERSION = 1

LIMIT = 2_000
"""Problems of one run; past it only their number would help nobody."""

_LISTS: dict[str, type[Node] | Later] = {
    "clusters": Cluster,
    "services": Later("service", "Service"),
    "workloads": Later("workload", "Workload"),
    "expect": Later("expect", "Expectation"),
    "ignore": Later("ignore", "Ignore"),
}
_POLICY_LISTS: dict[str, type[Node] | Later] = {
    "posture": Later("policy", "Posture"),
    "rules": Later("policy", "PolicyRule"),
    "raw": Later("policy", "Raw"),
}
_OCTAL = re.compile(r"[-+]?[0-7]+")


class InvalidMeshError(Exception):
    """The data is not a mesh; carries its problems, at most `LIMIT` and one that says so."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        super().__init__("invalid mesh")
        self.problems = list(islice(problems, LIMIT + 1))
        if len(self.problems) > LIMIT:
            message = f"more than {LIMIT:,} findings; the rest is left out"
            self.problems[LIMIT] = self.problems[LIMIT].rule.problem((), message)


def parse(source: Source) -> Mesh:
    """
    The mesh that a source describes, every cluster complete with what it inherits.

    Raises:
        InvalidMeshError: with every MG1xx problem of the file.

    """
    reading = _Reading(source)
    mesh = reading.mesh()
    reading.note(_format_version(source.data))
    reading.note(_not_finite(source))
    reading.note(_ambiguous(source, {problem.at for problem in reading.problems.values()}))
    if reading.problems:
        raise InvalidMeshError(reading.problems.values())
    return mesh


def _not_finite(source: Source) -> Iterator[Problem]:
    """Numbers that values of the chart cannot be."""
    yield from not_finite(source, ("clusterDefaults", "helmValues"))
    clusters = value_at(source.data, "clusters")
    for index in range(len(clusters) if isinstance(clusters, list) else 0):
        yield from not_finite(source, ("clusters", index, "helmValues"))


class _Reading:
    """
    Makes a mesh part by part, and goes on where a part is wrong.

    NOTE: pydantic gathers every error of what it validates before it tells the first; part by part,
    a hostile file of a megabyte does not make a gigabyte of them.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self.problems: dict[tuple[object, ...], Problem] = {}

    @property
    def full(self) -> bool:
        return len(self.problems) > LIMIT

    def note(self, problems: Iterator[Problem]) -> None:
        """Keep the problems; one that an alias carries to many paths is one."""
        for problem in problems:
            if self.full:
                return
            span = self._source.span(problem.at, on_key=problem.on_key)
            absent = None if self._source.contains(problem.at) else problem.at[-1:]
            self.problems.setdefault((problem.rule.code, span, absent), problem)

    def mesh(self) -> Mesh:
        data = self._source.data
        mesh: Mesh
        if not isinstance(data, dict):
            mesh = self.part(Mesh, (), data)
            return mesh
        if crowded := list(crowds(data)):
            raise InvalidMeshError(crowded)
        bare = dict(data)
        lists = _taken(bare, _LISTS)
        policies: dict[str, list[Any]] = {}
        if isinstance(data.get("policy"), dict):
            bare["policy"] = dict(data["policy"])
            policies = _taken(bare["policy"], _POLICY_LISTS)
        # NOTE: made first, since the schema of a mesh takes in what there is of its clusters' own.
        Cluster.model_rebuild()
        mesh = self.part(Mesh, (), bare)
        below = inherited(data, [problem.at for problem in self.problems.values()])
        if "clusters" in lists:
            lists["clusters"] = [laid(cluster, below) for cluster in lists["clusters"]]
        made: dict[str, Any] = {key: self.parts(_LISTS, (key,), items) for key, items in lists.items()}
        rules = {key: self.parts(_POLICY_LISTS, ("policy", key), items) for key, items in policies.items()}
        if mesh.policy is not None:
            made["policy"] = mesh.policy.model_copy(update=rules)
        return mesh.model_copy(update=made)

    def parts(
        self, kinds: dict[str, type[Node] | Later], path: tuple[str, ...], items: list[Any]
    ) -> tuple[Any, ...]:
        kind = _kind(kinds[path[-1]])
        return tuple([self.part(kind, (*path, index), item) for index, item in enumerate(items)])

    def part(self, kind: type[Node], path: SourcePath, data: Any) -> Any:
        """What the data mean, or a stand-in where that is a problem."""
        if not self.full:
            try:
                return kind.model_validate(data)
            except ValidationError as invalid:
                # NOTE: imported where it is needed: only where something is wrong.
                from .refusals import refusals

                self.note(refusals(self._source, path, data, invalid))
        return kind.model_construct()


def _taken(data: dict[str, Any], kinds: dict[str, type[Node] | Later]) -> dict[str, list[Any]]:
    """The lists of some data; a stand-in for their entries is left there, where a list must be."""
    lists = {key: data[key] for key in kinds if isinstance(data.get(key), list)}
    for key, items in lists.items():
        kind = kinds[key]
        if isinstance(kind, Later):
            del data[key]
        else:
            data[key] = [kind.model_construct()] if items else []
    return lists


def _kind(kind: type[Node] | Later) -> type[Node]:
    made: type[Node] = kind.kind if isinstance(kind, Later) else kind
    return made


def _format_version(data: Any) -> Iterator[Problem]:
    version = data.get("version") if isinstance(data, dict) else None
    if isinstance(version, int) and not isinstance(version, bool) and version != FORMAT_VERSION:
        yield UNSUPPORTED_FORMAT_VERSION.problem(
            ("version",),
            f"the file has format version {shown(version)}; this meshgen reads version {FORMAT_VERSION}",
            help=f"write version: {FORMAT_VERSION}",
        )


def _ambiguous(source: Source, reported: set[SourcePath]) -> Iterator[Problem]:
    for path, value, on_key in source.ambiguous():
        if any(path[:depth] in reported for depth in range(len(path) + 1)):
            continue
        if isinstance(value, AmbiguousText):
            raw: str = value
            message = f"{raw} is text to YAML 1.2 and a boolean to YAML 1.1"
            way_out = f'write "{raw}" for the text' + ("" if on_key else ", true or false for the boolean")
        else:
            raw = shown(source.raw(path))[1:-1]
            other = "octal" if _OCTAL.fullmatch(source.raw(path)) else "text"
            message = f"{raw} is decimal to YAML 1.2 and {other} to YAML 1.1"
            way_out = f'write {shown(int(value))} for the number, "{raw}" for the text'
        yield WRONG_TYPE.problem(path, message, help=way_out, on_key=on_key)
