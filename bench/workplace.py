"""Where a run of the benchmark puts its meshes and trees, and the programs that it runs."""

import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from meshes import SERVICES, mesh_lines

_IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
_NEEDED = 3 << 30


@dataclass(frozen=True)
class Workplace:
    """A folder, in memory where the machine has one."""

    folder: Path
    in_memory: bool

    @property
    def python(self) -> str:
        """The interpreter that runs the benchmark; every Python program runs on it."""
        return sys.executable

    @property
    def meshgen(self) -> str:
        """The meshgen beside the interpreter."""
        return str(Path(sys.executable).with_name("meshgen"))

    def mesh(
        self, clusters: int, *, services: int = SERVICES, nodes: int = 0, policies: int = 0, port: int = 8080
    ) -> str:
        """The path of a mesh.yaml, written when first asked for."""
        lines = mesh_lines(clusters, services=services, nodes=nodes, policies=policies, port=port)
        return self.file(f"mesh-{clusters}-{services}-{nodes}-{policies}-{port}.yaml", lines)

    def file(self, name: str, lines: Iterable[str]) -> str:
        """The path of a file, written when first asked for."""
        path = self.folder / name
        if not path.exists():
            with path.open("w", encoding="utf-8") as file:
                file.writelines(lines)
        return str(path)

    def place(self, name: str) -> Path:
        """A path for what a program writes."""
        return self.folder / name


@contextmanager
def workplace() -> Iterator[Workplace]:
    """A folder for one run, removed afterwards."""
    in_memory = _IN_MEMORY.is_dir() and shutil.disk_usage(_IN_MEMORY).free > _NEEDED
    with tempfile.TemporaryDirectory(prefix="meshgen-bench-", dir=_IN_MEMORY if in_memory else None) as made:
        yield Workplace(Path(made), in_memory)
