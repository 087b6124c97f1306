"""The patch of the DaemonSet cilium: host names of the other clusters, and when agents restart."""

from collections.abc import Iterator
from operator import attrgetter

from ..kube.labels import RESTART
from ..kube.manifest import manifest
from ..plan.types import MeshPlan
from . import paths
from .document import Document
from .host_aliases import HostAliases


def agent_hosts(mesh: MeshPlan) -> Iterator[Document]:
    """One patch for each cluster whose Cilium is patched."""
    entries = HostAliases()
    for cluster in filter(attrgetter("patched"), mesh.clusters):
        template = {
            "metadata": {"annotations": {RESTART: cluster.agent_digest}},
            "spec": {"hostAliases": entries.replacing(cluster.host_aliases)},
        }
        yield Document(
            paths=(f"{cluster.name}/{paths.AGENT_PATCH}",),
            content=manifest("apps/v1", "DaemonSet", "cilium", spec={"template": template}),
        )
