"""Every place in mesh.yaml where clusters are selected."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from .location import SourcePath
from .model import Cluster, ClusterSelection, Mesh, Service

if TYPE_CHECKING:
    from .model.reference import Reference as PolicyReference


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
    for index, workload in enumerate(mesh.workloads):
        what = f"the clusters of {workload.name}"
        yield Reference(("workloads", index, "clusters"), what, workload.clusters)
    if mesh.policy is not None:
        for index, posture in enumerate(mesh.policy.posture):
            at: SourcePath = ("policy", "posture", index, "clusters")
            yield Reference(at, "the clusters of this posture", posture.clusters)
        for index, raw in enumerate(mesh.policy.raw):
            at = ("policy", "raw", index, "clusters")
            yield Reference(at, f"the clusters of {raw.file}", raw.clusters)


class Mention(NamedTuple):
    """A reference in a rule or an expectation, and where it is written."""

    path: SourcePath
    reference: "PolicyReference"


def mentions(mesh: Mesh) -> Iterator[Mention]:
    """Every reference of rules and expectations."""
    for index, rule in enumerate(mesh.policy.rules if mesh.policy else ()):
        at: SourcePath = ("policy", "rules", index, "deny" if rule.deny else "allow")
        yield Mention((*at, "from"), rule.intent.from_)
        yield Mention((*at, "to"), rule.intent.to)
    for index, expectation in enumerate(mesh.expect):
        yield Mention(("expect", index, "from"), expectation.from_)
        yield Mention(("expect", index, "to"), expectation.to.reference)


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
