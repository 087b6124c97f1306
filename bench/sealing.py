"""A mesh whose certificates meshgen issues and whose Secrets it seals, in a folder of its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyrage
from measure import Command
from meshes import mesh_lines
from workplace import Workplace


@dataclass(frozen=True)
class SealedMesh:
    """A mesh.yaml with its store beside it, the tree built from it, and the one who can open its keys."""

    meshgen: str
    folder: Path

    @property
    def mesh(self) -> str:
        return str(self.folder / "mesh.yaml")

    @property
    def tree(self) -> Path:
        return self.folder / "out"

    @property
    def identity(self) -> str:
        return str(self.folder / "identity.txt")

    def describe(self, clusters: int) -> None:
        """Write mesh.yaml; the store stays as it is."""
        key = pyrage.x25519.Identity.from_str(Path(self.identity).read_text(encoding="utf-8"))
        with Path(self.mesh).open("w", encoding="utf-8") as file:
            file.writelines(mesh_lines(clusters, recipient=str(key.to_public())))

    @property
    def init(self) -> Command:
        """The authority, where there was nothing."""
        store = (self.folder / "pki", self.folder / "meshgen.lock")
        return Command((self.meshgen, "pki", "init", self.mesh), fresh=store)

    @property
    def issue(self) -> Command:
        """The certificates that are missing; what becomes of their keys is sealed at once."""
        return Command((self.meshgen, "pki", "issue", self.mesh, "--identity", self.identity))

    @property
    def build(self) -> Command:
        """A build into an empty folder; without an identity, since nothing is left to be sealed."""
        return Command(self.again.arguments, fresh=(self.tree,))

    @property
    def again(self) -> Command:
        """A build on what is there."""
        return Command((self.meshgen, "build", self.mesh, "-o", str(self.tree)))

    @property
    def check(self) -> Command:
        return Command((self.meshgen, "check", self.mesh))

    def sealed(self) -> dict[tuple[str, str], bytes]:
        """The sealed values of each Secret, by its cluster and name."""
        return dict(self._sealed())

    def _sealed(self) -> Iterator[tuple[tuple[str, str], bytes]]:
        for path in (self.folder / "pki" / "sealed").glob("*/*.json"):
            yield (path.parent.name, path.stem), path.read_bytes()


def sealed_mesh(work: Workplace, name: str, clusters: int) -> SealedMesh:
    """A mesh.yaml in a new folder, without a store so far."""
    mesh = SealedMesh(work.meshgen, work.place(name))
    mesh.folder.mkdir()
    Path(mesh.identity).write_text(str(pyrage.x25519.Identity.generate()), encoding="utf-8")
    mesh.describe(clusters)
    return mesh
