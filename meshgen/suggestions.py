"""The next free cluster ID and the next free CIDR."""

from collections.abc import Iterable

from .addresses import Ranges, cidr, free_block, networks
from .model import Cluster, Mesh

UNSAFE_BIT = 0x80
"""Cluster IDs with this bit break ENI, Alibaba and aws-cni datapaths: cilium/cilium#21330."""

_AVOIDING_PROVIDERS = frozenset({"aws", "alibaba"})
_PRIVATE = tuple(cidr(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
_UNIQUE_LOCAL = (cidr("fd00::/8"),)
_FIRST_V6 = cidr("::/0").first


def uses_packet_mark(cluster: Cluster) -> bool:
    """Whether the datapath of a cluster keeps its own bits where bit 0x80 of the ID goes."""
    return cluster.cilium.ipam in {"eni", "alibabacloud"} or cluster.cilium.chaining == "aws-cni"


def next_free_id(mesh: Mesh, provider: str | None = None, *, avoid_unsafe: bool = False) -> int | None:
    """The lowest cluster ID that nobody has and that suits the provider; None if all are taken."""
    avoid = avoid_unsafe or provider in _AVOIDING_PROVIDERS
    used = {cluster.id for cluster in mesh.clusters}
    candidates = range(1, mesh.cilium.max_connected_clusters + 1)
    return next(
        (number for number in candidates if number not in used and not (avoid and number & UNSAFE_BIT)),
        None,
    )


def used_ranges(mesh: Mesh) -> Ranges:
    """Everything that a new PodCIDR must keep clear of."""
    return Ranges(_used(mesh))


def _used(mesh: Mesh) -> Iterable[tuple[int, int]]:
    for cluster in mesh.clusters:
        for block in (*cluster.pod_cidrs, *cluster.service_cidrs, *cluster.node_cidrs):
            yield block.first, block.last
        for address in (*cluster.node_ips.numbers, *cluster.service_ips.numbers):
            yield address, address


def next_free_cidr(
    mesh: Mesh, used: Ranges, size: int, *, after: int | None = None, six: bool = False
) -> str | None:
    """
    A free CIDR of `size` addresses, or None; IPv6 if `after` is, or with `six`.

    The search goes up from `after` (default: the mesh's first PodCIDR of the family) and starts over
    at the bottom of the private ranges; in native routing it stays within the native routing CIDR.
    """
    if after is not None:
        six = after >= _FIRST_V6
    native = mesh.cilium.datapath.native_routing_cidr
    pools = _UNIQUE_LOCAL if six else _PRIVATE
    if mesh.cilium.datapath.mode == "native" and native and (native.first >= _FIRST_V6) == six:
        pools = (native,)
    start = after if after is not None else _first_pod(mesh, six=six)
    searches = [(start, pool.last) for pool in pools if pool.first <= start <= pool.last]
    searches += [(pool.first, pool.last) for pool in pools]
    found = (free_block(used, size, low, high) for low, high in searches)
    first = next((block for block in found if block is not None), None)
    return None if first is None else next(networks(first, first + size - 1))


def _first_pod(mesh: Mesh, *, six: bool) -> int:
    firsts = (block.first for cluster in mesh.clusters for block in cluster.pod_cidrs)
    return next((first for first in firsts if (first >= _FIRST_V6) == six), -1)
