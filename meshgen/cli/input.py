"""Reading mesh.yaml and the files beside it."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from ..source import MAX_BYTES
from ..trust.folder import Folder, TooLargeError
from ..trust.lock import LOCK
from .pipes import read_patiently
from .run import CannotRunError

_MIB = 1024 * 1024
"""What a Secret takes: https://kubernetes.io/docs/concepts/configuration/secret/#restriction-data-size"""

_USUAL = 32 * 1024

_START = " (meshgen init writes one; name one that is elsewhere as MESH)"
"""What is said where there is no file of the usual name."""

_MAX_LOCK = 128 * _MIB
"""In the guide's layout every cluster has a seal for every cluster: 511 of them make 90 MiB."""


class MeshFile(NamedTuple):
    """A mesh.yaml as bytes: how it is called in findings, its base name, its folder and what lies there."""

    content: bytes
    shown: str
    name: str
    folder: str
    beside: Folder


class LargeFileError(CannotRunError, TooLargeError):
    """A file that no Secret could hold; whoever knows where it is named may say so there."""


class Beside:
    """The folder of mesh.yaml; each file is read once."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._read: dict[str, bytes | None] = {}

    def read(self, path: str) -> bytes | None:
        """
        A file by its path relative to mesh.yaml; None where there is none.

        Raises:
            LargeFileError: when it is larger than any Secret.

        """
        if path not in self._read:
            self._read[path] = self._content(path)
        return self._read[path]

    def scan(self, path: str) -> bytes | None:
        """
        A file that is looked at once and not kept; None where there is none, or a symbolic link.

        Raises:
            LargeFileError: when it is larger than any Secret.

        """
        if os.path.islink(os.path.join(self._folder, path)):
            return None
        return self._read[path] if path in self._read else self._content(path)

    def _content(self, path: str) -> bytes | None:
        full = os.path.join(self._folder, path)
        # NOTE: a FIFO would keep the build waiting, hence isfile. It follows links, as mounted Secrets need.
        if not os.path.isfile(full):
            return None
        limit, what = (_MAX_LOCK, "any lock") if path == LOCK else (_MIB, "a Secret can be")
        with open(full, "rb") as file:
            # NOTE: most files are small, and room for all that may be read takes longer than the file.
            content = file.read(_USUAL)
            if len(content) == _USUAL:
                content += file.read(limit + 1 - _USUAL)
        if len(content) > limit:
            message = f"{full} is larger than {what} ({limit // _MIB} MiB)"
            raise LargeFileError(message)
        return content

    def leads_out(self, path: str) -> bool:
        """Whether a file is, by way of a symbolic link, outside of the folder."""
        folder = os.path.realpath(self._folder or ".")
        return not os.path.realpath(os.path.join(folder, path)).startswith(os.path.join(folder, ""))

    def names(self, path: str) -> list[str]:
        """The names in a folder, sorted; a folder's own end with a slash. Empty where there is none."""
        full = os.path.join(self._folder, path)
        # NOTE: isdir is false for a name that cannot be one, where scandir raises.
        if not os.path.isdir(full):
            return []
        with os.scandir(full) as found:
            return sorted(entry.name + "/" * entry.is_dir(follow_symlinks=False) for entry in found)


def read_mesh(path: str) -> MeshFile:
    """
    Read a mesh.yaml, or standard input for `-`.

    Raises:
        CannotRunError: when it cannot be read.

    """
    content = read_file(path, MAX_BYTES + 1, _START if path == "mesh.yaml" else "")
    if path == "-":
        return MeshFile(content=content, shown="<stdin>", name="mesh.yaml", folder="", beside=Beside(""))
    folder, name = os.path.split(path)
    return MeshFile(
        content=content, shown=_text(path), name=_text(name), folder=folder, beside=Beside(folder)
    )


def read_file(path: str, at_most: int, if_missing: str = "") -> bytes:
    """
    The first bytes of a file, or of standard input for `-`.

    `if_missing` is said besides where there is no such file.

    Raises:
        CannotRunError: when it cannot be read, or is a pipe into which nobody writes.

    """
    if path == "-" and sys.stdin is None:
        message = "cannot read standard input: it is closed"
        raise CannotRunError(message)
    with _failing_on("standard input" if path == "-" else repr(path), if_missing):
        return sys.stdin.buffer.read(at_most) if path == "-" else read_patiently(path, at_most)


@contextmanager
def _failing_on(called: str, if_missing: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        told = error.strerror if isinstance(error, OSError) else str(error)
        more = if_missing if isinstance(error, FileNotFoundError) else ""
        message = f"cannot read {called}: {told}{more}"
        raise CannotRunError(message) from None


def _text(path: str) -> str:
    """A path as text; bytes that are not UTF-8 are replaced, since reports and files are UTF-8."""
    return os.fsencode(path).decode("utf-8", "replace")
