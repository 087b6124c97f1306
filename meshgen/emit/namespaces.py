"""The annotation by which a namespace is known to other clusters, where none is by itself."""

from collections.abc import Iterator

from ..kube.manifest import manifest
from ..plan.types import MeshPlan
from . import paths
from .document import Document

# Source: cilium, Documentation/network/clustermesh/global-namespace.rst.
_GLOBAL = "clustermesh.cilium.io/global"


def namespaces(mesh: MeshPlan) -> Iterator[Document]:
    """One patch for each namespace; meshgen makes no namespace."""
    for namespace in sorted({name for cluster in mesh.clusters for name in cluster.global_namespaces}):
        folders = [one.name for one in mesh.clusters if namespace in one.global_namespaces]
        yield Document(
            paths=tuple(f"{folder}/{paths.namespace(namespace)}" for folder in folders),
            content=manifest("v1", "Namespace", namespace, annotations={_GLOBAL: "true"}),
        )
