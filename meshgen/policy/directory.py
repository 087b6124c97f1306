"""What the names in references mean."""

from collections import defaultdict
from functools import cached_property
from typing import NamedTuple

from ..model import Cluster, ClusterSelection, Mesh, Service
from ..model.reference import Kind, Reference, Scope, Where
from ..model.workload import DEFAULT_ACCOUNT, Workload
from ..selection import selected, sharing
from . import labels

Pairs = tuple[tuple[str, str], ...]


class Pods(NamedTuple):
    """Pods that policies can select: of one namespace or of all (None), with these labels."""

    namespace: str | None
    labels: Pairs = ()


class Directory:
    """The workloads, services and clusters of a mesh by their names; of two with one name, the first."""

    def __init__(self, mesh: Mesh) -> None:
        self.mesh = mesh
        self.names = tuple(sorted({cluster.name for cluster in mesh.clusters}))

    @cached_property
    def clusters(self) -> dict[str, Cluster]:
        """Clusters by name."""
        return {cluster.name: cluster for cluster in reversed(self.mesh.clusters)}

    @cached_property
    def workloads(self) -> dict[str, Workload]:
        """Workloads by name."""
        return {workload.name: workload for workload in reversed(self.mesh.workloads)}

    @cached_property
    def services(self) -> dict[tuple[str, str], Service]:
        """Services by namespace and name."""
        return {(service.namespace, service.name): service for service in reversed(self.mesh.services)}

    @cached_property
    def by_namespace(self) -> dict[str, list[Workload]]:
        """Workloads by namespace."""
        found: dict[str, list[Workload]] = defaultdict(list)
        for workload in self.workloads.values():
            found[workload.namespace].append(workload)
        return found

    def selected(self, selection: ClusterSelection) -> tuple[str, ...]:
        """The clusters that a selection means, sorted."""
        if selection == "all":
            return self.names
        return tuple(sorted({cluster.name for cluster in selected(self.mesh, selection)}))

    @cached_property
    def kinds(self) -> dict[str, int]:
        """A number for each cluster: where it is the same, the same policy differs in its name alone."""
        numbers: dict[tuple[str, str], int] = {}
        return {
            name: numbers.setdefault((cluster.cilium.version, repr(cluster.policy)), len(numbers))
            for name, cluster in self.clusters.items()
        }

    def runs(self, workload: Workload) -> tuple[str, ...]:
        """Where a workload runs, sorted."""
        if workload.name not in self._runs:
            self._runs[workload.name] = self.selected(workload.clusters)
        return self._runs[workload.name]

    @cached_property
    def _runs(self) -> dict[str, tuple[str, ...]]:
        return {}

    def shared_by(self, service: Service) -> tuple[str, ...]:
        """The clusters whose pods answer for a service everywhere, sorted."""
        return tuple(sorted({cluster.name for cluster in sharing(self.mesh, service)}))

    def pods(self, reference: Reference) -> Pods | None:
        """The pods that a reference names, in whichever cluster; None where it names none."""
        if reference.kind is Kind.WORKLOAD and (workload := self.workloads.get(reference.name)):
            return pods_of(workload)
        if reference.kind is Kind.SERVICE and (service := self.service(reference)):
            return Pods(service.namespace, tuple(sorted(service.selector.items())))
        if reference.kind is Kind.NAMESPACE:
            return Pods(reference.name)
        return Pods(None) if reference.kind is Kind.ANY else None

    def service(self, reference: Reference) -> Service | None:
        """The service that a reference names."""
        return self.services.get((reference.namespace, reference.name))

    def where(self, reference: Reference) -> tuple[str, ...]:
        """The clusters in which a reference may name pods, sorted; with `same`, all that it could."""
        if reference.kind is Kind.SERVICE:
            service = self.service(reference)
            return self.selected(service.clusters) if service else ()
        workload = self.workloads.get(reference.name) if reference.kind is Kind.WORKLOAD else None
        if reference.where is None or (reference.kind is Kind.WORKLOAD and workload is None):
            return ()
        meant = self.meant(reference.where)
        if workload is None:
            return meant
        runs = self.runs(workload)
        return meant if runs == self.names else tuple(name for name in meant if name in runs)

    def meant(self, where: Where) -> tuple[str, ...]:
        """The clusters of the mesh that a reference says, sorted; all for `same`."""
        if where.scope is Scope.NAMED:
            return (where.name,) if where.name in self.clusters else ()
        if where.scope is not Scope.LABELS:
            return self.names
        wanted = set(where.labels)
        return tuple(
            sorted({cluster.name for cluster in self.mesh.clusters if wanted <= set(cluster.labels.items())})
        )


def pods_of(workload: Workload) -> Pods:
    """The pods of a workload."""
    selects = dict(workload.labels)
    if workload.service_account != DEFAULT_ACCOUNT:
        selects[labels.ACCOUNT] = workload.service_account
    return Pods(workload.namespace, tuple(sorted(selects.items())))
