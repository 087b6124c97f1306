"""
Cilium's chart as Flux runs it, beside a cluster's whole objects: a HelmRelease and where its chart is found.

The release stands in the cluster's folder and not in `_gitops/`, so that its version and its values change in
one apply. Flux reads no values from a file; kustomize makes a ConfigMap of it, whose change is a release.
"""

from collections.abc import Iterator
from typing import Any

from ..cilium.version import chart_version
from ..kube.labels import MANAGED_BY, MANAGER, PART_OF, PRUNE_GUARDS, WATCHED
from ..kube.manifest import manifest
from ..plan.types import ClusterPlan, MeshPlan
from . import paths
from .document import Document

CHARTS = "https://helm.cilium.io"
RELEASE = "cilium"  # the name in Cilium's own installation guides, and of the chart

_VALUES = "cilium-mesh-values"


def helm_release(mesh: MeshPlan) -> Iterator[Document]:
    """Both objects for each cluster whose Cilium is a release, where Flux is wired."""
    for cluster in mesh.clusters:
        if not runs_chart(mesh, cluster):
            continue
        # NOTE: without the guards, a HelmRelease that leaves the tree is an uninstalled Cilium.
        shared: dict[str, Any] = {"namespace": cluster.namespace, "annotations": PRUNE_GUARDS}
        source = f"/clusters/{cluster.name}"
        yield Document(
            paths=(f"{cluster.name}/{paths.HELM_REPOSITORY}",),
            source=source,
            content=manifest(
                "source.toolkit.fluxcd.io/v1",
                "HelmRepository",
                RELEASE,
                **shared,
                spec={"interval": "1h", "url": CHARTS},
            ),
        )
        yield Document(
            paths=(f"{cluster.name}/{paths.HELM_RELEASE}",),
            source=source,
            content=manifest(
                "helm.toolkit.fluxcd.io/v2", "HelmRelease", RELEASE, **shared, spec=_spec(cluster)
            ),
        )


def runs_chart(mesh: MeshPlan, cluster: ClusterPlan) -> bool:
    """Whether the cluster's Flux runs the chart."""
    return mesh.wiring("flux") is not None and not cluster.patched


def values_generator(mesh: MeshPlan, cluster: ClusterPlan) -> dict[str, Any]:
    """What makes kustomize write values.yaml into the ConfigMap that the release reads."""
    return {
        "name": _VALUES,
        "namespace": cluster.namespace,
        "files": [paths.VALUES],
        "options": {
            "disableNameSuffixHash": True,
            "labels": {MANAGED_BY: MANAGER, PART_OF: mesh.name, **WATCHED},
            "annotations": PRUNE_GUARDS,
        },
    }


def _spec(cluster: ClusterPlan) -> dict[str, Any]:
    """Source: fluxcd/helm-controller, docs/spec/v2/helmreleases.md."""
    return {
        "interval": "10m",
        "timeout": "20m",  # agents of a large cluster restart a few at a time
        "releaseName": RELEASE,
        "chart": {
            "spec": {
                "chart": RELEASE,
                "version": chart_version(cluster.version),
                "sourceRef": {"kind": "HelmRepository", "name": RELEASE},
                "interval": "1h",
            }
        },
        # NOTE: the remedy of a failed installation is to uninstall, which here would be the network.
        "install": {"remediation": {"retries": 0}},
        "upgrade": {"remediation": {"retries": 1, "strategy": "rollback"}},
        "driftDetection": {"mode": "warn"},
        "valuesFrom": [{"kind": "ConfigMap", "name": _VALUES, "valuesKey": paths.VALUES}],
    }
