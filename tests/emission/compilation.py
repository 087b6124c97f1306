"""A mesh compiled in memory: what most tests here look at."""

from typing import Any

import yaml
from extracted import fresh_guide_files, guide_files

from meshgen.compiler import compile_mesh
from meshgen.inspection import Inspection, inspect
from meshgen.plan.resolve import plan
from meshgen.plan.types import MeshPlan
from meshgen.yaml_out import dump


def inspected(data: dict[str, Any], files: dict[str, bytes] | None = None) -> Inspection:
    """The mesh, with files beside it, without an error finding."""
    inspection = inspect(dump(data).encode(), "mesh.yaml", folder=Files(files or {}))
    assert inspection.sound, inspection.diagnostics
    return inspection


def tree(data: dict[str, Any], files: dict[str, bytes] | None = None) -> dict[str, str]:
    """Every file of the output tree by its path."""
    compiled = compile_mesh(inspected(data, files), source="mesh.yaml", root="out")
    assert not compiled.diagnostics
    return {path: content.decode("utf-8") for path, content in compiled.tree.files.items()}


def planned(data: dict[str, Any]) -> MeshPlan:
    """The plan of a mesh, without a Secret."""
    mesh = inspected(data).mesh
    assert mesh is not None
    return plan(mesh, "mesh.yaml", None)


def manifest(files: dict[str, str], path: str) -> Any:
    """A file of the tree as data."""
    return yaml.safe_load(files[path])


def tls_files(*names: str) -> dict[str, bytes]:
    """What the guide's extract script leaves for clusters."""
    return {f"config/{file}": content for name in names for file, content in guide_files(name).items()}


def renewed(name: str) -> dict[str, bytes]:
    """The files of a cluster whose authority, certificate and key are new."""
    return {f"config/{file}": content for file, content in fresh_guide_files(name).items()}


class Files:
    """A folder in memory."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self._files = files

    def read(self, path: str) -> bytes | None:
        return self._files.get(path)

    def names(self, path: str) -> list[str]:
        inside = (
            name.removeprefix(f"{path}/").partition("/")
            for name in self._files
            if name.startswith(f"{path}/")
        )
        return sorted({first + slash for first, slash, _ in inside})
