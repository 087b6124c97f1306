"""A line of what the chart's values have to be."""

from typing import Any, NamedTuple

from ..location import SourcePath, path_text
from .known import Path

EMPTY: tuple[Any, ...] = (None, "", [], {})
_LEAVE_OUT = "leave it out of helmValues: meshgen writes it"


class Said(NamedTuple):
    """
    What a value has to be, and the key that says so; blocks of addresses are a frozenset.

    `unset` is what the chart makes of a value that is empty, `against` what a message says of another one;
    `by_default` says that the key is not written.
    """

    path: Path
    wanted: Any
    at: SourcePath
    unset: Any = None
    against: str = ""
    way_out: str = _LEAVE_OUT
    by_default: bool = False

    @property
    def key(self) -> str:
        """The key in mesh.yaml, without its cluster."""
        return path_text(self.at[2:] if self.at[0] == "clusters" else self.at)

    @property
    def written(self) -> SourcePath | None:
        """Where the key is written."""
        return None if self.by_default else self.at
