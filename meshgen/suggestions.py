"""The next free cluster ID and the next free CIDR."""

from collections.abc import Iterator

from .addresses import Cidr, Ranges, cidr, free_block, networks
from .model import Cluster, Mesh

UNSAFE_BIT = 0x80
"""Cluster IDs with this bit break ENI, Alibaba and aws-cni datapaths: cilium/cilium#21330."""

# https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry
UNUSABLE = (
    (cidr("0.0.0.0/8"), "unspecified"),
    (cidr("127.0.0.0/8"), "loopback"),
    (cidr("169.254.0.0/16"), "link-local"),
    (cidr("224.0.0.0/4"), "multicast"),
    (cidr("255.255.255.255/32"), "broadcast"),
    (cidr("::/128"), "unspecified"),
    (cidr("::1/128"), "loopback"),
    (cidr("fe80::/10"), "link-local"),
    (cidr("ff00::/8"), "multicast"),
)
"""Addresses that never leave a machine or a link, and what they are called."""

FIRST_V6 = cidr("::/0").first
"""IPv4 lies below it."""

_AVOIDING_PROVIDERS = frozenset({"aws", "alibaba"})
_PRIVATE = tuple(cidr(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
_UNIQUE_LOCAL = (cidr("fd00::/8"),)


def uses_packet_mark(cluster: Cluster) -> bool:
    """Whether the datapath of a cluster keeps its own bits where bit 0x80 of the ID goes."""
    return _uses_packet_mark(cluster.cilium.ipam, cluster.cilium.chaining)


def _uses_packet_mark(ipam: str, chaining: str) -> bool:
    return ipam in {"eni", "alibabacloud"} or chaining == "aws-cni"


def _new_cluster_uses_packet_mark(mesh: Mesh) -> bool:
    """Whether a cluster that says nothing of its own would have such a datapath."""
    defaults = mesh.cluster_defaults.cilium
    ipam, chaining = (
        getattr(defaults if key in defaults.model_fields_set else mesh.cilium, key)
        for key in ("ipam", "chaining")
    )
    return _uses_packet_mark(ipam, chaining)


def next_free_id(mesh: Mesh, provider: str | None = None, *, avoid_unsafe: bool = False) -> int | None:
    """The lowest cluster ID that nobody has and that suits the provider; None if all are taken."""
    avoid = avoid_unsafe or provider in _AVOIDING_PROVIDERS or _new_cluster_uses_packet_mark(mesh)
    used = {cluster.id for cluster in mesh.clusters}
    candidates = range(1, mesh.cilium.max_connected_clusters + 1)
    return next(
        (number for number in candidates if number not in used and not (avoid and number & UNSAFE_BIT)),
        None,
    )


def used_ranges(mesh: Mesh) -> Ranges:
    """Everything that a new PodCIDR must keep clear of."""
    return Ranges(_used(mesh))


def _used(mesh: Mesh) -> Iterator[tuple[int, int]]:
    for block, _ in UNUSABLE:
        yield block.first, block.last
    for cluster in mesh.clusters:
        for block in (*cluster.pod_cidrs, *cluster.service_cidrs, *cluster.node_cidrs):
            yield block.first, block.last
        for address in (*cluster.node_ips.numbers, *cluster.service_ips.numbers):
            yield address, address


def next_free_cidr(mesh: Mesh, used: Ranges, size: int, *, six: bool = False) -> str | None:
    """
    A free CIDR of `size` addresses, or None; IPv6 with `six`.

    The search goes up from the mesh's first PodCIDR of the family and starts over at the bottom of
    the private ranges; in native routing it stays within what every cluster routes.
    """
    pools = _natively_routed(mesh, six=six) or (_UNIQUE_LOCAL if six else _PRIVATE)
    start = _first_pod(mesh, six=six)
    searches = [(start, pool.last) for pool in pools if pool.first <= start <= pool.last]
    searches += [(pool.first, pool.last) for pool in pools]
    found = (free_block(used, size, low, high) for low, high in searches)
    first = next((block for block in found if block is not None), None)
    return None if first is None else next(networks(first, first + size - 1))


def _natively_routed(mesh: Mesh, *, six: bool) -> tuple[Cidr, ...]:
    """The block that all natively routing clusters share, if they name one; of CIDRs, the smallest."""
    settings = (mesh.cilium, *(cluster.cilium for cluster in mesh.clusters))
    routed = [
        block
        for setting in settings
        if setting.datapath.mode == "native" and (block := setting.datapath.native_routing_cidr)
        if (block.first >= FIRST_V6) == six
    ]
    return tuple(sorted(routed, key=lambda block: block.last - block.first)[:1])


def _first_pod(mesh: Mesh, *, six: bool) -> int:
    firsts = (block.first for cluster in mesh.clusters for block in cluster.pod_cidrs)
    return next((first for first in firsts if (first >= FIRST_V6) == six), -1)
