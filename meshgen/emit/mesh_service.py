"""The Service by which the other clusters dial a cluster: our own, or a patch of the chart's."""

from collections.abc import Iterator
from typing import Any

from ..kube.labels import PRUNE_GUARDS
from ..kube.manifest import manifest
from ..plan.types import ClusterPlan, Exposure, MeshPlan
from . import paths
from .document import Document


def mesh_service(mesh: MeshPlan) -> Iterator[Document]:
    """One Service or patch for each cluster; where the chart's values say it, nothing."""
    for cluster in mesh.clusters:
        if not cluster.has_apiserver:
            yield _whole(cluster)
        elif cluster.patched:
            yield _patch(cluster)


def _whole(cluster: ClusterPlan) -> Document:
    exposure = cluster.exposure
    name = cluster.profile.service_name
    return Document(
        paths=(f"{cluster.name}/{paths.mesh_service(name)}",),
        source=f"/clusters/{cluster.name}",
        content=manifest(
            "v1",
            "Service",
            name,
            namespace=cluster.namespace,
            labels=dict(exposure.labels),
            annotations=PRUNE_GUARDS | dict(exposure.annotations),
            spec={
                "type": exposure.type,
                "ports": [_port(cluster, exposure)],
                "selector": dict(exposure.selector),
                **_load_balancer(exposure),
            },
        ),
    )


def _patch(cluster: ClusterPlan) -> Document:
    exposure = cluster.exposure
    port = {"port": cluster.profile.service_port, "nodePort": exposure.port}
    ports = {"ports": [port]} if exposure.type == "NodePort" else {}
    return Document(
        paths=(f"{cluster.name}/{paths.APISERVER_SERVICE_PATCH}",),
        content=manifest(
            "v1",
            "Service",
            cluster.profile.service_name,
            labels=dict(exposure.labels),
            annotations=dict(exposure.annotations),
            spec={"type": exposure.type, **ports, **_load_balancer(exposure)},
        ),
    )


def _port(cluster: ClusterPlan, exposure: Exposure) -> dict[str, Any]:
    target = cluster.profile.service_port
    if exposure.type == "NodePort":
        return {"port": target, "nodePort": exposure.port}
    if exposure.port == target:
        return {"port": target}
    return {"port": exposure.port, "targetPort": target}


def _load_balancer(exposure: Exposure) -> dict[str, Any]:
    spec: dict[str, Any] = {}
    if exposure.static_ip is not None:
        spec["loadBalancerIP"] = exposure.static_ip
    if exposure.source_ranges and exposure.type == "LoadBalancer":
        spec["loadBalancerSourceRanges"] = list(exposure.source_ranges)
    return spec
