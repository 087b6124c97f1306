"""The edit of the ConfigMap cilium-config: who this cluster is."""

from collections.abc import Iterator
from operator import attrgetter

from ..kube.manifest import manifest
from ..plan.types import MeshPlan
from . import paths
from .document import Document


def agent_config(mesh: MeshPlan) -> Iterator[Document]:
    """One patch for each cluster whose Cilium is patched."""
    for cluster in filter(attrgetter("patched"), mesh.clusters):
        yield Document(
            paths=(f"{cluster.name}/{paths.CONFIG_PATCH}",),
            content=manifest("v1", "ConfigMap", "cilium-config", data=dict(cluster.config)),
        )
