"""Changes to the files beside mesh.yaml, and the folder as it will be once they are made."""

from collections import defaultdict
from dataclasses import dataclass, field

from .folder import Folder


@dataclass(frozen=True, kw_only=True)
class Changes:
    """
    Files to write, in this order, and to remove (None).

    `made` are the private keys that lie in these files only sealed: what they are good for is done while
    they are in memory. `notes` is what to tell.
    """

    files: dict[str, bytes | None] = field(default_factory=dict)
    made: dict[str, bytes] = field(default_factory=dict, repr=False)
    notes: tuple[str, ...] = ()

    def then(self, *more: "Changes") -> "Changes":
        """All of them, one after the other."""
        steps = (self, *more)
        return Changes(
            files={path: content for step in steps for path, content in step.files.items()},
            made={path: key for step in steps for path, key in step.made.items()},
            notes=tuple(note for step in steps for note in step.notes),
        )


class Overlay:
    """A folder with changes laid over it."""

    def __init__(self, below: Folder, changes: Changes) -> None:
        self._below = below
        self._files = changes.files
        self._added: dict[str, set[str]] = defaultdict(set)
        self._removed: dict[str, set[str]] = defaultdict(set)
        for path, content in self._files.items():
            folder, _, name = path.rpartition("/")
            if content is None:
                self._removed[folder].add(name)
            else:
                self._add(folder, name)

    def _add(self, folder: str, name: str) -> None:
        """A name in a folder, and the folder itself in the one above."""
        if name not in self._added[folder]:
            self._added[folder].add(name)
            if folder:
                above, _, own = folder.rpartition("/")
                self._add(above, f"{own}/")

    def read(self, path: str) -> bytes | None:
        """A file as it will be."""
        return self._files[path] if path in self._files else self._below.read(path)

    def scan(self, path: str) -> bytes | None:
        """A file as it will be, not kept; a symbolic link is none."""
        return self._files[path] if path in self._files else self._below.scan(path)

    def names(self, path: str) -> list[str]:
        """The names in a folder as they will be."""
        before = set(self._below.names(path)).difference(self._removed.get(path, ()))
        return sorted(before.union(self._added.get(path, ())))
