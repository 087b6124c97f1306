"""Reading mesh.yaml and the files beside it."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from ..source import MAX_BYTES
from .run import CannotRunError

_MAX_SECRET = 1024 * 1024
"""https://kubernetes.io/docs/concepts/configuration/secret/#restriction-data-size"""


class MeshFile(NamedTuple):
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
        if not os.path.isfile(full):
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
        return MeshFile(content=_standard_input(), shown="<stdin>", name="mesh.yaml", folder="")
    with _failing_on(repr(path)), open(path, "rb") as file:
        content = file.read(MAX_BYTES + 1)
    folder, name = os.path.split(path)
    return MeshFile(content=content, shown=_text(path), name=_text(name), folder=folder)


def _standard_input() -> bytes:
    if sys.stdin is None:
        message = "cannot read standard input: it is closed"
        raise CannotRunError(message)
    with _failing_on("standard input"):
        return sys.stdin.buffer.read(MAX_BYTES + 1)


@contextmanager
def _failing_on(called: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        told = error.strerror if isinstance(error, OSError) else str(error)
        message = f"cannot read {called}: {told}"
        raise CannotRunError(message) from None


def _text(path: str) -> str:
    """A path as text; bytes that are not UTF-8 are replaced, since reports and files are UTF-8."""
    return os.fsencode(path).decode("utf-8", "replace")
