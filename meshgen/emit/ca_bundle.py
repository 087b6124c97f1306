"""The authorities that a cluster trusts, as the chart's `tls.caBundle` takes them."""

from collections.abc import Iterator

from ..chart.values import BUNDLE
from ..kube.labels import CHART_GUARDS
from ..kube.manifest import manifest
from ..plan.types import MeshPlan
from . import paths
from .document import Document

_KEY = "ca.crt"  # charts 1.14 to 1.20, values.yaml: the default of tls.caBundle.key


def ca_bundle(mesh: MeshPlan) -> Iterator[Document]:
    """One ConfigMap, the same in every cluster whose certificates are made in it."""
    for namespace in sorted({cluster.namespace for cluster in mesh.clusters if mesh.has_bundle}):
        folders = [cluster.name for cluster in mesh.clusters if cluster.namespace == namespace]
        yield Document(
            paths=tuple(f"{folder}/{paths.bundle(BUNDLE)}" for folder in folders),
            source="/tls",
            content=manifest(
                "v1",
                "ConfigMap",
                BUNDLE,
                namespace=namespace,
                annotations=CHART_GUARDS,
                data={_KEY: mesh.bundle.decode("ascii")},
            ),
        )
