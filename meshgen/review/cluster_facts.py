"""The facts of a cluster whose change does something to running clusters."""

from collections.abc import Callable
from typing import Any, NamedTuple

from ..chart.values import delivery_of
from ..location import SourcePath
from ..model import Cluster
from .beside import Meshes
from .changes import Impact, Restarts, paired


class Fact(NamedTuple):
    """
    A fact of a cluster, and what its change does.

    With `own`, the cluster's agents restart; `others` is what restarts beside it.
    Where `impact` is RESTART, it is what in fact restarts, which may be nothing.
    """

    what: str
    path: SourcePath
    of: Callable[[Cluster], Any]
    impact: Impact
    note: str
    own: bool = False
    others: Callable[[Meshes, str], Restarts] = lambda _meshes, _name: Restarts()
    gate: str | None = None

    def restarts(self, meshes: Meshes, name: str) -> Restarts:
        """What restarts, in the cluster and beside it."""
        beside = self.others(meshes, name)
        return beside.and_agents_of(name) if self.own else beside


FACTS = (
    Fact(
        "ID", ("id",), lambda each: each.id, Impact.UNSUPPORTED,
        "disconnect the cluster first, change it, restart every workload, then connect it again",
        own=True, others=Meshes.readdressed, gate="identity",
    ),
    Fact(
        "Cilium version", ("cilium", "version"), lambda each: each.cilium.version, Impact.RESTART,
        "which connections it opens and cuts, if any, is said with the connections", own=True,
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
        "service annotations", ("service", "annotations"), lambda each: paired(each.service.annotations),
        Impact.RECONNECT, "the cloud's controller may make another load balancer with another address",
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
    ),
    Fact(
        "node CIDRs", ("nodeCIDRs",), lambda each: blocks(each.node_cidrs), Impact.NONE,
        "firewalls of all clusters must let the new addresses through",
    ),
    Fact(
        "datapath mode", ("cilium", "datapath", "mode"), lambda each: each.cilium.datapath.mode,
        Impact.RECONNECT, "pods of clusters with different modes do not reach each other: change all at once",
        own=True,
    ),
    Fact(
        "tunnel protocol", ("cilium", "datapath", "tunnelProtocol"),
        lambda each: each.cilium.datapath.tunnel_protocol, Impact.RECONNECT,
        "pods of clusters with different protocols do not reach each other: change all at once", own=True,
    ),
    Fact(
        "native routing CIDR", ("cilium", "datapath", "nativeRoutingCIDR"),
        lambda each: _block(each.cilium.datapath.native_routing_cidr), Impact.RESTART,
        "packets to addresses outside it are masqueraded: it must hold the PodCIDRs of every cluster",
        own=True,
    ),
    Fact(
        "IPAM", ("cilium", "ipam"), lambda each: each.cilium.ipam, Impact.UNSUPPORTED,
        "nodes and pods keep the addresses that they have: Cilium is installed anew, on new nodes", own=True,
    ),
    Fact(
        "CNI chaining", ("cilium", "chaining"), lambda each: each.cilium.chaining, Impact.RESTART,
        "pods keep the interfaces that they got from the plugin before: restart every workload", own=True,
    ),
    Fact(
        "delivery", ("cilium", "delivery"), delivery_of, Impact.RECONNECT,
        "the mesh's objects get another owner: Helm refuses those that it did not make, and deletes its own, "
        "so the other clusters are lost until the new owner's stand", own=True,
    ),
    Fact(
        "encryption", ("cilium", "encryption"), lambda each: each.cilium.encryption, Impact.RECONNECT,
        "pods of clusters with different encryption do not reach each other: change all at once", own=True,
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
