"""Every place in mesh.yaml where clusters are selected."""

from collections.abc import Iterator
from typing import NamedTuple

from .location import SourcePath
from .model import Cluster, ClusterSelection, Mesh, Service


class Reference(NamedTuple):
    """A selection of clusters, where it is written, and what it is called in messages."""

    path: SourcePath
    what: str
    selection: ClusterSelection

    def names(self) -> Iterator[tuple[SourcePath, str]]:
        """The clusters it names, with the place of each name."""
        if isinstance(self.selection, tuple):
            for index, name in enumerate(self.selection):
                yield (*self.path, index), name


def references(mesh: Mesh) -> Iterator[Reference]:
    """Every selection of clusters in a mesh."""
    for index, service in enumerate(mesh.services):
        name = f"{service.namespace}/{service.name}"
        yield Reference(("services", index, "clusters"), f"the clusters of {name}", service.clusters)
        yield Reference(("services", index, "backends"), f"the backends of {name}", service.backends)


def selected(mesh: Mesh, selection: ClusterSelection) -> tuple[Cluster, ...]:
    """The clusters that a selection means, in the mesh's order; unknown names are left out."""
    if selection == "all":
        return mesh.clusters
    if isinstance(selection, tuple):
        named = set(selection)
        return tuple(cluster for cluster in mesh.clusters if cluster.name in named)
    wanted = selection.labels.items()
    return tuple(cluster for cluster in mesh.clusters if wanted <= cluster.labels.items())


def sharing(mesh: Mesh, service: Service) -> tuple[Cluster, ...]:
    """The clusters of a service whose pods answer for all."""
    backends = {cluster.name for cluster in selected(mesh, service.backends)}
    return tuple(cluster for cluster in selected(mesh, service.clusters) if cluster.name in backends)
