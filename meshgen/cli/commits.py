"""The files of a commit, found as a file system finds them: through symbolic links, but never out of it."""

from collections.abc import Callable
from typing import NamedTuple

FOLDER, LINK, FILES = b"40000", b"120000", (b"100644", b"100755")
"""Modes as Git writes them: https://git-scm.com/docs/git-fast-import#_filemodify"""

_MOST_LINKS = 40
"""As Linux has it: https://man7.org/linux/man-pages/man7/path_resolution.7.html"""


class Entry(NamedTuple):
    """What stands behind a name: its mode, and the object that has its content."""

    mode: bytes
    object: str


class OutsideError(Exception):
    """A symbolic link leads out of a commit, where nobody can know what was there."""

    def __init__(self, target: str) -> None:
        super().__init__(target)
        self.target = target


class Commit:
    """A commit by its ID; `content` gives what is in an object."""

    def __init__(self, commit: str, content: Callable[[str], bytes]) -> None:
        self._root = Entry(FOLDER, f"{commit}^{{tree}}")
        self._id_size = len(commit) // 2
        self._content = content
        self._folders: dict[str, dict[str, Entry]] = {}

    def find(self, path: str, *, follow: bool = True) -> Entry | None:
        """
        What a path stands for; None where there is nothing.

        With `follow` also the last name is no link, and what it leads to is given.

        Raises:
            OutsideError: when a link, or the path itself, leads out of the commit.

        """
        way = [self._root]
        left = path.split("/")[::-1]
        targets = [path]
        while left:
            name = left.pop()
            if name == "..":
                way.pop()
                if not way:
                    raise OutsideError(targets[-1])
            elif name not in {"", "."}:
                entry = self.entries(way[-1]).get(name)
                if entry is not None and entry.mode == FOLDER:
                    way.append(entry)
                elif entry is None or entry.mode != LINK or not (left or follow):
                    return None if left else entry
                elif len(targets) > _MOST_LINKS:
                    return None
                else:
                    targets.append(self._target(entry))
                    left += targets[-1].split("/")[::-1]
        return way[-1]

    def _target(self, link: Entry) -> str:
        target = self._content(link.object).decode("utf-8", "surrogateescape")
        if target.startswith("/"):
            raise OutsideError(target)
        return target

    def entries(self, folder: Entry) -> dict[str, Entry]:
        """What is in a folder, by name."""
        if folder.object not in self._folders:
            self._folders[folder.object] = self._parsed(self._content(folder.object))
        return self._folders[folder.object]

    def _parsed(self, tree: bytes) -> dict[str, Entry]:
        """A tree's entries: mode, space, name, NUL, and the ID of the object as bytes."""
        found = {}
        at = 0
        while at < len(tree):
            space = tree.index(b" ", at)
            end = tree.index(b"\0", space)
            name = tree[space + 1 : end].decode("utf-8", "surrogateescape")
            found[name] = Entry(tree[at:space], tree[end + 1 : end + 1 + self._id_size].hex())
            at = end + 1 + self._id_size
        return found
