"""Which files of the output tree a change adds, changes and removes, cluster by cluster."""

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple


class FileChanges(NamedTuple):
    """The files of one cluster, or of none (the empty name), relative to its folder."""

    cluster: str
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]

    @property
    def total(self) -> int:
        """How many there are."""
        return len(self.added) + len(self.changed) + len(self.removed)


def file_changes(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[FileChanges, ...]:
    """What differs between two trees: paths to what stands there, whatever it is, if it can be compared."""
    found: dict[str, tuple[list[str], list[str], list[str]]] = defaultdict(lambda: ([], [], []))
    for path in sorted(before.keys() | after.keys()):
        cluster, slash, rest = path.partition("/")
        # NOTE: a folder that begins with `_` is of the whole mesh.
        whole = not slash or cluster.startswith("_")
        lists = found["" if whole else cluster]
        place = path if whole else rest
        if path not in before:
            lists[0].append(place)
        elif path not in after:
            lists[2].append(place)
        elif before[path] != after[path]:
            lists[1].append(place)
    return tuple(
        FileChanges(cluster, *map(tuple, lists)) for cluster, lists in sorted(found.items()) if any(lists)
    )
