"""Which Cilium version first has what a mesh.yaml can ask for."""

from collections.abc import Iterator
from typing import NamedTuple

from ..location import SourcePath
from ..model import Cluster, Mesh, Service
from ..selection import selected, sharing
from .profile import ControlPlane
from .profiles import profile_for
from .version import Version, parse_version


class Use(NamedTuple):
    """A feature that a cluster is asked to use: `since` is the first version that has it."""

    cluster: int
    at: SourcePath
    what: str
    since: Version
    way_out: str = "leave it out"


# Upstream: the pull request or release notes named after each row.
_IPAM = {
    "azure": Version(1, 8),  # release notes 1.8
    "alibabacloud": Version(1, 10),  # release notes 1.10
    "delegated-plugin": Version(1, 12),  # release notes 1.12
    "multi-pool": Version(1, 14),  # release notes 1.14
}
_ENCRYPTION = {"wireguard": Version(1, 10)}  # release notes 1.10; IPsec is older than 1.6
HOSTNAME = Version(1, 14)  # values `clustermesh.config.clusters[].address` with common certificates
_FIVE_HUNDRED = Version(1, 15)  # cilium/cilium a63a9c1814
_AFFINITY = Version(1, 12)  # cilium/cilium cb1eb20489
_SHARED = Version(1, 6, 5)  # cilium/cilium#9747; 1.6.0 to 1.6.4 misspell the annotation
_LB_IPAM = Version(1, 13)  # release notes 1.13
_SOURCES = {
    "in-cluster": Version(1, 14),  # before it the mesh Secret holds the certificates themselves
    "generate": Version(
        1, 16
    ),  # value `clustermesh.apiserver.tls.enableSecrets`: Secrets are others' business
}
HELM = Version(1, 14)
"""Before it the chart has no values for what meshgen emits."""


def uses(mesh: Mesh) -> Iterator[Use]:
    """Every feature that a mesh asks for, cluster by cluster, that some version lacks."""
    for index, cluster in enumerate(mesh.clusters):
        yield from _cluster_uses(index, cluster)
        if mesh.cilium.max_connected_clusters > 255:  # noqa: PLR2004 - the older limit
            at: SourcePath = ("cilium", "maxConnectedClusters")
            yield Use(cluster=index, at=at, what="maxConnectedClusters: 511", since=_FIVE_HUNDRED)
        yield from _source_uses(mesh, index, cluster)
    for position, service in enumerate(mesh.services):
        yield from _service_uses(mesh, position, service)


def _source_uses(mesh: Mesh, index: int, cluster: Cluster) -> Iterator[Use]:
    """Where keys come from; etcd of the older versions takes generated ones, too."""
    source = mesh.tls.source
    profile = profile_for(cluster)
    if source not in _SOURCES or profile is None:
        return  # MG601 tells of a version without a profile, and nobody knows what it takes
    if source == "generate" and profile.control_plane is ControlPlane.ETCD:
        return
    yield Use(
        cluster=index,
        at=("tls", "source"),
        what=f"tls.source: {source}",
        since=_SOURCES[source],
        way_out=f"write source: {profile.tls_sources[0]}",
    )


def _cluster_uses(index: int, cluster: Cluster) -> Iterator[Use]:
    at: SourcePath = ("clusters", index)
    cilium = cluster.cilium
    if cilium.ipam in _IPAM:
        yield Use(
            cluster=index,
            at=(*at, "cilium", "ipam"),
            what=f"ipam: {cilium.ipam}",
            since=_IPAM[cilium.ipam],
        )
    if cilium.encryption in _ENCRYPTION:
        yield Use(
            cluster=index,
            at=(*at, "cilium", "encryption"),
            what=f"encryption: {cilium.encryption}",
            since=_ENCRYPTION[cilium.encryption],
        )
    if cilium.delivery == "helm":
        yield Use(
            cluster=index,
            at=(*at, "cilium", "delivery"),
            what="delivery: helm",
            since=HELM,
            way_out="write delivery: manifests; values.yaml is written beside the manifests",
        )
    if cluster.service.hostname is not None:
        yield Use(
            cluster=index,
            at=(*at, "service", "hostname"),
            what="service.hostname",
            since=HOSTNAME,
            way_out="write serviceIPs",
        )
    if cluster.provider == "lb-ipam":
        yield Use(
            cluster=index,
            at=(*at, "provider"),
            what="provider: lb-ipam",
            since=_LB_IPAM,
            way_out="write provider: metallb or generic",
        )


def _service_uses(mesh: Mesh, position: int, service: Service) -> Iterator[Use]:
    if service.affinity is None and service.backends == "all":
        return
    at: SourcePath = ("services", position)
    where = {cluster.name for cluster in selected(mesh, service.clusters)}
    limited = where - {cluster.name for cluster in sharing(mesh, service)}
    for index, cluster in enumerate(mesh.clusters):
        if cluster.name in where and service.affinity is not None:
            yield Use(cluster=index, at=(*at, "affinity"), what="affinity", since=_AFFINITY)
        if cluster.name in limited:
            yield Use(
                cluster=index,
                at=(*at, "backends"),
                what="limiting backends",
                since=_SHARED,
                way_out="use 1.6.5 or later",
            )


def lacks(mesh: Mesh, use: Use) -> bool:
    """Whether the cluster's version is older than the feature."""
    return parse_version(mesh.clusters[use.cluster].cilium.version) < use.since
