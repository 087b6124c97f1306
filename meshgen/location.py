"""Where something stands: paths into mesh.yaml, and spans of its text."""

import posixpath
import re
from typing import NamedTuple

SourcePath = tuple[str | int, ...]
"""A route of keys and indexes into mesh.yaml, such as `("clusters", 1, "podCIDRs", 0)`."""

ROOT: SourcePath = ()

_LONGEST_KEY = 320
"""A label's key may have 317 characters."""

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
    """The path as people write it: `clusters[1].labels["a.b/c"]`; keys that are too long are cut."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
            continue
        key = step if len(step) <= _LONGEST_KEY else f"{step[:_LONGEST_KEY]}…"
        if _PLAIN_KEY.fullmatch(key):
            text += f".{key}" if text else key
        else:
            escaped = key.replace("\\", "\\\\").replace('"', '\\"')
            text += f'["{legible(escaped)}"]'
    return text


def legible(text: str) -> str:
    """The text on one line, with an escape for each character that a terminal would not show."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def beside(name: str, file: str) -> str:
    """
    A file that is named from where another one lies, called as that one is called.

    Also where that is in a revision: a file beside `main:mesh.yaml` is `main:policies/a.yaml`.
    """
    revision, colon, path = name.rpartition(":")
    return f"{revision}{colon}{posixpath.join(posixpath.dirname(path), file)}"
