"""The Service that exposes a cluster's etcd to the others."""

from collections.abc import Iterator
from typing import Any

from ..kube.labels import PRUNE_GUARDS
from ..kube.manifest import manifest
from ..plan.types import ClusterPlan, Exposure, MeshPlan
from . import paths
from .document import Document


def mesh_service(mesh: MeshPlan) -> Iterator[Document]:
    """One Service for each cluster."""
    for cluster in mesh.clusters:
        exposure = cluster.exposure
        yield Document(
            paths=(f"{cluster.name}/{paths.MESH_SERVICE}",),
            source=f"/clusters/{cluster.name}",
            content=manifest(
                "v1",
                "Service",
                cluster.profile.service_name,
                namespace=cluster.namespace,
                labels=dict(exposure.labels),
                annotations=PRUNE_GUARDS | dict(exposure.annotations),
                spec=_spec(cluster, exposure),
            ),
        )


def _spec(cluster: ClusterPlan, exposure: Exposure) -> dict[str, Any]:
    spec: dict[str, Any] = {"type": exposure.type}
    target = cluster.profile.service_port
    if exposure.type == "NodePort":
        spec["ports"] = [{"port": target, "nodePort": exposure.port}]
    elif exposure.port == target:
        spec["ports"] = [{"port": target}]
    else:
        spec["ports"] = [{"port": exposure.port, "targetPort": target}]
    spec["selector"] = dict(exposure.selector)
    if exposure.static_ip is not None:
        spec["loadBalancerIP"] = exposure.static_ip
    if exposure.source_ranges and exposure.type == "LoadBalancer":
        spec["loadBalancerSourceRanges"] = list(exposure.source_ranges)
    return spec
