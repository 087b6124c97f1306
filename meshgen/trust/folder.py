"""The folder of mesh.yaml, as whoever reads it gives it."""

from typing import Protocol


class Folder(Protocol):
    """Files beside mesh.yaml."""

    def read(self, path: str) -> bytes | None:
        """A file by its path relative to mesh.yaml, or None where there is none."""

    def scan(self, path: str) -> bytes | None:
        """A file that is looked at once and not kept; None where there is none, or a symbolic link."""

    def names(self, path: str) -> list[str]:
        """The names in a folder, sorted; a folder's own end with a slash. Empty where there is none."""
