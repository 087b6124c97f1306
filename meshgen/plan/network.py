"""How a cluster is reached: what the others dial, what it is exposed by, and its own addresses."""

from collections.abc import Iterable

from ..addresses import Cidr, address_text, networks
from ..cilium.profile import Profile
from ..cilium.providers import exposure_annotations, takes_ip
from ..model import Cluster, Mesh
from ..trust.naming import host_of
from .types import Endpoint, Exposure, Network, pairs

_MOST_BLOCKS = 16
"""Blocks of node addresses that a runbook lists for one cluster."""


def endpoint(mesh: Mesh, cluster: Cluster) -> Endpoint:
    """Where a cluster is dialled by the others."""
    return Endpoint(
        cluster=cluster.name,
        host=host_of(mesh, cluster),
        port=cluster.service.port,
        addresses=_dialled(cluster),
    )


def _dialled(cluster: Cluster) -> tuple[str, ...]:
    if cluster.service.hostname is not None:
        return ()
    return tuple(address_text(value) for value in sorted(set(cluster.service_ips.numbers)))


def exposure(mesh: Mesh, cluster: Cluster, profile: Profile) -> Exposure:
    """The Service that they dial."""
    service = cluster.service
    static_ip = None
    if takes_ip(cluster) and cluster.service_ips.numbers:
        static_ip = address_text(cluster.service_ips.numbers[0])
    return Exposure(
        type=service.type,
        port=service.port,
        annotations=pairs(exposure_annotations(mesh, cluster)),
        labels=pairs(service.labels),
        selector=pairs(service.selector) or profile.service_selector,
        static_ip=static_ip,
        source_ranges=_sorted_blocks(service.source_ranges),
        addresses=_dialled(cluster),
    )


def network(cluster: Cluster) -> Network:
    """The addresses of a cluster, for runbooks."""
    blocks = _sorted_blocks(cluster.node_cidrs) or tuple(_joined(cluster.node_ips.numbers))
    return Network(
        pod_cidrs=_sorted_blocks(cluster.pod_cidrs),
        node_blocks=blocks[:_MOST_BLOCKS],
        more_node_blocks=max(0, len(blocks) - _MOST_BLOCKS),
        node_count=len(set(cluster.node_ips.numbers)),
        mode=cluster.cilium.datapath.mode,
        tunnel_protocol=cluster.cilium.datapath.tunnel_protocol,
        encryption=cluster.cilium.encryption,
    )


def _joined(values: Iterable[int]) -> Iterable[str]:
    """Addresses as the fewest blocks that hold exactly them."""
    run: list[int] = []
    for value in sorted(set(values)):
        if run and value != run[-1] + 1:
            yield from networks(run[0], run[-1])
            run = []
        run.append(value)
    if run:
        yield from networks(run[0], run[-1])


def _sorted_blocks(blocks: Iterable[Cidr]) -> tuple[str, ...]:
    ordered = sorted(blocks, key=lambda block: (block.first, block.last))
    return tuple(dict.fromkeys(block.canonical for block in ordered))
