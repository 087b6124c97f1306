"""A folder with a mesh.yaml, and what meshgen does in it."""

import json
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from builders import mesh, text
from extracted import guide_files

from meshgen.cli.run import main

# What the guide's extract script leaves for each cluster, and each is a key of the Secret.


@dataclass
class Run:
    """What a run of meshgen gave."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


class Workspace:
    """A folder, whose out/ is built from its mesh.yaml."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.out = folder / "out"
        self._capsys = capsys

    def write(self, data: dict[str, Any] | None = None, name: str = "mesh.yaml") -> None:
        """Write a mesh, or the one of two clusters."""
        (self.folder / name).write_bytes(text(data or mesh()))

    def run(self, *arguments: str) -> Run:
        """Run meshgen."""
        self._capsys.readouterr()
        status = main(list(arguments))
        captured = self._capsys.readouterr()
        return Run(status, captured.out, captured.err)

    def build(self, *arguments: str) -> Run:
        """Run `meshgen build`."""
        return self.run("build", *arguments)

    def built(self, data: dict[str, Any] | None = None, *arguments: str) -> dict[str, bytes]:
        """Write a mesh and build it; gives the files of out/."""
        self.write(data)
        assert self.build(*arguments).status == 0
        return files(self.out)

    def index(self) -> dict[str, Any]:
        """The ownership index."""
        read: dict[str, Any] = json.loads((self.out / ".meshgen.json").read_bytes())
        return read

    def beside(self) -> set[str]:
        """What stands beside mesh.yaml and out/."""
        return {entry.name for entry in self.folder.iterdir()} - {"mesh.yaml", "out"}


def files(folder: Path) -> dict[str, bytes]:
    """The regular files below a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def state(folder: Path) -> dict[str, tuple[Any, ...]]:
    """Everything that can be seen of a folder without opening it: modes, times, inodes, links."""
    found = {}
    for path in (folder, *sorted(folder.rglob("*"))):
        status = path.lstat()
        link = path.readlink() if path.is_symlink() else None
        mode = stat.filemode(status.st_mode)
        found[str(path)] = (mode, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, link)
    return found


def extracted(folder: Path, *clusters: str) -> dict[str, bytes]:
    """What the guide's extract script leaves for clusters, with bytes that are not all text."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in clusters:
        (folder / f"{name}.mesh.cilium.io.ips").write_text("172.16.0.1\n")
        for path, content in guide_files(name).items():
            comment = b"# \xff \x80\r\n" if path.endswith(".crt") else b""
            (folder / path).write_bytes(comment + content)
    return {path: content for path, content in files(folder).items() if not path.endswith(".ips")}
