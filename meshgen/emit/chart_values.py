"""The values for the official chart, whoever renders it."""

from collections.abc import Iterator

from ..plan.types import MeshPlan
from . import paths
from .document import Document


def chart_values(mesh: MeshPlan) -> Iterator[Document]:
    """One values.yaml for each cluster."""
    for cluster in mesh.clusters:
        yield Document(paths=(f"{cluster.name}/{paths.VALUES}",), content=dict(cluster.values))
