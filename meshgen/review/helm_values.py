"""Changed values of `helmValues`, leaf by leaf, and how a value is shown to those who review it."""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from ..chart.secrets import passwords
from ..location import SourcePath
from ..redaction import presentable
from .changes import HIDDEN

ABSENT = "absent"
"""What stands for a value that is not written; a text has quotes."""

_LONGEST = 80
_WORDS = r"pass(?:word|wd|phrase)|secret|token|credential|private|key"
_PRIVATE = re.compile(rf"(?:{_WORDS})", re.IGNORECASE)
# What follows such a word in one text, as in an argument of a program or a connection string.
_ASSIGNED = re.compile(rf"(?:{_WORDS})\w{{0,40}}[\"']?\s{{0,4}}[=:]", re.IGNORECASE)


class ChangedValue(NamedTuple):
    """A leaf that is another, with its path from `helmValues`."""

    path: SourcePath
    before: str
    after: str


def changed_values(before: dict[str, Any], after: dict[str, Any]) -> Iterator[ChangedValue]:
    """Every leaf that is another, those of `after` first, in the order of mesh.yaml."""
    was, is_now = (_shown_leaves(values) for values in (before, after))
    for path in dict.fromkeys((*is_now, *was)):
        old, new = was.get(path), is_now.get(path)
        if old is None or new is None or old.text != new.text:
            yield ChangedValue(path, old.shown if old else ABSENT, new.shown if new else ABSENT)


def shown(text: str) -> str:
    """A text without what must not be shown; `not shown` where that is all of it."""
    return presentable(text, HIDDEN)


class _Leaf(NamedTuple):
    """A value as JSON, so that a text differs from the number that it looks like."""

    text: str
    private: bool

    @property
    def shown(self) -> str:
        told = HIDDEN if self.private or _ASSIGNED.search(self.text) else shown(self.text)
        return told if len(told) <= _LONGEST else f"{told[: _LONGEST - 1]}…"


def _shown_leaves(values: dict[str, Any]) -> dict[SourcePath, _Leaf]:
    """The leaves by path; what `meshgen check` takes for a password is private, too."""
    told = set(passwords(values))
    return {
        path: leaf._replace(private=leaf.private or any(one[: len(path)] == path for one in told))
        for path, leaf in _leaves(values, ())
    }


def _leaves(value: Any, path: SourcePath, *, private: bool = False) -> Iterator[tuple[SourcePath, _Leaf]]:
    """
    The leaves below a value; a list is one, unless it has mappings, and an empty mapping says nothing.

    A key or, as in the environment of a container, a name beside `value` tells that a value is private;
    what names another object and what is true or false is not.
    """
    if isinstance(value, dict):
        named = isinstance(name := value.get("name"), str) and _PRIVATE.search(name)
        for key, below in value.items():
            tells = _PRIVATE.search(key) or (key == "value" and named)
            hidden = (private or bool(tells)) and not key.lower().endswith("name")
            yield from _leaves(below, (*path, key), private=hidden)
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for index, item in enumerate(value):
            yield from _leaves(item, (*path, index), private=private)
    else:
        text = json.dumps(value, ensure_ascii=False, default=str)
        yield path, _Leaf(text, private and not isinstance(value, bool))
