"""Changes of clusters and of the whole mesh, and what each does to running clusters."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from ..chart.names import names_of
from ..chart.overrides import default_local_cluster
from ..chart.values import delivery_of
from ..cilium.profile import Names
from ..cilium.profile_facts import NAMES, PEERS, differences, told_names
from ..cilium.profiles import profile_for
from ..engine.semantics import semantics
from ..location import SourcePath, path_text
from ..model import Cluster, Mesh
from .changes import Impact, MeshChange, counted, paired
from .helm_values import changed_values, shown
from .services import service_changes, workload_changes


class _Both(NamedTuple):
    """A mesh before and after."""

    base: Mesh
    head: Mesh

    def others(self, name: str) -> tuple[str, ...]:
        """The clusters beside one that both meshes have."""
        kept = {cluster.name for cluster in self.base.clusters} & {each.name for each in self.head.clusters}
        return tuple(sorted(kept - {name}))

    def dialled(self, name: str) -> "_Dialled":
        """
        What it does to the others that one is dialled in another way: it depends on where names are.

        With `service.hostname` before and after, DNS has its address, and no hostAliases have.
        """
        sides = (each for side in self for each in side.clusters if each.name == name)
        if all(each.service.hostname is not None for each in sides):
            return _Dialled(Impact.NONE, ())
        return self.readdressed(name)

    def readdressed(self, name: str) -> "_Dialled":
        """What it does to the clusters beside one that host names or their addresses are others."""
        others = set(self.others(name))
        return _worst(
            (each.name, max((_READERS[place] for place in names_of(each)), key=_ORDER))
            for each in self.head.clusters
            if each.name in others
        )

    def files(self, name: str) -> "_Dialled":
        """What it does to the others that their files of one are others, but no hostAliases."""
        others = set(self.others(name))
        return _worst(
            (each.name, Impact.RESTART if _has_own_files(each) else Impact.NONE)
            for each in self.head.clusters
            if each.name in others
        )


class _Dialled(NamedTuple):
    """The worst that happens to the others, and the clusters whose agents restart."""

    impact: Impact
    restarts: tuple[str, ...]


_ORDER = list(Impact).index


def _worst(found: Iterable[tuple[str, Impact]]) -> _Dialled:
    reading = list(found)
    worst = max((impact for _, impact in reading), key=_ORDER, default=Impact.NONE)
    return _Dialled(worst, tuple(sorted(name for name, impact in reading if impact is Impact.RESTART)))


def _has_own_files(cluster: Cluster) -> bool:
    """Whether the Secret of peers is part of what restarts a cluster's agents, as it is before 1.14."""
    profile = profile_for(cluster)
    return profile is None or profile.secret_name in profile.agent_secrets


_READERS = {
    Names.AGENTS: Impact.RESTART,
    Names.APISERVER: Impact.APISERVER,
    Names.FILES: Impact.NONE,
}
"""What restarts when the name of another cluster gets another address."""


class _Fact(NamedTuple):
    """
    A fact of a cluster whose change does something.

    With `own`, its agents restart; `others` is what happens in the other clusters, if anything.
    """

    what: str
    path: SourcePath
    of: Callable[[Cluster], Any]
    impact: Impact
    note: str
    own: bool = False
    others: Callable[[_Both, str], _Dialled] | None = None
    gate: str | None = None


_FACTS = (
    _Fact(
        "ID", ("id",), lambda each: each.id, Impact.UNSUPPORTED,
        "disconnect the cluster first, change it, restart every workload, then connect it again",
        own=True, others=_Both.readdressed, gate="identity",
    ),
    _Fact(
        "Cilium version", ("cilium", "version"), lambda each: each.cilium.version, Impact.RESTART,
        "which connections it opens and cuts, if any, is said with the connections", own=True,
    ),
    _Fact(
        "service addresses", ("serviceIPs",), lambda each: _listed(each.service_ips.texts), Impact.RESTART,
        "every other cluster dials the new address: keep the old one until all of them do",
        others=_Both.dialled,
    ),
    _Fact(
        "host name", ("service", "hostname"), lambda each: each.service.hostname, Impact.RESTART,
        "every other cluster dials the new name", others=_Both.dialled,
    ),
    _Fact(
        "service port", ("service", "port"), lambda each: each.service.port, Impact.RESTART,
        "every other cluster dials the new port; open it in firewalls first", others=_Both.files,
    ),
    _Fact(
        "service type", ("service", "type"), lambda each: each.service.type, Impact.RECONNECT,
        "the load balancer or the node port is made anew, and its address may be another",
    ),
    _Fact(
        "service annotations", ("service", "annotations"), lambda each: paired(each.service.annotations),
        Impact.RECONNECT, "the cloud's controller may make another load balancer with another address",
    ),
    _Fact(
        "source ranges", ("service", "sourceRanges"), lambda each: _blocks(each.service.source_ranges),
        Impact.NONE, "the load balancer drops what comes from elsewhere: the nodes of every other cluster "
        "must be inside",
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
        "native routing CIDR", ("cilium", "datapath", "nativeRoutingCIDR"),
        lambda each: _block(each.cilium.datapath.native_routing_cidr), Impact.RESTART,
        "packets to addresses outside it are masqueraded: it must hold the PodCIDRs of every cluster",
        own=True,
    ),
    _Fact(
        "IPAM", ("cilium", "ipam"), lambda each: each.cilium.ipam, Impact.UNSUPPORTED,
        "nodes and pods keep the addresses that they have: Cilium is installed anew, on new nodes", own=True,
    ),
    _Fact(
        "CNI chaining", ("cilium", "chaining"), lambda each: each.cilium.chaining, Impact.RESTART,
        "pods keep the interfaces that they got from the plugin before: restart every workload", own=True,
    ),
    _Fact(
        "delivery", ("cilium", "delivery"), delivery_of, Impact.RECONNECT,
        "the mesh's objects get another owner: Helm refuses those that it did not make, and deletes its own, "
        "so the other clusters are lost until the new owner's stand", own=True,
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


def _block(block: Any) -> str | None:
    return None if block is None else str(block.text)


def mesh_changes(base: Mesh, head: Mesh) -> Iterator[MeshChange]:
    """Everything of clusters, services and workloads that is another, in the order of mesh.yaml."""
    both = _Both(base, head)
    yield from _of_mesh(both)
    yield from _of_clusters(both)
    yield from service_changes(base, head)
    yield from workload_changes(base, head)


def _of_mesh(both: _Both) -> Iterator[MeshChange]:
    base, head = both
    if base.domain != head.domain:
        named = both.readdressed("")
        yield MeshChange(
            "mesh", "domain", base.domain, head.domain, named.impact,
            "every cluster dials the others by new names, and their certificates must cover them",
            ("domain",), named.restarts,
        )  # fmt: skip
    most = base.cilium.max_connected_clusters, head.cilium.max_connected_clusters
    if most[0] != most[1]:
        yield MeshChange(
            "mesh", "maxConnectedClusters", str(most[0]), str(most[1]), Impact.UNSUPPORTED,
            "identities are numbered otherwise: every cluster is installed anew",
            ("cilium", "maxConnectedClusters"), both.others(""), "identity",
        )  # fmt: skip
    yield from _of_trust(both)


def _of_trust(both: _Both) -> Iterator[MeshChange]:
    """Where certificates come from, and whom the clusters trust."""
    before, after = both.base.tls, both.head.tls
    if before.source != after.source:
        yield MeshChange(
            "mesh", "tls.source", before.source or "none", after.source or "none", Impact.RECONNECT,
            "certificates and their users are others: clusters with old and with new ones refuse each other "
            "unless both trust both authorities; let all trust both first, or change all at once",
            ("tls", "source"), both.files("").restarts,
        )  # fmt: skip
    in_cluster = [each.source == "in-cluster" for each in (before, after)]
    if all(in_cluster) and before.issuer != after.issuer:
        yield MeshChange(
            "mesh", "tls.issuer", _issuer(before.issuer), _issuer(after.issuer), Impact.RECONNECT,
            "certificates are signed anew: where the issuer has another authority, every cluster must trust "
            "both authorities first",
            ("tls", "issuer"),
        )  # fmt: skip
    if any(in_cluster) and before.ca_bundle != after.ca_bundle:
        # NOTE: the chart's pods have an annotation with the authorities; manifests have it on one Deployment.
        restarting = (each.name for each in both.head.clusters if delivery_of(each) == "helm")
        yield MeshChange(
            "mesh", "tls.caBundle", before.ca_bundle or "none", after.ca_bundle or "none", Impact.RECONNECT,
            "every cluster trusts what is in the new file: if the authority that signed a certificate in use "
            "is not in it, that cluster is refused",
            ("tls", "caBundle"), tuple(sorted({*restarting} & {*both.others("")})),
        )  # fmt: skip


def _issuer(issuer: Any) -> str:
    return f"{issuer.kind} {issuer.name} of {issuer.group}"


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
            dialled = fact.others(both, after.name) if fact.others else _Dialled(fact.impact, ())
            own = (after.name,) if fact.own else ()
            yield MeshChange(
                after.name, fact.what, _text(was), _text(is_now),
                dialled.impact if fact.impact is Impact.RESTART else fact.impact, fact.note,
                (*at, *fact.path), tuple(sorted((*own, *dialled.restarts))), fact.gate,
            )  # fmt: skip
    yield from _of_profile(before, after, at)
    yield from _of_values(before, after, at)


def _of_profile(before: Cluster, after: Cluster, at: SourcePath) -> Iterator[MeshChange]:
    """What an upgrade changes of what a cluster is made of."""
    was, is_now = (profile_for(each) for each in (before, after))
    if was is None or is_now is None or was is is_now:
        return
    of_cluster = {
        NAMES: (told_names(names_of(before)), told_names(names_of(after))),
        PEERS: (_peers(before), _peers(after)),
    }
    note = "; ".join(differences(was, is_now, of_cluster)) or "what is seen of them is as before"
    yield MeshChange(
        after.name, "objects of Cilium", was.versions, is_now.versions, Impact.NONE, note,
        (*at, "cilium", "version"),
    )  # fmt: skip


def _peers(cluster: Cluster) -> str:
    """What a peer without a cluster label means, with what `helmValues` say of it."""
    found = semantics(cluster.cilium.version, local_cluster=default_local_cluster(cluster))
    return "local cluster" if found.local_cluster else "any cluster"


_MEANT = ("clustermesh", "policyDefaultLocalCluster")
_MOST_VALUES = 50
"""Values of one cluster that have a row of their own."""

_OF_CHART = "the chart's templates decide what changes and which pods restart"
_AT_START = "agents read it when they start; which connections it opens and cuts is said with the connections"


def _of_values(before: Cluster, after: Cluster, at: SourcePath) -> Iterator[MeshChange]:
    """Each value of `helmValues` that is another, and what peers mean where one does that has not changed."""
    # NOTE: what policies mean is never among the values that are only counted.
    found = changed_values(before.helm_values, after.helm_values)
    changed = sorted(found, key=lambda value: value.path != _MEANT)
    path = (*at, "helmValues")
    was, is_now = _peers(before), _peers(after)
    told = any(value.path == _MEANT for value in changed) or not _same_profile(before, after)
    if was != is_now and not told:
        name = after.name
        yield MeshChange(name, PEERS, was, is_now, Impact.RESTART, _AT_START, (*path, *_MEANT), (name,))
    for value in changed[:_MOST_VALUES]:
        impact, note = Impact.UNKNOWN, _OF_CHART
        restarts: tuple[str, ...] = ()
        if value.path == _MEANT and was == is_now:
            impact, note = Impact.NONE, f"{PEERS}: {is_now}, as before"
        elif value.path == _MEANT:
            impact, note = Impact.RESTART, f"{PEERS}: {was} -> {is_now}; {_AT_START}"
            restarts = (after.name,)
        yield MeshChange(
            after.name, path_text(("helmValues", *value.path)), value.before, value.after, impact, note,
            (*path, *value.path), restarts,
        )  # fmt: skip
    if left := changed[_MOST_VALUES:]:
        more = counted(len(left), "more value")
        yield MeshChange(after.name, "helmValues", "", more, Impact.UNKNOWN, _OF_CHART, path)


def _same_profile(before: Cluster, after: Cluster) -> bool:
    one, other = (profile_for(each) for each in (before, after))
    return one is other


def _text(value: object) -> str:
    return "" if value is None else shown(str(value))
