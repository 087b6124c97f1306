"""Reading mesh.yaml and the files beside it."""

import os
import sys
from dataclasses import dataclass

from ..source import MAX_BYTES
from .run import CannotRunError


@dataclass(frozen=True, kw_only=True)
class MeshFile:
    """A mesh.yaml as bytes: how it is called in findings, its base name, and its folder."""

    content: bytes
    shown: str
    name: str
    folder: str

    def read_beside(self, path: str) -> bytes | None:
        """A file by its path relative to mesh.yaml; None where there is none."""
        try:
            with open(os.path.join(self.folder, path), "rb") as file:
                return file.read()
        except (FileNotFoundError, NotADirectoryError):
            return None


def read_mesh(path: str) -> MeshFile:
    """
    Read a mesh.yaml, or standard input for `-`.

    Raises:
        CannotRunError: when it cannot be read.

    """
    if path == "-":
        content = sys.stdin.buffer.read(MAX_BYTES + 1)
        return MeshFile(content=content, shown="<stdin>", name="mesh.yaml", folder=".")
    try:
        with open(path, "rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        told = error.strerror if isinstance(error, OSError) else str(error)
        message = f"cannot read {path!r}: {told}"
        raise CannotRunError(message) from None
    folder, name = os.path.split(path)
    return MeshFile(content=content, shown=path, name=name, folder=folder or ".")
