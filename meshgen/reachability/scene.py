"""A mesh as the engine sees it: its pods, and what is applied in each cluster."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property

from ..chart.overrides import default_local_cluster
from ..engine.analysis import Analysis
from ..engine.applied import Applied, Setting
from ..engine.entries import Direction, Entry
from ..engine.labels import Endpoint, Universe, pod
from ..engine.semantics import semantics
from ..engine.universe import Outside, universe
from ..engine.witnesses import ELSEWHERE
from ..model import Cluster, Mesh
from ..policy.compilation import Policies
from ..policy.dns import dns_of
from ..policy.objects import PolicyObject
from .groups import DNS


class Scene:
    """
    The policies of a mesh, read once, and the pods that mesh.yaml tells of.

    Pods of workloads with `hostNetwork` are not there: no policy selects them.
    Of clusters that are the same in the scene `alike`, nothing is read again.
    """

    def __init__(self, mesh: Mesh, policies: Policies, alike: "Scene | None" = None) -> None:
        self.mesh = mesh
        self._alike = alike
        self.policies = policies
        self.directory = policies.directory
        self.objects: dict[str, list[PolicyObject]] = {name: [] for name in self.directory.names}
        for one in policies.objects:
            self.objects[one.cluster].append(one)

    @cached_property
    def applied(self) -> dict[str, Applied]:
        """What is applied in each cluster."""
        known = self._alike.applied if self._alike else {}
        found: dict[str, Applied] = {}
        for name in self.directory.names:
            cluster = self.cluster(name)
            setting = Setting(
                name,
                semantics(cluster.cilium.version, local_cluster=default_local_cluster(cluster)),
                [one.manifest for one in self.objects[name]],
                services=self._services(name),
                host_enters=True,
            )
            found[name] = Applied(setting, known.get(name))
        return found

    def cluster(self, name: str) -> Cluster:
        """A cluster by its name."""
        return self.directory.clusters[name]

    def _services(self, cluster: str) -> Mapping[tuple[str, str], Mapping[str, str]]:
        return {
            key: service.selector
            for key, service in self.directory.services.items()
            if cluster in self.directory.selected(service.clusters)
        }

    def owner(self, cluster: str, direction: Direction, number: int) -> tuple[PolicyObject, Entry]:
        """The object and the entry behind a position in a cluster's list of entries."""
        owner, entry = self.applied[cluster].owned[direction][number]
        return self.objects[cluster][owner], entry

    @cached_property
    def namespaces(self) -> dict[str, Mapping[str, str]]:
        """The namespaces that mesh.yaml tells of."""
        names = {workload.namespace for workload in self.mesh.workloads}
        names |= {service.namespace for service in self.mesh.services}
        names |= {name for posture in self.policies.postures for name in posture.namespaces}
        names |= {one.namespace for one in self.policies.objects if one.namespace}
        names |= {dns_of(self.directory, cluster).namespace for cluster in self.directory.names}
        return {name: {} for name in sorted(names)}

    @cached_property
    def pods(self) -> dict[str, Endpoint]:
        """Every group of pods in every cluster, by name; in each namespace one for all other pods."""
        found: dict[str, Endpoint] = {}
        for workload in sorted(self.directory.workloads.values(), key=lambda each: each.name):
            for cluster in self.directory.runs(workload) if not workload.host_network else ():
                name = f"{workload.name}@{cluster}"
                found[name] = pod(
                    name,
                    cluster=cluster,
                    namespace=workload.namespace,
                    labels=workload.labels,
                    service_account=workload.service_account,
                    ports=workload.ports,
                )
        found.update((each.name, each) for each in self._unlisted(found))
        return found

    def _unlisted(self, listed: Mapping[str, Endpoint]) -> Iterator[Endpoint]:
        """Pods that no workload stands for: of services, of DNS, and all others of each namespace."""
        answering: dict[tuple[str, str, str, str], list[Endpoint]] = defaultdict(list)
        for each in listed.values():
            for label, value in each.labels.items():
                answering[each.cluster, _namespace(each), label, value].append(each)
        for (namespace, name), service in sorted(self.directory.services.items()):
            wanted = {f"k8s:{key}": value for key, value in service.selector.items()}
            for cluster in self.directory.selected(service.clusters) if wanted else ():
                near = answering.get((cluster, namespace, *min(wanted.items())), ())
                if not any(wanted.items() <= each.labels.items() for each in near):
                    told = f"backends of {namespace}/{name}@{cluster}"
                    yield pod(told, cluster=cluster, namespace=namespace, labels=service.selector)
        for cluster in self.directory.names:
            dns = dns_of(self.directory, cluster)
            yield pod(f"{DNS}@{cluster}", cluster=cluster, namespace=dns.namespace, labels=dns.labels)
            for namespace in self.namespaces:
                yield pod(f"others of {namespace}@{cluster}", cluster=cluster, namespace=namespace, labels={})
            yield pod(f"{ELSEWHERE}@{cluster}", cluster=cluster, namespace=self._another, labels={})

    @cached_property
    def _another(self) -> str:
        name = "other"
        while name in self.namespaces:
            name += "-x"
        return name

    def analysis(self, outside: Outside = Outside()) -> Analysis:  # noqa: B008 - it is immutable
        """Who may talk to whom among the pods that mesh.yaml tells of; `outside` is told apart, too."""
        sides = [self.applied.values()]
        return Analysis(universe(self.pods.values(), sides, self.namespaces, outside), self.applied.values())


def _namespace(endpoint: Endpoint) -> str:
    return endpoint.labels.get("k8s:io.kubernetes.pod.namespace", "")


def joint_universes(base: Scene, head: Scene) -> tuple[Universe, Universe]:
    """
    The universes in which two meshes are compared: their pods, and every kind of pod there may be.

    Both have the same endpoints at the same positions; a workload whose labels or ports were changed
    has the old ones in the first and the new ones in the second.

    Raises:
        TooManyError: when there are more kinds of pods than can be looked at.

    """
    namespaces = {**base.namespaces, **head.namespaces}
    before, after = base.pods, head.pods
    names = dict.fromkeys((*before, *after))
    old = [before.get(name) or after[name] for name in names]
    new = [after.get(name) or before[name] for name in names]
    sides = [base.applied.values(), head.applied.values()]
    joint = universe(old, sides, namespaces, any_pod=True)
    if old == new:
        return joint, joint
    rest = joint.endpoints[len(old) :]
    return joint, Universe([*new, *rest], open=True)
