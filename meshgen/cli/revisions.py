"""Meshes out of Git: mesh.yaml and what lies beside it, as they are in a revision."""

import os
import subprocess
from functools import cached_property

from .commits import FILES, FOLDER, Commit, Entry, OutsideError
from .input import MeshFile, read_mesh
from .run import CannotRunError

_YAML = (".yaml", ".yml")

_NEITHER = "there is neither such a file nor such a revision"


class Revision:
    """
    The folder of a mesh.yaml in a revision of the repository around it.

    Files are read through one `git cat-file`, since a mesh with certificates has thousands of them.
    """

    def __init__(self, name: str, folder: str) -> None:
        self.name = name
        self._folder = folder or "."
        self.commit = self._git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        # NOTE: to Git, ^main is whatever main is not: it is verified, and names no commit.
        if self.commit.startswith("^"):
            message = f"cannot read {name!r}: {_NEITHER}"
            raise CannotRunError(message)
        self._prefix = self._git("rev-parse", "--show-prefix")
        self._tree = Commit(self.commit, self._object)
        self._read: dict[str, bytes | None] = {}

    def _git(self, *arguments: str) -> str:
        try:
            done = subprocess.run(
                ["git", "-C", self._folder, *arguments],
                capture_output=True,
                check=False,
                stdin=subprocess.DEVNULL,
            )
        except OSError as failed:
            message = f"cannot read the revision {self.name!r}: git could not be run: {failed.strerror}"
            raise CannotRunError(message) from None
        if done.returncode:
            told = (
                done.stderr.decode("utf-8", "replace").strip().removeprefix("fatal: ").removeprefix("error: ")
            )
            reason = (
                "there is no such file, and no Git repository"
                if told.startswith("not a git repository")
                else told or _NEITHER
            )
            message = f"cannot read {self.name!r}: {reason}"
            raise CannotRunError(message)
        return done.stdout.decode("utf-8", "surrogateescape").removesuffix("\n")

    @cached_property
    def _reader(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            ["git", "-C", self._folder, "cat-file", "--batch"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def read(self, path: str) -> bytes | None:
        """A file by its path relative to mesh.yaml; None where there is none."""
        if path not in self._read:
            self._read[path] = self._content(path)
        return self._read[path]

    def scan(self, path: str) -> bytes | None:
        """A file that is looked at once; None where there is none, or a symbolic link."""
        return self._content(path, follow=False)

    def names(self, path: str) -> list[str]:
        """The names in a folder, sorted; a folder's own end with a slash."""
        folder = self._found(path)
        if folder is None or folder.mode != FOLDER:
            return []
        return sorted(name + "/" * (each.mode == FOLDER) for name, each in self._tree.entries(folder).items())

    def _content(self, path: str, *, follow: bool = True) -> bytes | None:
        entry = self._found(path, follow=follow)
        return self._object(entry.object) if entry is not None and entry.mode in FILES else None

    def _found(self, path: str, *, follow: bool = True) -> Entry | None:
        place = self._prefix + path
        if os.path.normpath(place).startswith("../"):
            return None
        try:
            return self._tree.find(place, follow=follow)
        except OutsideError as outside:
            message = (
                f"cannot read {place} in the revision {self.name!r}: "
                f"a symbolic link leads out of the repository, to {outside.target}"
            )
            raise CannotRunError(message) from None

    def _object(self, name: str) -> bytes:
        assert self._reader.stdin is not None, "both are pipes"
        assert self._reader.stdout is not None, "both are pipes"
        self._reader.stdin.write(f"{name}\n".encode())
        self._reader.stdin.flush()
        # NOTE: a line of object, type and size; of what is missing or broken, it is shorter.
        head = self._reader.stdout.readline().split()
        if len(head) != 3:  # noqa: PLR2004 - see above
            message = f"cannot read the revision {self.name!r}: its object {name} is missing or broken"
            raise CannotRunError(message)
        return self._reader.stdout.read(int(head[2]) + 1)[:-1]

    def close(self) -> None:
        """End the reading, if it was begun."""
        if "_reader" in self.__dict__:
            self._reader.communicate()


def mesh_at(name: str, mesh: str) -> MeshFile:
    """
    One side of a change: a file or a folder if there is one of that name, else a revision.

    `mesh` is the path of mesh.yaml; the revision is that of the repository around it.

    Raises:
        CannotRunError: when there is neither, when there are both, or it cannot be read.

    """
    folder, base = os.path.split(mesh)
    if os.path.exists(name):
        if not name.endswith(_YAML) and _is_revision(name, folder):
            message = f"{name!r} is both a file and a revision: write ./{name} for the file"
            raise CannotRunError(message)
        return read_mesh(os.path.join(name, base) if os.path.isdir(name) else name)
    revision = Revision(name, folder)
    try:
        content = revision.read(base)
    except CannotRunError:
        revision.close()
        raise
    if content is None:
        revision.close()
        message = f"there is no {mesh} in the revision {name!r}"
        raise CannotRunError(message)
    shown = f"{name}:{mesh}"
    return MeshFile(content=content, shown=shown, name=base, folder=folder, beside=revision)


def _is_revision(name: str, folder: str) -> bool:
    """Whether Git knows a name; without Git, or outside of a repository, it knows none."""
    try:
        Revision(name, folder)
    except CannotRunError:
        return False
    return True
