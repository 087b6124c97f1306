"""The authorities that a cluster trusts, as the chart's `tls.caBundle` takes them."""

from collections.abc import Iterator

from ..kube.labels import PRUNE_GUARDS
from ..kube.manifest import manifest
from ..plan.types import MeshPlan
from . import paths
from .document import Document

# Source: chart 1.14.19 to 1.20.0, values.yaml: the defaults of tls.caBundle.name and .key.
NAME, _KEY = "cilium-root-ca.crt", "ca.crt"


def ca_bundle(mesh: MeshPlan) -> Iterator[Document]:
    """One ConfigMap, the same in every cluster that has a clustermesh-apiserver."""
    for namespace in sorted({cluster.namespace for cluster in mesh.clusters if mesh.bundle}):
        folders = [one.name for one in mesh.clusters if one.namespace == namespace and one.has_apiserver]
        if folders:
            yield Document(
                paths=tuple(f"{folder}/{paths.bundle(NAME)}" for folder in folders),
                source="/tls",
                content=manifest(
                    "v1",
                    "ConfigMap",
                    NAME,
                    namespace=namespace,
                    annotations=PRUNE_GUARDS,
                    data={_KEY: mesh.bundle.decode("ascii")},
                ),
            )
