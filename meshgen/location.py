"""Where something stands: paths into mesh.yaml, and spans of its text."""

import re
from typing import NamedTuple

SourcePath = tuple[str | int, ...]
"""A route of keys and indexes into mesh.yaml, such as `("clusters", 1, "podCIDRs", 0)`."""

ROOT: SourcePath = ()

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


class Position(NamedTuple):
    """A place in a text; line and column count from 1, columns in characters."""

    line: int
    column: int


class Span(NamedTuple):
    """A stretch of text; `end` is the place after its last character."""

    start: Position
    end: Position


def path_text(path: SourcePath) -> str:
    """The path as people write it: `clusters[1].labels["a.b/c"]`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _PLAIN_KEY.fullmatch(step):
            text += f".{step}" if text else step
        else:
            escaped = step.replace("\\", "\\\\").replace('"', '\\"')
            text += f'["{escaped}"]'
    return text
