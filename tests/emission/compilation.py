"""A mesh compiled in memory: what most tests here look at."""

from typing import Any

import yaml

from meshgen.compiler import compile_mesh
from meshgen.inspection import Inspection, inspect
from meshgen.plan.resolve import plan
from meshgen.plan.types import MeshPlan
from meshgen.yaml_out import dump


def inspected(data: dict[str, Any]) -> Inspection:
    """The mesh without an error finding."""
    inspection = inspect(dump(data).encode(), "mesh.yaml")
    assert inspection.sound, inspection.diagnostics
    return inspection


def tree(data: dict[str, Any], files: dict[str, bytes] | None = None) -> dict[str, str]:
    """Every file of the output tree by its path."""
    given = files or {}
    compiled = compile_mesh(inspected(data), given.get, source="mesh.yaml", root="out")
    assert not compiled.diagnostics
    return {path: content.decode("utf-8") for path, content in compiled.tree.files.items()}


def planned(data: dict[str, Any]) -> MeshPlan:
    """The plan of a mesh, without a Secret."""
    mesh = inspected(data).mesh
    assert mesh is not None
    return plan(mesh, "mesh.yaml", ())


def manifest(files: dict[str, str], path: str) -> Any:
    """A file of the tree as data."""
    return yaml.safe_load(files[path])


def tls_files(*names: str) -> dict[str, bytes]:
    """What the guide's extract script leaves for clusters, as far as meshgen looks into it."""
    suffixes = ("", ".etcd-client-ca.crt", ".etcd-client.crt", ".etcd-client.key")
    return {f"config/{name}{suffix}": f"{name}{suffix}\n".encode() for name in names for suffix in suffixes}
