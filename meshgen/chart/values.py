"""
A cluster's values for the official chart: what mesh.yaml says, in the words of the chart's version.

Source: the values.yaml and templates of the charts named in `keys/`; facts that only some versions
have are looked up there, and what else differs between versions is in the cluster's profile.
"""

from collections.abc import Mapping
from typing import Any

from ..addresses import Cidr, address_text
from ..cilium.features import HELM
from ..cilium.profile import ControlPlane, Profile
from ..cilium.profiles import profile_of
from ..cilium.providers import exposure_annotations, takes_ip
from ..cilium.version import Version, parse_version
from ..model import Cluster, Datapath, Mesh
from ..model.layers import laid
from .keys import has

Values = dict[str, Any]

DEFAULT_DOMAIN = "mesh.cilium.io"
"""The only domain that the chart's own server certificates cover."""

BUNDLE = "cilium-root-ca.crt"
"""The ConfigMap of authorities: the default of tls.caBundle.name in charts 1.14 to 1.20."""

DEFAULT_LIMIT = 255
"""How many clusters may be connected where nothing is said."""

_CLOUD_IPAM = {"eni": "eni", "azure": "azure", "alibabacloud": "alibabacloud"}


def delivery_of(cluster: Cluster) -> str:
    """How Cilium's own objects are changed: `manifests` or `helm`; by default helm from 1.14."""
    written = cluster.cilium.delivery
    modern = parse_version(cluster.cilium.version) >= HELM
    return written or ("helm" if modern else "manifests")


def values_of(mesh: Mesh, cluster: Cluster, *, more: Mapping[str, Any] | None = None) -> Values:
    """
    Everything that the cluster's values.yaml holds: mesh.yaml's own, `more`, and `helmValues` over both.

    The version must have a profile.
    """
    return laid(cluster.helm_values, laid(dict(more or {}), derived(mesh, cluster)))  # type: ignore[no-any-return]


def derived(mesh: Mesh, cluster: Cluster) -> Values:
    """What follows from mesh.yaml without `helmValues`; the version must have a profile."""
    version = parse_version(cluster.cilium.version)
    profile = profile_of(version)
    assert profile is not None, "MG601 stops a build without a profile"
    if profile.control_plane is ControlPlane.ETCD:
        # Source: cilium v1.6.9, install/kubernetes/cilium/values.yaml
        return {
            "global": {
                "cluster": {"name": cluster.name, "id": cluster.id},
                "identityAllocationMode": profile.identity_mode,
            }
        }
    return {
        "cluster": {"name": cluster.name, "id": cluster.id},
        **_datapath(cluster, version),
        **_tls_trust(mesh),
        "clustermesh": {
            "useAPIServer": True,
            **_limit(mesh),
            "config": _config(mesh, cluster, profile),
            "apiserver": {
                "service": _service(mesh, cluster, version),
                "tls": _tls(mesh, cluster, version),
            },
        },
    }


def _limit(mesh: Mesh) -> Values:
    most = mesh.cilium.max_connected_clusters
    return {"maxConnectedClusters": most} if most != DEFAULT_LIMIT else {}


def _config(mesh: Mesh, cluster: Cluster, profile: Profile) -> Values:
    # NOTE: sorted by name, as the tree is, so that the order in mesh.yaml says nothing.
    others = sorted((peer for peer in mesh.clusters if peer is not cluster), key=lambda peer: peer.name)
    if delivery_of(cluster) == "manifests":
        # NOTE: names alone, of which the chart makes users; it dials nobody where this is not enabled.
        named = profile.users_by_chart and bool(others)
        return {"enabled": False} | ({"clusters": [{"name": peer.name} for peer in others]} if named else {})
    config: Values = {"enabled": True}
    if mesh.domain != DEFAULT_DOMAIN:
        config["domain"] = mesh.domain
    if profile.cluster_map:
        config["clusters"] = {peer.name: {"enabled": True, **_dialled(peer)} for peer in others}
    else:
        config["clusters"] = [{"name": peer.name, **_dialled(peer)} for peer in others]
    return config


def _dialled(peer: Cluster) -> Values:
    # NOTE: the port has no default in the chart's templates; without it the URL ends in a colon.
    if peer.service.hostname is not None:
        return {"address": peer.service.hostname, "port": peer.service.port}
    addresses = sorted(set(peer.service_ips.numbers))
    return {"ips": [address_text(value) for value in addresses], "port": peer.service.port}


def _service(mesh: Mesh, cluster: Cluster, version: Version) -> Values:
    service = cluster.service
    values: Values = {"type": service.type}
    if service.type == "NodePort":
        values["nodePort"] = service.port
    elif takes_ip(cluster) and cluster.service_ips.numbers and _has_service(version, "loadBalancerIP"):
        values["loadBalancerIP"] = address_text(cluster.service_ips.numbers[0])
    if annotations := exposure_annotations(mesh, cluster):
        values["annotations"] = dict(sorted(annotations.items()))
    if service.labels and _has_service(version, "labels"):
        values["labels"] = dict(sorted(service.labels.items()))
    ranges = "loadBalancerSourceRanges"
    if service.source_ranges and service.type == "LoadBalancer" and _has_service(version, ranges):
        values[ranges] = _blocks(service.source_ranges)
    return values


def _has_service(version: Version, key: str) -> bool:
    return has(version, "clustermesh", "apiserver", "service", key)


def _tls(mesh: Mesh, cluster: Cluster, version: Version) -> Values:
    values: Values = {}
    if has(version, "clustermesh", "apiserver", "tls", "authMode"):
        values["authMode"] = auth_mode(mesh)
    if mesh.tls.source in {"generate", "in-cluster"} and brings_certificates(version):
        values["auto"] = {"enabled": False}
        # Source: charts 1.16 to 1.19; in 1.20 certificates in values are gone, and the switch with them.
        if has(version, "clustermesh", "apiserver", "tls", "enableSecrets"):
            values["enableSecrets"] = False
        return values
    if mesh.tls.source == "in-cluster":
        issuer = mesh.tls.issuer
        reference = {"group": issuer.group, "kind": issuer.kind, "name": issuer.name}
        values["auto"] = {"enabled": True, "method": "certmanager", "certManagerIssuerRef": reference}
    else:
        # NOTE: never `helm`: it makes new certificates whenever the chart is rendered.
        values["auto"] = {"enabled": True, "method": "cronJob"}
    if names := _extra_names(mesh, cluster):
        if has(version, "clustermesh", "apiserver", "tls", "auto", "server"):
            values["auto"]["server"] = {"extraDnsNames": names}
        else:
            values["server"] = {"extraDnsNames": names}
    return values


def _extra_names(mesh: Mesh, cluster: Cluster) -> list[str]:
    """What the chart's server certificate does not cover by itself."""
    names = [] if mesh.domain == DEFAULT_DOMAIN else [f"*.{mesh.domain}"]
    return names if cluster.service.hostname is None else [*names, cluster.service.hostname]


def brings_certificates(version: Version) -> bool:
    """Whether the chart of a version lets others make its Secrets of certificates."""
    profile = profile_of(version)
    return profile is not None and profile.leaves_certificates


def auth_mode(mesh: Mesh) -> str:
    """
    As whom the other clusters are known: `cluster`, each by its name, where meshgen sees to certificates.

    Elsewhere `migration`, which knows both that and the one user that all share.
    Source: chart 1.14.19, clustermesh.apiserver.tls.authMode.
    """
    return "migration" if mesh.tls.source is None else "cluster"


def _tls_trust(mesh: Mesh) -> Values:
    """
    That the authorities come from a ConfigMap, where cert-manager fills the certificates' own Secrets.

    Elsewhere those Secrets hold the same authorities, and the value stays off: hubble-relay obeys it, too.
    Source: chart 1.14.19, templates/hubble-relay/deployment.yaml.
    """
    bundled = mesh.tls.source == "in-cluster" and mesh.tls.ca_bundle is not None
    return {"tls": {"caBundle": {"enabled": True}}} if bundled else {}


def _datapath(cluster: Cluster, version: Version) -> Values:
    """What differs from the chart's defaults: IPv4 alone, tunnel, VXLAN, a pool of its own, no encryption."""
    cilium = cluster.cilium
    values = _families(cluster) | _routing(cilium.datapath, version) | _ipam(cluster)
    if cilium.chaining != "none":
        values["cni"] = {"chainingMode": cilium.chaining}
    if cilium.encryption != "none":
        values["encryption"] = {"enabled": True, "type": cilium.encryption}
    return values


def _families(cluster: Cluster) -> Values:
    """
    Which families pods have addresses of.

    Source: charts 1.10 to 1.20, ipv4.enabled, which is on, and ipv6.enabled, which is off.
    """
    families = {block.family for block in cluster.pod_cidrs}
    values: Values = {} if "IPv4" in families else {"ipv4": {"enabled": False}}
    return values | {"ipv6": {"enabled": True}} if "IPv6" in families else values


def _routing(datapath: Datapath, version: Version) -> Values:
    native = datapath.mode == "native"
    values: Values = {}
    if has(version, "routingMode"):
        if native:
            values["routingMode"] = "native"
        elif datapath.tunnel_protocol != "vxlan":
            values["tunnelProtocol"] = datapath.tunnel_protocol
    elif native or datapath.tunnel_protocol != "vxlan":
        values["tunnel"] = "disabled" if native else datapath.tunnel_protocol
    if native and datapath.native_routing_cidr is not None:
        block = datapath.native_routing_cidr
        values[f"{block.family.lower()}NativeRoutingCIDR"] = block.canonical
    return values


def _ipam(cluster: Cluster) -> Values:
    mode = cluster.cilium.ipam
    if mode == "cluster-pool":
        # NOTE: the chart's default is the same 10.0.0.0/8 in every cluster.
        blocks = _blocks(cluster.pod_cidrs)
        pools = {
            "clusterPoolIPv4PodCIDRList": [block for block in blocks if ":" not in block],
            "clusterPoolIPv6PodCIDRList": [block for block in blocks if ":" in block],
        }
        return {"ipam": {"operator": {key: pool for key, pool in pools.items() if pool}}}
    values: Values = {"ipam": {"mode": mode}}
    if mode in _CLOUD_IPAM:
        values[_CLOUD_IPAM[mode]] = {"enabled": True}
    return values


def _blocks(blocks: tuple[Cidr, ...]) -> list[str]:
    ordered = sorted(blocks, key=lambda block: (block.first, block.last))
    return list(dict.fromkeys(block.canonical for block in ordered))
