"""What VERIFY.md says in a mesh whose lists nobody would read."""

from typing import Any

from builders import cluster, mesh, service, text

from meshgen.compiler import compile_mesh
from meshgen.inspection import inspect

CLUSTERS = 20


def service_row(**overrides: Any) -> str:
    """The row of the one global service in VERIFY.md of a mesh of twenty clusters."""
    clusters = (cluster(number) for number in range(1, CLUSTERS + 1))
    inspection = inspect(text(mesh(*clusters, services=[service(**overrides)])), "mesh.yaml")
    compiled = compile_mesh(inspection, source="mesh.yaml", root="out")
    guide = compiled.tree.files["cluster1/VERIFY.md"].decode()
    return next(line for line in guide.splitlines() if line.startswith("| default/rebel-base |"))


def test_backends_in_every_one_of_many_clusters_are_counted() -> None:
    assert service_row() == "| default/rebel-base | 80/TCP | all 20 clusters |"


def test_backends_in_some_of_many_clusters_are_named() -> None:
    but_one = sorted(f"cluster{number}" for number in range(2, CLUSTERS + 1))
    assert service_row(backends=but_one) == f"| default/rebel-base | 80/TCP | {', '.join(but_one)} |"
