"""The folder of mesh.yaml, as whoever reads it gives it."""

from typing import Protocol, runtime_checkable


class TooLargeError(Exception):
    """A file is larger than whatever it may become a part of."""


class Folder(Protocol):
    """Files beside mesh.yaml."""

    def read(self, path: str) -> bytes | None:
        """A file by its path relative to mesh.yaml, or None where there is none."""

    def scan(self, path: str) -> bytes | None:
        """A file that is looked at once and not kept; None where there is none, or a symbolic link."""

    def names(self, path: str) -> list[str]:
        """The names in a folder, sorted; a folder's own end with a slash. Empty where there is none."""


@runtime_checkable
class OnDisk(Protocol):
    """A folder whose links may lead anywhere; a revision of Git has none that leads out of it."""

    def leads_out(self, path: str) -> bool:
        """Whether a file is, by way of a symbolic link, outside of the folder."""
