"""The facts of a cluster whose change does something to running clusters."""

from collections.abc import Callable, Mapping
from enum import Enum, auto
from typing import Any, NamedTuple

from ..addresses import number
from ..chart.values import delivery_of
from ..cilium.profiles import profile_for
from ..cilium.skew import minors_behind
from ..cilium.version import parse_version
from ..location import SourcePath
from ..model import Cluster
from ..reachability.written import listed
from .beside import Meshes
from .changes import Impact, Restarts, paired
from .helm_values import shown

_MOST_ADDRESSES = 5


class Own(Enum):
    """Which processes of a cluster restart when a fact of it is another."""

    NOTHING = auto()
    AGENTS = auto()
    ALL = auto()


class Fact(NamedTuple):
    """
    A fact of a cluster, and what its change does.

    `own` are the processes of the cluster that restart; `others` is what restarts beside it.
    Where `impact` is RESTART, it is what in fact restarts, which may be nothing. `unlike` is the impact and
    the note of a change that does other than most.
    """

    what: str
    path: SourcePath
    of: Callable[[Cluster], Any]
    impact: Impact
    note: str
    own: Own = Own.NOTHING
    others: Callable[[Meshes, str], Restarts] = lambda _meshes, _name: Restarts()
    gate: str | None = None
    words: Callable[[Any, Any], str] = lambda value, _other: _text(value)
    unlike: Callable[[Cluster, Cluster], tuple[Impact, str] | None] = lambda _before, _after: None

    def restarts(self, meshes: Meshes, name: str) -> Restarts:
        """What restarts, in the cluster and beside it."""
        beside = self.others(meshes, name)
        if self.own is Own.NOTHING:
            return beside
        agents = beside.and_agents_of(name)
        return agents if self.own is Own.AGENTS else agents.and_apiservers(meshes.with_apiserver((name,)))


def _text(value: object) -> str:
    return "" if value is None else shown(str(value))


def _listed_first(value: frozenset[str], other: frozenset[str]) -> str:
    """Of many addresses, those that the other side has not."""
    return listed(sorted(value - other, key=number), _MOST_ADDRESSES)


def _paired(value: Any, _other: Any) -> str:
    return shown(paired(value))


def _aliases(cluster: Cluster) -> str:
    aliases = cluster.cilium.extra_host_aliases
    return "; ".join(f"{alias.ip} {' '.join(alias.hostnames)}" for alias in aliases)


def _grown(before: Cluster, after: Cluster) -> tuple[Impact, str] | None:
    """
    What it does where blocks were only added.

    The source is Cilium's page on the IPAM mode cluster-pool, under the expansion of a pool: elements of the
    list are not to be changed, and new ones may follow.
    """
    old, new = (blocks(each.pod_cidrs) for each in (before, after))
    families = ({block.family for block in each.pod_cidrs} for each in (before, after))
    if not new.startswith(f"{old}, ") or len({*map(frozenset, families)}) > 1:
        return None
    return Impact.NONE, (
        "nodes keep the blocks that they have, and new ones are taken from what was added; an operator that "
        "hands them out reads the list when it starts: restart it; firewalls and routes of all clusters must "
        "let the new addresses through first"
    )


def _leapt(before: Cluster, after: Cluster) -> tuple[Impact, str] | None:
    """
    What it does where identities are kept elsewhere, or versions are left out.

    The source of the latter is Cilium's upgrade guide: what is tested is from one minor version to the next,
    and back.
    """
    was, is_now = profile_for(before), profile_for(after)
    if was is None or is_now is None:
        return None
    if was.identity_mode != is_now.identity_mode:
        return Impact.UNSUPPORTED, (
            f"identities are kept in {is_now.identity_mode} and no more in {was.identity_mode}, and the "
            "others dial another control plane: disconnect the cluster first, change it, restart every "
            "workload, then connect it again"
        )
    steps = minors_behind(*sorted(parse_version(each.cilium.version) for each in (before, after)))
    if steps <= 1:
        return None
    return Impact.UNSUPPORTED, (
        f"{steps} minor versions at once, and Cilium supports one: take one after the other, each applied "
        "everywhere before the next"
    )


FACTS = (
    Fact(
        "ID", ("id",), lambda each: each.id, Impact.UNSUPPORTED,
        "disconnect the cluster first, change it, restart every workload, then connect it again",
        own=Own.ALL, others=Meshes.readdressed, gate="identity",
    ),
    Fact(
        "Cilium version", ("cilium", "version"), lambda each: each.cilium.version, Impact.RESTART,
        "which connections it opens and cuts, if any, is said with the connections", own=Own.ALL,
        unlike=_leapt,
    ),
    Fact(
        "service addresses", ("serviceIPs",), lambda each: _listed(each.service_ips.texts), Impact.RESTART,
        "every other cluster dials the new address: keep the old one until all of them do",
        others=Meshes.dialled,
    ),
    Fact(
        "host name", ("service", "hostname"), lambda each: each.service.hostname, Impact.RESTART,
        "every other cluster dials the new name", others=Meshes.dialled,
    ),
    Fact(
        "service port", ("service", "port"), lambda each: each.service.port, Impact.RESTART,
        "every other cluster dials the new port; open it in firewalls first", others=Meshes.files,
    ),
    Fact(
        "service type", ("service", "type"), lambda each: each.service.type, Impact.RECONNECT,
        "the load balancer or the node port is made anew, and its address may be another",
    ),
    Fact(
        "service annotations", ("service", "annotations"), lambda each: each.service.annotations,
        Impact.RECONNECT, "the cloud's controller may make another load balancer with another address",
        words=_paired,
    ),
    Fact(
        "service labels", ("service", "labels"), lambda each: each.service.labels, Impact.RECONNECT,
        "what gives the Service its address may choose it by its labels, and give it another",
        words=_paired,
    ),
    Fact(
        "service selector", ("service", "selector"), lambda each: each.service.selector,
        Impact.RECONNECT, "the others reach other pods: an etcd that must hold what the one before does",
        words=_paired,
    ),
    Fact(
        "source ranges", ("service", "sourceRanges"), lambda each: blocks(each.service.source_ranges),
        Impact.NONE, "the load balancer drops what comes from elsewhere: the nodes of every other cluster "
        "must be inside",
    ),
    Fact(
        "provider", ("provider",), lambda each: each.provider, Impact.RECONNECT,
        "another load balancer with another address",
    ),
    Fact(
        "PodCIDRs", ("podCIDRs",), lambda each: blocks(each.pod_cidrs), Impact.UNSUPPORTED,
        "nodes keep the blocks they have: they must be replaced, and firewalls and routes changed",
        unlike=_grown,
    ),
    Fact(
        "node CIDRs", ("nodeCIDRs",), lambda each: blocks(each.node_cidrs), Impact.NONE,
        "firewalls of all clusters must let the new addresses through",
    ),
    Fact(
        "node IPs", ("nodeIPs",), lambda each: frozenset(each.node_ips.texts), Impact.NONE,
        "firewalls of all clusters must let the new addresses through", words=_listed_first,
    ),
    Fact(
        "ClusterIP blocks", ("serviceCIDRs",), lambda each: blocks(each.service_cidrs), Impact.NONE,
        "a cluster keeps the block that it was made with: nothing is applied of it",
    ),
    Fact(
        "region", ("region",), lambda each: each.region, Impact.NONE,
        "load balancers may be reached from other regions only where they are told so: see their Services",
    ),
    Fact(
        "labels", ("labels",), lambda each: each.labels, Impact.NONE,
        "services and policies that select clusters by them may mean others; what follows is said there",
        words=_paired,
    ),
    Fact(
        "datapath mode", ("cilium", "datapath", "mode"), lambda each: each.cilium.datapath.mode,
        Impact.RECONNECT, "pods of clusters with different modes do not reach each other: change all at once",
        own=Own.AGENTS,
    ),
    Fact(
        "tunnel protocol", ("cilium", "datapath", "tunnelProtocol"),
        lambda each: each.cilium.datapath.tunnel_protocol, Impact.RECONNECT,
        "pods of clusters with different protocols do not reach each other: change all at once",
        own=Own.AGENTS,
    ),
    Fact(
        "native routing CIDR", ("cilium", "datapath", "nativeRoutingCIDR"),
        lambda each: _block(each.cilium.datapath.native_routing_cidr), Impact.RESTART,
        "packets to addresses outside it are masqueraded: it must hold the PodCIDRs of every cluster",
        own=Own.AGENTS,
    ),
    Fact(
        "IPAM", ("cilium", "ipam"), lambda each: each.cilium.ipam, Impact.UNSUPPORTED,
        "nodes and pods keep the addresses that they have: Cilium is installed anew, on new nodes",
        own=Own.AGENTS,
    ),
    Fact(
        "CNI chaining", ("cilium", "chaining"), lambda each: each.cilium.chaining, Impact.RESTART,
        "pods keep the interfaces that they got from the plugin before: restart every workload",
        own=Own.AGENTS,
    ),
    Fact(
        "delivery", ("cilium", "delivery"), delivery_of, Impact.RECONNECT,
        "the mesh's objects get another owner: Helm refuses those that it did not make, and deletes its own, "
        "so the other clusters are lost until the new owner's stand",
        own=Own.AGENTS,
    ),
    Fact(
        "encryption", ("cilium", "encryption"), lambda each: each.cilium.encryption, Impact.RECONNECT,
        "pods of clusters with different encryption do not reach each other: change all at once",
        own=Own.AGENTS,
    ),
    Fact(
        "extra host aliases", ("cilium", "extraHostAliases"), _aliases, Impact.RESTART,
        "names that agents dial may have other addresses",
        own=Own.AGENTS,
    ),
    Fact(
        "Cilium's namespace", ("cilium", "namespace"), lambda each: each.cilium.namespace, Impact.UNSUPPORTED,
        "Cilium is installed anew",
    ),
)  # fmt: skip


def _listed(texts: Any) -> str:
    return ", ".join(texts)


def blocks(listed: Any) -> str:
    """Address blocks in words."""
    return ", ".join(block.text for block in listed)


def _block(block: Any) -> str | None:
    return None if block is None else str(block.text)


TOLD_ELSEWHERE: Mapping[SourcePath, str] = {
    ("name",): "a renaming has a row of its own",
    ("recipients",): "rows of recipients",
    ("context",): "the text of runbooks, and nothing that runs",
    ("policy",): "rows of connections",
    ("helmValues",): "a row for each value",
}
"""What else mesh.yaml says of a cluster, and where a review tells that it is another."""
