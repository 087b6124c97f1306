"""The global services of a mesh, each as the clusters have it that share its pods or do not."""

from collections.abc import Iterable

from ..model import Mesh, Service
from ..selection import selected, sharing
from .types import GlobalService, ServicePort, pairs


def global_services(mesh: Mesh) -> tuple[GlobalService, ...]:
    """All of them, sorted by namespace and name."""
    ordered = sorted(mesh.services, key=lambda service: (service.namespace, service.name))
    return tuple(part for service in ordered for part in _service(mesh, service))


def _service(mesh: Mesh, service: Service) -> Iterable[GlobalService]:
    where = {cluster.name for cluster in selected(mesh, service.clusters)}
    backends = {cluster.name for cluster in sharing(mesh, service)}
    for shared, clusters in ((True, where & backends), (False, where - backends)):
        if clusters:
            yield GlobalService(
                name=service.name,
                namespace=service.namespace,
                ports=tuple(
                    ServicePort(
                        port=port.port,
                        name=port.name,
                        target_port=None if port.target_port == port.port else port.target_port,
                        protocol=None if port.protocol == "TCP" else port.protocol,
                    )
                    for port in service.ports
                ),
                selector=pairs(service.selector),
                labels=pairs(service.labels),
                annotations=pairs(service.annotations),
                affinity=service.affinity,
                owned=service.manage == "object",
                shared=shared,
                clusters=tuple(sorted(clusters)),
                backends=tuple(sorted(backends)),
            )
