"""The patch of the Deployment cilium-operator: when it restarts."""

from collections.abc import Iterator
from operator import attrgetter

from ..kube.labels import RESTART
from ..kube.manifest import manifest
from ..plan.types import MeshPlan
from . import paths
from .document import Document


def operator_restart(mesh: MeshPlan) -> Iterator[Document]:
    """One patch for each cluster whose Cilium is patched."""
    for cluster in filter(attrgetter("patched"), mesh.clusters):
        template = {"metadata": {"annotations": {RESTART: cluster.operator_digest}}}
        yield Document(
            paths=(f"{cluster.name}/{paths.OPERATOR_PATCH}",),
            content=manifest("apps/v1", "Deployment", "cilium-operator", spec={"template": template}),
        )
