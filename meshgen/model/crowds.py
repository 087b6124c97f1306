"""What is more than any mesh has: refused before each value is looked at, so that answers stay quick."""

from collections.abc import Iterator
from typing import Any

from ..diagnostics import Problem
from ..location import SourcePath, path_text
from ..rules.shape import BAD_VALUE

ENTRIES = {
    "clusters": 1_024,
    "services": 100_000,
    "workloads": 100_000,
    "expect": 100_000,
    "ignore": 10_000,
}
"""At most so many entries."""

POLICY_ENTRIES = {"posture": 10_000, "rules": 100_000, "raw": 1_000}
"""The same for the lists of `policy`."""

VALUES = 10_000
"""At most so many values in one cluster, service, rule or other entry, and in all that stands beside."""

INHERITED = 1_000_000
"""At most so many values once each cluster has its own copy of the defaults."""

_INHERITED_KEYS = frozenset({"cilium", "clusterDefaults"})
_ADDRESSES = frozenset({"nodeIPs", "serviceIPs"})


def crowds(data: dict[str, Any]) -> Iterator[Problem]:
    """The parts of a mesh.yaml that are too large to be meant."""
    rest = dict(data)
    policy = data.get("policy")
    if isinstance(policy, dict):
        rest["policy"] = dict(policy)
        yield from _crowded_lists(rest["policy"], POLICY_ENTRIES, ("policy",))
    yield from _crowded_lists(rest, ENTRIES, ())
    if len(rest) > VALUES:
        yield BAD_VALUE.problem((), f"the file has {len(rest):,} keys; at most {VALUES:,} are read")
        return
    entries = data.get("clusters")
    clusters = len(entries) if isinstance(entries, list) else 0
    for key, value in rest.items():
        yield from _too_large((key,), value, copies=clusters if key in _INHERITED_KEYS else 1)


def _crowded_lists(data: dict[str, Any], most: dict[str, int], above: SourcePath) -> Iterator[Problem]:
    """Lists with too many entries, and entries that are too large; takes the lists out of the data."""
    for key in [key for key in most if isinstance(data.get(key), list)]:
        entries = data.pop(key)
        if len(entries) > most[key]:
            yield _too_many((*above, key), f"has {len(entries):,} entries; at most {most[key]:,}")
        else:
            for index, entry in enumerate(entries):
                yield from _too_large((*above, key, index), entry)


def _too_large(path: SourcePath, value: Any, copies: int = 1) -> Iterator[Problem]:
    count = _values(value)
    if count > VALUES:
        yield _too_many(path, f"has {count:,} values; at most {VALUES:,}")
    elif count * copies > INHERITED:
        yield _too_many(path, f"has {count:,} values for each of {copies:,} clusters; at most {INHERITED:,}")


def _too_many(path: SourcePath, told: str) -> Problem:
    return BAD_VALUE.problem(path, f"{path_text(path)} {told} are read", on_key=True)


def _values(value: Any) -> int:
    """How many values there are at all depths, addresses left out: those are looked at as one."""
    if isinstance(value, dict):
        return sum(1 + _values(item) for key, item in value.items() if key not in _ADDRESSES)
    return sum(1 + _values(item) for item in value) if isinstance(value, list) else 0
