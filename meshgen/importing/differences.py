"""How values differ: what is left of some without others, what many have in common, what changes."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple

from .found import Path

ChangeKind = Literal["adds", "changes", "drops", "orders"]
"""What meshgen does to a value; `orders` where only the order of a list is another."""


class Change(NamedTuple):
    """One value of a cluster's chart that becomes another."""

    cluster: str
    kind: ChangeKind
    path: Path
    before: Any = None
    after: Any = None


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same data; true is not 1."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def same_set(one: Any, other: Any) -> bool:
    """Whether two lists of texts have the same members."""
    lists = isinstance(one, list) and isinstance(other, list)
    return lists and {str(item) for item in one} == {str(item) for item in other}


def minus(given: dict[str, Any], made: dict[str, Any]) -> dict[str, Any]:
    """What must be laid over `made` to have all of `given`; lists that differ in their order are left out."""
    left: dict[str, Any] = {}
    for key, value in given.items():
        if key not in made:
            left[key] = value
        elif isinstance(value, dict) and isinstance(made[key], dict):
            if deeper := minus(value, made[key]):
                left[key] = deeper
        elif not same(value, made[key]) and not same_set(value, made[key]):
            left[key] = value
    return left


def common(many: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What all have in common; nothing where there is only one."""
    first, *rest = many or [{}]
    if not rest:
        return {}
    shared: dict[str, Any] = {}
    for key, value in first.items():
        if not all(key in other for other in rest):
            continue
        others = [other[key] for other in rest]
        if all(same(value, other) for other in others):
            shared[key] = value
        elif all(isinstance(other, dict) for other in (value, *others)) and (
            deeper := common([value, *others])
        ):
            shared[key] = deeper
    return shared


def without(data: dict[str, Any], path: Path) -> dict[str, Any]:
    """The data without the value at a path; mappings that are then empty go with it."""
    key, *rest = path
    if key not in data:
        return data
    if rest and isinstance(data[key], dict):
        deeper = without(data[key], tuple(rest))
        if deeper or not data[key]:
            return {**data, key: deeper}
    elif rest:
        return data
    return {name: value for name, value in data.items() if name != key}


def leaves(data: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value that is no mapping, or an empty one, with its path."""
    if isinstance(data, dict) and data:
        for key, value in data.items():
            yield from leaves(value, (*path, key))
    elif path:
        yield path, data


def changes(cluster: str, given: Any, made: Any, path: Path = ()) -> Iterator[Change]:
    """What becomes of the given values, sorted by path."""
    if isinstance(given, dict) and isinstance(made, dict):
        for key in sorted(given.keys() | made.keys()):
            below = (*path, key)
            if key not in made:
                yield from (Change(cluster, "drops", at, value) for at, value in leaves(given[key], below))
            elif key not in given:
                yield from (
                    Change(cluster, "adds", at, after=value) for at, value in leaves(made[key], below)
                )
            else:
                yield from changes(cluster, given[key], made[key], below)
    elif not same(given, made):
        yield Change(cluster, "changes", path, given, made)
