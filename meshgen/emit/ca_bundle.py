"""The authorities that a cluster trusts, as the chart's `tls.caBundle` takes them."""

from collections.abc import Iterator

from ..chart.values import BUNDLE
from ..kube.labels import PRUNE_GUARDS
from ..kube.manifest import manifest
from ..plan.types import MeshPlan
from . import paths
from .document import Document

_KEY = "ca.crt"  # charts 1.14 to 1.20, values.yaml: the default of tls.caBundle.key


def ca_bundle(mesh: MeshPlan) -> Iterator[Document]:
    """One ConfigMap, the same in every cluster that has a clustermesh-apiserver."""
    for namespace in sorted({cluster.namespace for cluster in mesh.clusters if mesh.has_bundle}):
        folders = [one.name for one in mesh.clusters if one.namespace == namespace and one.has_apiserver]
        if folders:
            yield Document(
                paths=tuple(f"{folder}/{paths.bundle(BUNDLE)}" for folder in folders),
                source="/tls",
                content=manifest(
                    "v1",
                    "ConfigMap",
                    BUNDLE,
                    namespace=namespace,
                    annotations=PRUNE_GUARDS,
                    data={_KEY: mesh.bundle.decode("ascii")},
                ),
            )
