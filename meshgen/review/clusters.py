"""Changes of clusters, services and workloads, and what each does to a running mesh."""

from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any, NamedTuple

from ..cilium.profile_facts import differences
from ..cilium.profiles import Names, profile_of
from ..cilium.version import parse_version
from ..location import SourcePath
from ..model import Cluster, Mesh, Service


class Impact(StrEnum):
    """What a change does to running clusters, the worst last."""

    NONE = "none"
    APISERVER = "clustermesh-apiserver restarts"
    RESTART = "agents restart"
    RECONNECT = "clusters reconnect"
    IDENTITY = "identities change"
    UNSUPPORTED = "not supported live"


class MeshChange(NamedTuple):
    """
    One thing that is another: what, of whom, before and after, and what that does.

    `restarts` are the clusters whose agents restart; `gate` is the gate that it fails, if any.
    """

    subject: str
    what: str
    before: str
    after: str
    impact: Impact
    note: str
    at: SourcePath
    restarts: tuple[str, ...] = ()
    gate: str | None = None


def clusters(count: int) -> str:
    """A number of clusters in words."""
    return counted(count, "cluster")


def counted(count: int, what: str) -> str:
    """A number of something in words."""
    return f"{count} {what}{'s' if count != 1 else ''}"


class _Both(NamedTuple):
    """A mesh before and after."""

    base: Mesh
    head: Mesh

    def others(self, name: str) -> tuple[str, ...]:
        """The clusters beside one that both meshes have."""
        kept = {cluster.name for cluster in self.base.clusters} & {each.name for each in self.head.clusters}
        return tuple(sorted(kept - {name}))

    def dialled(self, name: str) -> "_Dialled":
        """What it does to the others that one is dialled in another way: it depends on where names are."""
        others = set(self.others(name))
        reading = [
            (each.name, _READERS[profile.names[0]] if profile else Impact.RESTART)
            for each in self.head.clusters
            if each.name in others
            for profile in [profile_of(parse_version(each.cilium.version))]
        ]
        worst = max((impact for _, impact in reading), key=list(Impact).index, default=Impact.NONE)
        restarting = (each for each, impact in reading if impact is Impact.RESTART)
        return _Dialled(worst, tuple(sorted(restarting)))


class _Dialled(NamedTuple):
    """The worst that happens to the others, and the clusters whose agents restart."""

    impact: Impact
    restarts: tuple[str, ...]


_READERS = {
    Names.AGENTS: Impact.RESTART,
    Names.APISERVER: Impact.APISERVER,
    Names.FILES: Impact.NONE,
}
"""What restarts when the name of another cluster gets another address."""


class _Fact(NamedTuple):
    """A fact of a cluster whose change does something."""

    what: str
    path: SourcePath
    of: Callable[[Cluster], Any]
    impact: Impact
    note: str
    own: bool = False
    others: bool = False
    gate: str | None = None


_FACTS = (
    _Fact(
        "ID", ("id",), lambda each: each.id, Impact.UNSUPPORTED,
        "disconnect the cluster first, change it, restart every workload, then connect it again",
        own=True, others=True, gate="identity",
    ),
    _Fact(
        "Cilium version", ("cilium", "version"), lambda each: each.cilium.version, Impact.RESTART,
        "which connections it opens and cuts, if any, is said with the connections", own=True,
    ),
    _Fact(
        "service addresses", ("serviceIPs",), lambda each: _listed(each.service_ips.texts), Impact.RESTART,
        "every other cluster dials the new address: keep the old one until all of them do",
        others=True,
    ),
    _Fact(
        "host name", ("service", "hostname"), lambda each: each.service.hostname, Impact.RESTART,
        "every other cluster dials the new name", others=True,
    ),
    _Fact(
        "service port", ("service", "port"), lambda each: each.service.port, Impact.RESTART,
        "every other cluster dials the new port; open it in firewalls first", others=True,
    ),
    _Fact(
        "service type", ("service", "type"), lambda each: each.service.type, Impact.RECONNECT,
        "the load balancer or the node port is made anew, and its address may be another",
    ),
    _Fact(
        "service annotations", ("service", "annotations"), lambda each: _paired(each.service.annotations),
        Impact.RECONNECT, "the cloud's controller may make another load balancer with another address",
    ),
    _Fact(
        "provider", ("provider",), lambda each: each.provider, Impact.RECONNECT,
        "another load balancer with another address",
    ),
    _Fact(
        "PodCIDRs", ("podCIDRs",), lambda each: _blocks(each.pod_cidrs), Impact.UNSUPPORTED,
        "nodes keep the blocks they have: they must be replaced, and firewalls and routes changed",
    ),
    _Fact(
        "node CIDRs", ("nodeCIDRs",), lambda each: _blocks(each.node_cidrs), Impact.NONE,
        "firewalls of all clusters must let the new addresses through",
    ),
    _Fact(
        "datapath mode", ("cilium", "datapath", "mode"), lambda each: each.cilium.datapath.mode,
        Impact.RECONNECT, "pods of clusters with different modes do not reach each other: change all at once",
        own=True,
    ),
    _Fact(
        "tunnel protocol", ("cilium", "datapath", "tunnelProtocol"),
        lambda each: each.cilium.datapath.tunnel_protocol, Impact.RECONNECT,
        "pods of clusters with different protocols do not reach each other: change all at once", own=True,
    ),
    _Fact(
        "encryption", ("cilium", "encryption"), lambda each: each.cilium.encryption, Impact.RECONNECT,
        "pods of clusters with different encryption do not reach each other: change all at once", own=True,
    ),
    _Fact(
        "Cilium's namespace", ("cilium", "namespace"), lambda each: each.cilium.namespace, Impact.UNSUPPORTED,
        "Cilium is installed anew",
    ),
)  # fmt: skip


def _listed(texts: Any) -> str:
    return ", ".join(texts)


def _blocks(blocks: Any) -> str:
    return ", ".join(block.text for block in blocks)


def _paired(pairs: Any) -> str:
    return ", ".join(f"{key}={value}" for key, value in sorted(pairs.items()))


def mesh_changes(base: Mesh, head: Mesh) -> Iterator[MeshChange]:
    """Everything of clusters, services and workloads that is another, in the order of mesh.yaml."""
    both = _Both(base, head)
    yield from _of_mesh(both)
    yield from _of_clusters(both)
    yield from _of_services(both)
    yield from _of_workloads(both)


def _of_mesh(both: _Both) -> Iterator[MeshChange]:
    everywhere = both.others("")
    for what, path, before, after in (
        ("domain", ("domain",), both.base.domain, both.head.domain),
        (
            "maxConnectedClusters",
            ("cilium", "maxConnectedClusters"),
            both.base.cilium.max_connected_clusters,
            both.head.cilium.max_connected_clusters,
        ),
    ):
        if before != after:
            live = what == "domain"
            yield MeshChange(
                "mesh", what, str(before), str(after),
                Impact.RESTART if live else Impact.UNSUPPORTED,
                "every cluster dials the others by new names, and their certificates must cover them"
                if live
                else "identities are numbered otherwise: every cluster is installed anew",
                path, everywhere, None if live else "identity",
            )  # fmt: skip


def _of_clusters(both: _Both) -> Iterator[MeshChange]:
    before = {cluster.name: cluster for cluster in both.base.clusters}
    after = {cluster.name: (index, cluster) for index, cluster in enumerate(both.head.clusters)}
    renamed = dict(_renamed(before, {name: each for name, (_, each) in after.items()}))
    for name, (index, cluster) in after.items():
        at: SourcePath = ("clusters", index)
        if name in renamed.values():
            old = next(each for each, new in renamed.items() if new == name)
            yield MeshChange(
                name, "name", old, name, Impact.UNSUPPORTED,
                "disconnect the cluster first, change it, restart every workload, then connect it again; "
                "policies that name the old one match nothing any more",
                (*at, "name"), both.others(name), "identity",
            )  # fmt: skip
        elif name not in before:
            dialled = both.dialled(name)
            yield MeshChange(
                name, "cluster", "", "added", dialled.impact,
                "the new cluster is applied first, then the others one after the other",
                at, dialled.restarts,
            )  # fmt: skip
        else:
            yield from _of_cluster(both, before[name], cluster, at)
    for name in sorted(before.keys() - after.keys() - renamed.keys()):
        dialled = both.dialled(name)
        yield MeshChange(
            name, "cluster", "there", "removed", dialled.impact,
            "connections to it end; what remains in it is deleted by hand, see ROLLOUT.md",
            ("clusters",), dialled.restarts, "removal",
        )  # fmt: skip


def _renamed(before: dict[str, Cluster], after: dict[str, Cluster]) -> Iterator[tuple[str, str]]:
    """Clusters that have another name but the same ID and PodCIDRs."""
    new = {(each.id, _blocks(each.pod_cidrs)): name for name, each in after.items() if name not in before}
    for name in sorted(before.keys() - after.keys()):
        found = new.get((before[name].id, _blocks(before[name].pod_cidrs)))
        if found is not None:
            yield name, found


def _of_cluster(both: _Both, before: Cluster, after: Cluster, at: SourcePath) -> Iterator[MeshChange]:
    for fact in _FACTS:
        was, is_now = fact.of(before), fact.of(after)
        if was != is_now:
            dialled = both.dialled(after.name) if fact.others else _Dialled(fact.impact, ())
            own = (after.name,) if fact.own else ()
            yield MeshChange(
                after.name, fact.what, _text(was), _text(is_now),
                dialled.impact if fact.impact is Impact.RESTART else fact.impact, fact.note,
                (*at, *fact.path), tuple(sorted((*own, *dialled.restarts))), fact.gate,
            )  # fmt: skip
    yield from _of_profile(before, after, at)


def _of_profile(before: Cluster, after: Cluster, at: SourcePath) -> Iterator[MeshChange]:
    """What an upgrade changes of what a cluster is made of."""
    was, is_now = (profile_of(parse_version(each.cilium.version)) for each in (before, after))
    if was is None or is_now is None or was is is_now:
        return
    note = "; ".join(differences(was, is_now))
    yield MeshChange(
        after.name, "objects of Cilium", was.versions, is_now.versions, Impact.NONE, note,
        (*at, "cilium", "version"),
    )  # fmt: skip


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _of_services(both: _Both) -> Iterator[MeshChange]:
    before = {(each.namespace, each.name): each for each in both.base.services}
    after = {(each.namespace, each.name): (index, each) for index, each in enumerate(both.head.services)}
    for key in sorted(before.keys() | after.keys()):
        was = _service(before[key]) if key in before else "absent"
        is_now = _service(after[key][1]) if key in after else "absent"
        if was != is_now:
            at: SourcePath = ("services", after[key][0]) if key in after else ("services",)
            note = "its Service is deleted by hand, see ROLLOUT.md" if key not in after else (
                "its clients balance over other pods, or dial other ports"
            )  # fmt: skip
            yield MeshChange("/".join(key), "global service", was, is_now, Impact.NONE, note, at)


def _service(service: Service) -> str:
    ports = ", ".join(
        f"{port.port}/{port.protocol}" + (f" to {port.target_port}" if port.target_port else "")
        for port in service.ports
    )
    places = "; ".join(
        f"{what} {_selection(selection)}"
        for what, selection in (("in", service.clusters), ("backends", service.backends))
    )
    return f"ports {ports}; selector {_paired(service.selector)}; {places}" + (
        f"; affinity {service.affinity}" if service.affinity else ""
    )


def _selection(selection: Any) -> str:
    if isinstance(selection, str):
        return selection
    return ", ".join(selection) if isinstance(selection, tuple) else f"{{{_paired(selection.labels)}}}"


def _of_workloads(both: _Both) -> Iterator[MeshChange]:
    before = {each.name: each for each in both.base.workloads}
    after = {each.name: (index, each) for index, each in enumerate(both.head.workloads)}
    for name in sorted(before.keys() | after.keys()):
        was = _workload(before[name]) if name in before else "absent"
        is_now = _workload(after[name][1]) if name in after else "absent"
        if was != is_now:
            at: SourcePath = ("workloads", after[name][0]) if name in after else ("workloads",)
            note = "pods with other labels get other identities; what follows is said with the connections"
            yield MeshChange(name, "workload", was, is_now, Impact.NONE, note, at)


def _workload(workload: Any) -> str:
    parts = [f"namespace {workload.namespace}", f"labels {_paired(workload.labels)}"]
    parts.append(f"in {_selection(workload.clusters)}")
    if workload.ports:
        parts.append(f"ports {_paired(workload.ports)}")
    if workload.service_account != "default":
        parts.append(f"service account {workload.service_account}")
    return "; ".join(parts)
