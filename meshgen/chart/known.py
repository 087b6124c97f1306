"""Which values a version of the chart would use, and since when or until when others were used."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from ..cilium.version import Version
from .keys import FIRST, LAST, Keys, keys_of
from .unlisted import FREE, UNLISTED
from .unlisted import LAST as GONE

Path = tuple[str, ...]

_MINORS = tuple(Version(FIRST.major, minor) for minor in range(FIRST.minor, LAST.minor + 1))


@cache
def accepted(minor: tuple[int, int]) -> Keys:
    """The values of a minor line, with those that its values.yaml does not list; empty where unknown."""
    listed = keys_of(minor)
    tree = _copy(listed)
    for name in UNLISTED if listed else ():
        if name not in GONE or minor <= GONE[name][:2]:
            _add(tree, tuple(name.split(".")))
    return tree


def _copy(keys: Keys) -> dict[str, Any]:
    return {key: _copy(below) if isinstance(below, dict) else below for key, below in keys.items()}


def _add(tree: dict[str, Any], path: Path) -> None:
    """Lay a value into the tree; below one that takes anything there is nothing to add."""
    for step in path[:-1]:
        below = tree.setdefault(step, {})
        if not isinstance(below, dict):
            return
        tree = below
    tree.setdefault(path[-1], None)


def unknown(version: Version, values: Mapping[str, Any]) -> Iterator[Path]:
    """The paths of values that the chart of a version drops, each as short as possible."""
    yield from _unknown(accepted(version[:2]), values, ())


def _unknown(keys: Keys, values: Mapping[str, Any], path: Path) -> Iterator[Path]:
    for key, value in values.items():
        if key not in keys:
            yield (*path, key)
        elif isinstance(value, dict) and isinstance(keys[key], dict) and key not in FREE:
            yield from _unknown(keys[key], value, (*path, key))


def misfits(version: Version, values: Mapping[str, Any]) -> Iterator[Path]:
    """
    The paths of values that are no mapping where the chart of a version has one with keys of its own.

    Null is none of them: Helm takes it as the wish to drop what is below.
    Source: helm, pkg/chart/common/util/coalesce.go, coalesceTablesFullKey: the user's value stays.
    """
    yield from _misfits(accepted(version[:2]), values, ())


def _misfits(keys: Keys, values: Mapping[str, Any], path: Path) -> Iterator[Path]:
    for key, value in values.items():
        below = keys.get(key)
        if not isinstance(below, dict) or key in FREE:
            continue
        if isinstance(value, dict):
            yield from _misfits(below, value, (*path, key))
        elif value is not None:
            yield (*path, key)


def takes(minor: tuple[int, int], path: Path) -> bool:
    """Whether a minor line has a value, or one above it that takes anything."""
    keys: Any = accepted(minor)
    for step in path:
        if not isinstance(keys, dict):
            return True
        if step not in keys:
            return False
        if step in FREE:
            return True
        keys = keys[step]
    return True


def first_after(version: Version, path: Path) -> Version | None:
    """The first minor line after a version's that has a value."""
    later = (minor for minor in _MINORS if minor[:2] > version[:2])
    return next((minor for minor in later if takes(minor[:2], path)), None)


def last_before(version: Version, path: Path) -> Version | None:
    """The last minor line before a version's that had a value."""
    earlier = (minor for minor in reversed(_MINORS) if minor[:2] < version[:2])
    return next((minor for minor in earlier if takes(minor[:2], path)), None)


def siblings(version: Version, path: Path) -> tuple[str, ...]:
    """The values beside one, by their own names."""
    keys: Any = accepted(version[:2])
    for step in path[:-1]:
        keys = keys[step]
    return tuple(keys)


@cache
def named(minor: tuple[int, int], name: str) -> tuple[Path, ...]:
    """Every value of a minor line that has a name, wherever it stands."""
    return tuple(_named(accepted(minor), name, ()))


def _named(keys: Keys, name: str, path: Path) -> Iterator[Path]:
    for key, below in keys.items():
        if key == name:
            yield (*path, key)
        if isinstance(below, dict):
            yield from _named(below, name, (*path, key))
