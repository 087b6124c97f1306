"""Where what decides is written: file and line, in mesh.yaml or in a file of policies."""

from typing import NamedTuple

from ..location import SourcePath, beside
from ..model.layers import written
from ..reachability.reasons import Decider
from ..source import Source


class Place(NamedTuple):
    """A place in a file, lines and columns from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Places:
    """The places of one side of a change."""

    def __init__(self, source: Source, name: str) -> None:
        self._source = source
        self._name = name

    def at(self, path: SourcePath) -> Place:
        """The place of a path in mesh.yaml."""
        start = self._source.span(written(self._source, path)).start
        return Place(self._name, start.line, start.column)

    def of(self, decider: Decider) -> Place:
        """The place of a rule: in its own file, or of what it was compiled from."""
        if decider.raw is None:
            return self.at(decider.at)
        start = decider.raw.source.span(decider.rule).start
        return Place(beside(self._name, decider.raw.file), start.line, start.column)
