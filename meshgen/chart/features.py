"""What mesh.yaml can ask for that some charts have no value for, and what newer versions no longer have."""

from collections.abc import Iterator
from typing import NamedTuple

from ..cilium.features import HELM, Use
from ..cilium.profile import ControlPlane, Profile
from ..cilium.profiles import profile_of
from ..cilium.version import Version, parse_version
from ..location import SourcePath
from ..model import Cluster, Mesh
from .keys import FIRST, LAST, has, keys_of
from .values import delivery_of

_SERVICE = ("clustermesh", "apiserver", "service")
_SECRETS = Version(1, 14)  # chart 1.14.19: keys stand in Secrets of their own, configurations name them
_APISERVER = Version(1, 10)  # cilium/cilium 4d64ba1326 and the guide of 1.10: the Service is the chart's


# Sources: metallb.universe.tf/usage; cilium, Documentation/network/lb-ipam.rst; docs of AKS and GKE.
_ADDRESS_ANNOTATIONS = frozenset(
    {
        "io.cilium/lb-ipam-ips",
        "lbipam.cilium.io/ips",
        "metallb.io/loadBalancerIPs",
        "metallb.universe.tf/loadBalancerIPs",
        "networking.gke.io/load-balancer-ip-addresses",
        "service.beta.kubernetes.io/azure-load-balancer-ipv4",
    }
)


class Removal(NamedTuple):
    """A feature that a cluster is asked to use, and that no version from `since` on has."""

    cluster: int
    at: SourcePath
    what: str
    since: Version
    way_out: str = "leave it out"


def chart_uses(mesh: Mesh) -> Iterator[Use]:
    """Every feature that needs a value of the chart, cluster by cluster."""
    for index, cluster in enumerate(mesh.clusters):
        at: SourcePath = ("clusters", index)
        if cluster.helm_values:
            # NOTE: what no table tells of cannot be checked, and the charts before 1.9 have other names.
            yield Use(cluster=index, at=(*at, "helmValues"), what="helmValues", since=FIRST)
        service = cluster.service
        if not _in_values(cluster):
            continue
        if service.source_ranges and service.type == "LoadBalancer":
            since = _since("loadBalancerSourceRanges")
            yield _service_use(index, (*at, "service", "sourceRanges"), "service.sourceRanges", since)
        if service.labels:
            yield _service_use(index, (*at, "service", "labels"), "service.labels", _since("labels"))


def _in_values(cluster: Cluster) -> bool:
    """Whether the Service is what the chart makes of values; where it cannot be, another finding says so."""
    return delivery_of(cluster) == "helm" and parse_version(cluster.cilium.version) >= HELM


def _service_use(index: int, at: SourcePath, what: str, since: Version) -> Use:
    way_out = "leave it out, or write delivery: manifests"
    return Use(cluster=index, at=at, what=f"{what} with delivery: helm", since=since, way_out=way_out)


def _since(key: str) -> Version:
    """The first chart with a value of the Service; the last one has them all."""
    minors = (Version(FIRST.major, minor) for minor in range(FIRST.minor, LAST.minor))
    return next((version for version in minors if has(version, *_SERVICE, key)), LAST)


def cannot_fix_address(cluster: Cluster) -> bool:
    """Whether neither the chart nor an annotation gives a load balancer the address that is dialled."""
    version = parse_version(cluster.cilium.version)
    return (
        _in_values(cluster)
        and bool(keys_of(version[:2]))
        and bool(cluster.service_ips.numbers)
        and not has(version, *_SERVICE, "loadBalancerIP")
        and not _ADDRESS_ANNOTATIONS & cluster.service.annotations.keys()
    )


def removals(mesh: Mesh) -> Iterator[Removal]:
    """Every feature that a mesh asks of a version that no longer has it."""
    for index, cluster in enumerate(mesh.clusters):
        version = parse_version(cluster.cilium.version)
        profile = profile_of(version)
        if profile is None or profile.control_plane is ControlPlane.ETCD:
            continue
        if mesh.tls.source == "files" and version >= _SECRETS:
            at: SourcePath = ("tls", "source")
            yield Removal(index, at, "tls.source: files", _SECRETS, _sources(profile))
        yield from _of_service(index, cluster)
        if cluster.cilium.extra_host_aliases and _in_values(cluster):
            at = ("clusters", index, "cilium", "extraHostAliases")
            way_out = "leave it out, or write delivery: manifests"
            yield Removal(index, at, "extraHostAliases in the chart's values", HELM, way_out)


def _of_service(index: int, cluster: Cluster) -> Iterator[Removal]:
    at: SourcePath = ("clusters", index, "service")
    service = cluster.service
    if service.selector:
        what = "service.selector, since the Service is the chart's"
        yield Removal(index, (*at, "selector"), what, _APISERVER)
    if service.type == "LoadBalancer" and service.port != 2379:  # noqa: PLR2004 - in the chart's template
        what = f"service.port {service.port} of a LoadBalancer, since the chart's Service has 2379"
        yield Removal(index, (*at, "port"), what, _APISERVER)


def _sources(profile: Profile) -> str:
    return f"write source: {' or '.join(profile.tls_sources)}"
