"""Reading mesh.yaml and the files beside it."""

import os
import sys
from dataclasses import dataclass

from ..source import MAX_BYTES
from .run import CannotRunError

_MAX_SECRET = 1024 * 1024
"""https://kubernetes.io/docs/concepts/configuration/secret/#restriction-data-size"""


@dataclass(frozen=True, kw_only=True)
class MeshFile:
    """A mesh.yaml as bytes: how it is called in findings, its base name, and its folder."""

    content: bytes
    shown: str
    name: str
    folder: str

    def read_beside(self, path: str) -> bytes | None:
        """
        A file by its path relative to mesh.yaml; None where there is none.

        Raises:
            CannotRunError: when it is larger than any Secret.

        """
        full = os.path.join(self.folder, path)
        # NOTE: a FIFO would keep the build waiting, hence isfile. It follows links, as mounted Secrets need.
        if "\0" in path or not os.path.isfile(full):
            return None
        with open(full, "rb") as file:
            content = file.read(_MAX_SECRET + 1)
        if len(content) > _MAX_SECRET:
            message = f"{full} is larger than a Secret can be (1 MiB)"
            raise CannotRunError(message)
        return content


def read_mesh(path: str) -> MeshFile:
    """
    Read a mesh.yaml, or standard input for `-`.

    Raises:
        CannotRunError: when it cannot be read.

    """
    if path == "-":
        content = sys.stdin.buffer.read(MAX_BYTES + 1)
        return MeshFile(content=content, shown="<stdin>", name="mesh.yaml", folder="")
    try:
        with open(path, "rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        told = error.strerror if isinstance(error, OSError) else str(error)
        message = f"cannot read {path!r}: {told}"
        raise CannotRunError(message) from None
    folder, name = os.path.split(path)
    return MeshFile(content=content, shown=path, name=name, folder=folder)
