"""Global Services: the object itself, or the annotations for an application's own."""

from collections.abc import Iterator
from typing import Any

from ..cilium.profile import Profile
from ..kube.labels import PRUNE_GUARDS
from ..kube.manifest import Manifest, manifest
from ..plan.types import GlobalService, MeshPlan, ServicePort
from . import paths
from .document import Document


def global_services(mesh: MeshPlan) -> Iterator[Document]:
    """One document for all clusters in which a Service is the same."""
    profiles = {cluster.name: cluster.profile for cluster in mesh.clusters}
    for service in mesh.services:
        path = paths.global_service(service.namespace, service.name, owned=service.owned)
        # NOTE: told apart by identity, since the hash of a profile is of all that is in it.
        for profile in {id(profiles[name]): profiles[name] for name in service.clusters}.values():
            folders = [name for name in service.clusters if profiles[name] is profile]
            yield Document(
                paths=tuple(f"{folder}/{path}" for folder in folders),
                source=f"/services/{service.namespace}/{service.name}" if service.owned else None,
                content=_object(service, profile) if service.owned else _patch(service, profile),
            )


def _object(service: GlobalService, profile: Profile) -> Manifest:
    return manifest(
        "v1",
        "Service",
        service.name,
        namespace=service.namespace,
        labels=dict(service.labels),
        annotations=PRUNE_GUARDS | dict(service.annotations) | _mesh_annotations(service, profile),
        spec={
            "type": "ClusterIP",
            "ports": [_port(port) for port in service.ports],
            "selector": dict(service.selector),
        },
    )


def _patch(service: GlobalService, profile: Profile) -> Manifest:
    annotations = dict(service.annotations) | _mesh_annotations(service, profile)
    return manifest("v1", "Service", service.name, labels=dict(service.labels), annotations=annotations)


def _mesh_annotations(service: GlobalService, profile: Profile) -> dict[str, str]:
    annotations = {profile.global_annotation: "true"}
    if not service.shared:
        annotations[profile.shared_annotation] = "false"
    if service.affinity is not None:
        annotations[profile.affinity_annotation] = service.affinity
    return annotations


def _port(port: ServicePort) -> dict[str, Any]:
    written = {
        "name": port.name,
        "port": port.port,
        "targetPort": port.target_port,
        "protocol": port.protocol,
    }
    return {key: value for key, value in written.items() if value is not None}
