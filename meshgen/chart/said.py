"""What the chart's values have to be for what mesh.yaml says, and where it says so."""

from collections.abc import Iterator, Mapping
from typing import Any

from ..cilium.profiles import Profile
from ..cilium.version import Version, parse_version
from ..location import SourcePath
from ..model import Cluster, Mesh
from ..model.layers import value_at
from .known import Path
from .said_of_service import said_of_names, said_of_service
from .saying import EMPTY, Said
from .values import BUNDLE, DEFAULT_DOMAIN, DEFAULT_LIMIT, Values, delivery_of, derived

_MOST = "maxConnectedClusters"
_KVSTORE_ALLOWED = Version(1, 18)  # templates/validate.yaml: refused by charts 1.15 to 1.17, silent before


def given_at(values: Mapping[str, Any], path: Path) -> tuple[Path, Any]:
    """The value at a path, or the one that covers it; an empty path where there is neither."""
    given: Any = values
    for depth, step in enumerate(path):
        if not isinstance(given, dict):
            return path[:depth], given
        if step not in given:
            return (), None
        given = given[step]
    return path, given


def said(mesh: Mesh, index: int, profile: Profile) -> Iterator[Said]:
    """Everything that mesh.yaml says of a cluster's values; its version has a profile with an apiserver."""
    cluster = mesh.clusters[index]
    at: SourcePath = ("clusters", index)
    yield Said(("cluster", "name"), cluster.name, (*at, "name"))
    yield Said(("cluster", "id"), cluster.id, (*at, "id"))
    if parse_version(cluster.cilium.version) < _KVSTORE_ALLOWED:
        crd = "with clustermesh-apiserver the other clusters know only identities of crd"
        here = (*at, "cilium", "version")
        yield Said(("identityAllocationMode",), "crd", here, unset="crd", against=crd)
    yield from _datapath(cluster, (*at, "cilium"))
    yield from _pools(cluster, at)
    # NOTE: what meshgen writes names every other cluster, and most meshes say nothing of it.
    if cluster.helm_values.keys() & {"clustermesh", "tls"}:
        values = derived(mesh, cluster)
        yield from _clustermesh(mesh, cluster, at, profile, values["clustermesh"]["config"])
        yield from said_of_service(mesh, cluster, at)
        yield from _tls(mesh, cluster, values)
        yield from said_of_names(mesh, cluster, at, values["clustermesh"]["apiserver"]["tls"])


def _clustermesh(
    mesh: Mesh, cluster: Cluster, at: SourcePath, profile: Profile, config: Values
) -> Iterator[Said]:
    above = ("clustermesh",)
    here = (*at, "cilium", "version")
    needed = f"the mesh of Cilium {profile.versions} needs clustermesh-apiserver"
    yield Said((*above, "useAPIServer"), at=here, wanted=True, unset=False, against=needed)
    most = mesh.cilium.max_connected_clusters
    yield _or_default((*above, "maxConnectedClusters"), most, ("cilium", _MOST), DEFAULT_LIMIT)
    delivery = delivery_of(cluster)
    here = (*at, "cilium", "delivery")
    enabled = config["enabled"]
    files = f"delivery: {delivery} needs {str(enabled).lower()}"
    path = (*above, "config", "enabled")
    silent = cluster.cilium.delivery is None
    yield Said(path, enabled, here, unset=False, against=files, by_default=silent)
    yield _or_default((*above, "config", "domain"), mesh.domain, ("domain",), DEFAULT_DOMAIN)
    peers = "meshgen writes the other clusters of mesh.yaml"
    yield Said((*above, "config", "clusters"), config.get("clusters"), ("clusters",), against=peers)
    if delivery == "manifests":
        mirrors = f"the manifests are made for {str(profile.mirrors).lower()}"
        mirror: Path = (*above, "apiserver", "kvstoremesh", "enabled")
        yield Said(mirror, profile.mirrors, here, unset=False, against=mirrors, by_default=silent)


def _or_default(path: Path, wanted: Any, at: SourcePath, unset: Any) -> Said:
    """A row of a key whose default is the chart's, too."""
    return Said(path, wanted, at, unset=unset, by_default=wanted == unset)


def _datapath(cluster: Cluster, at: SourcePath) -> Iterator[Said]:
    cilium = cluster.cilium
    datapath = cilium.datapath
    native = datapath.mode == "native"
    mode = (*at, "datapath", "mode")
    protocol = (*at, "datapath", "tunnelProtocol")
    yield _or_default(("routingMode",), datapath.mode, mode, "tunnel")
    old = "disabled" if native else datapath.tunnel_protocol
    yield _or_default(("tunnel",), old, mode if native else protocol, "vxlan")
    if not native:
        yield _or_default(("tunnelProtocol",), datapath.tunnel_protocol, protocol, "vxlan")
    elif datapath.native_routing_cidr is not None:
        block = datapath.native_routing_cidr.canonical
        family = "ipv6" if ":" in block else "ipv4"
        there = (*at, "datapath", "nativeRoutingCIDR")
        yield Said((f"{family}NativeRoutingCIDR",), frozenset({block}), there, unset="")
    yield _or_default(("ipam", "mode"), cilium.ipam, (*at, "ipam"), "cluster-pool")
    eni = cilium.ipam == "eni"
    pool = f"mesh.yaml says cilium.ipam: {cilium.ipam}"
    # NOTE: `eni.enabled` decides over `ipam.mode` in the chart's templates.
    yield Said(("eni", "enabled"), eni, (*at, "ipam"), unset=False, against=pool, by_default=not eni)
    if cilium.ipam in {"azure", "alibabacloud"}:
        yield Said((cilium.ipam, "enabled"), at=(*at, "ipam"), wanted=True, unset=False, against=pool)
    yield _or_default(("cni", "chainingMode"), cilium.chaining, (*at, "chaining"), "none")
    encrypted = cilium.encryption != "none"
    against = f"mesh.yaml says cilium.encryption: {cilium.encryption}"
    there = (*at, "encryption")
    yield Said(
        ("encryption", "enabled"), encrypted, there, unset=False, against=against, by_default=not encrypted
    )
    if encrypted:
        yield Said(("encryption", "type"), cilium.encryption, there, unset="ipsec", against=against)


def _pools(cluster: Cluster, at: SourcePath) -> Iterator[Said]:
    if cluster.cilium.ipam != "cluster-pool":
        return
    blocks = {block.canonical for block in cluster.pod_cidrs}
    six = {block for block in blocks if ":" in block}
    for family, pool in (("IPv4", blocks - six), ("IPv6", six)):
        against = "" if pool else f"mesh.yaml has no {family} in podCIDRs"
        for key in (f"clusterPool{family}PodCIDRList", f"clusterPool{family}PodCIDR"):
            path = ("ipam", "operator", key)
            yield Said(path, frozenset(pool), (*at, "podCIDRs"), unset=[], against=against)


def _tls(mesh: Mesh, cluster: Cluster, values: Values) -> Iterator[Said]:
    tls = values["clustermesh"]["apiserver"]["tls"]
    above = ("clustermesh", "apiserver", "tls")
    at: SourcePath = ("tls", "source")
    auto = tls["auto"]
    if mesh.tls.source in {None, "files"}:
        yield from _never_helm(mesh, cluster, (*above, "auto"), at)
        return
    against = f"mesh.yaml says tls.source: {mesh.tls.source}"
    yield Said((*above, "auto", "enabled"), auto["enabled"], at, unset=False, against=against)
    for key in sorted(auto.keys() - {"enabled", "server"}):
        yield Said((*above, "auto", key), auto[key], at, against=against)
    for key in sorted(tls.keys() & {"authMode", "enableSecrets"}):
        yield Said((*above, key), tls[key], at, against=against)
    yield from _bundle(at, bundled="tls" in values, against=against)


def _never_helm(mesh: Mesh, cluster: Cluster, above: Path, at: SourcePath) -> Iterator[Said]:
    """The chart may make certificates in any way but one, or be told to make none."""
    auto = value_at(cluster.helm_values, *above)
    if not isinstance(auto, dict) or auto.get("enabled") is False:
        return
    given = auto.get("method")
    method = "cronJob" if given in ("helm", *EMPTY) else given
    against = "that makes new certificates whenever the chart is rendered"
    way_out = "leave it out, or use cronJob"
    silent = mesh.tls.source is None
    yield Said((*above, "method"), method, at, "helm", against, way_out, by_default=silent)


def _bundle(at: SourcePath, *, bundled: bool, against: str) -> Iterator[Said]:
    """Where authorities come from: the chart's defaults name the ConfigMap that meshgen writes."""
    yield Said(("tls", "caBundle", "enabled"), bundled, at, unset=False, against=against)
    if bundled:
        for key, wanted in (("name", BUNDLE), ("key", "ca.crt"), ("useSecret", False)):
            yield Said(("tls", "caBundle", key), wanted, at, unset=wanted, against=against)
        yield Said(("tls", "caBundle", "content"), None, at, against=against)
