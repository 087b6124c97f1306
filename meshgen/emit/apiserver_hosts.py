"""The patch of the Deployment clustermesh-apiserver: whom it dials, and when it restarts."""

from collections.abc import Iterator

from ..kube.labels import RESTART
from ..kube.manifest import manifest
from ..plan.types import MeshPlan
from . import paths
from .document import Document
from .host_aliases import HostAliases


def apiserver_hosts(mesh: MeshPlan) -> Iterator[Document]:
    """One patch for each cluster that has one, and whose Cilium is patched."""
    entries = HostAliases()
    for cluster in mesh.clusters:
        if not cluster.patched or not cluster.has_apiserver:
            continue
        template = {
            "metadata": {"annotations": {RESTART: cluster.apiserver_digest}},
            "spec": {"hostAliases": entries.replacing(cluster.apiserver_aliases)},
        }
        yield Document(
            paths=(f"{cluster.name}/{paths.APISERVER_PATCH}",),
            content=manifest("apps/v1", "Deployment", "clustermesh-apiserver", spec={"template": template}),
        )
