"""The edit of the ConfigMap cilium-config: who this cluster is."""

from collections.abc import Iterator

from ..kube.manifest import manifest
from ..plan.types import MeshPlan
from . import paths
from .document import Document


def agent_config(mesh: MeshPlan) -> Iterator[Document]:
    """One patch for each cluster."""
    for cluster in mesh.clusters:
        yield Document(
            paths=(f"{cluster.name}/{paths.CONFIG_PATCH}",),
            content=manifest("v1", "ConfigMap", "cilium-config", data=dict(cluster.config)),
        )
