"""What the chart's values have to be for what mesh.yaml says, and where it says so."""

from collections.abc import Iterator, Mapping
from typing import Any

from ..cilium.profile import Profile
from ..cilium.version import Version, parse_version
from ..location import SourcePath
from ..model import Cluster, Mesh
from ..model.layers import value_at
from .known import Path
from .overrides import default_local_cluster, truth
from .said_of_service import said_of_names, said_of_service
from .saying import EMPTY, Said
from .values import BUNDLE, DEFAULT_DOMAIN, DEFAULT_LIMIT, Values, delivery_of, derived

_MOST = "maxConnectedClusters"
_LIMIT_KEY = "max-connected-clusters"
_IDENTITY_KEY = "identity-allocation-mode"
_NATIVE = "cilium.datapath.mode: native"
_LOCAL_KEY = "policy-default-local-cluster"
# templates/validate.yaml: charts 1.15 to 1.17 refuse it, 1.18 has a store outside; from 1.15 on it refuses
# disableEndpointCRD, too, but with such a store
_KVSTORE_ALLOWED = Version(1, 18)
_STORE = ("clustermesh", "apiserver", "kvstoremesh", "kvstoreMode")
_OF_KVSTORE = frozenset({"kvstore", "doublewrite-readkvstore", "doublewrite-readcrd"})


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
    yield from _identities(cluster, (*at, "cilium", "version"))
    yield from _store(cluster, (*at, "cilium"))
    if "namespaceOverride" in cluster.helm_values:
        where = cluster.cilium.namespace
        yield Said(
            ("namespaceOverride",), where, (*at, "cilium", "namespace"), unset=where,
            way_out="write cilium.namespace in its place", by_default=where == "kube-system",
        )  # fmt: skip
    yield from _datapath(cluster, (*at, "cilium"))
    yield from _families(mesh, cluster, (*at, "podCIDRs"))
    yield from _pools(cluster, at)
    yield from _configured(mesh, cluster, at, profile)
    # NOTE: what meshgen writes names every other cluster, and most meshes say nothing of it.
    if cluster.helm_values.keys() & {"clustermesh", "tls"}:
        values = derived(mesh, cluster)
        yield from _clustermesh(mesh, cluster, at, profile, values["clustermesh"]["config"])
        yield from said_of_service(mesh, cluster, at)
        yield from _tls(mesh, cluster, values)
        yield from said_of_names(mesh, cluster, at, values["clustermesh"]["apiserver"]["tls"])


def _identities(cluster: Cluster, at: SourcePath) -> Iterator[Said]:
    """Identities are of crd; a store of the team's own, which has them all, is its own affair."""
    newer = parse_version(cluster.cilium.version) >= _KVSTORE_ALLOWED
    mode = value_at(cluster.helm_values, *_STORE)
    given = cluster.helm_values.get("identityAllocationMode")
    # NOTE: modes that write both are steps of a migration, in which the others go on to read crd.
    if not newer or (given == "kvstore" and mode != "external"):
        crd = "with clustermesh-apiserver the other clusters know only identities of crd"
        yield Said(("identityAllocationMode",), "crd", at, unset="crd", against=crd)
    if not newer or given != "kvstore":
        endpoints = "clustermesh-apiserver tells the others what CiliumEndpoints say"
        yield Said(("disableEndpointCRD",), at=at, wanted=False, unset=False, against=endpoints)


def _store(cluster: Cluster, at: SourcePath) -> Iterator[Said]:
    """
    What a store of the team's own needs, in place of the etcd of clustermesh-apiserver.

    Source: charts 1.18 to 1.20, templates/validate.yaml, and clustermesh-config/_helpers.tpl for the files.
    """
    if value_at(cluster.helm_values, *_STORE) != "external":
        return
    if delivery_of(cluster) == "manifests":
        own = "the files that meshgen writes name the etcd of clustermesh-apiserver itself"
        yield Said(
            _STORE, "internal", (*at, "delivery"), unset="internal", against=own,
            way_out="leave it out, or write delivery: helm", by_default=cluster.cilium.delivery is None,
        )  # fmt: skip
    elif cluster.helm_values.get("identityAllocationMode") not in _OF_KVSTORE:
        crd = "identities of crd are kept in the etcd of clustermesh-apiserver itself"
        way_out = "leave it out, or set identityAllocationMode: kvstore"
        yield Said(_STORE, "internal", (*at, "version"), unset="internal", against=crd, way_out=way_out)
    yield Said(
        ("clustermesh", "apiserver", "replicas"), 1, (*at, "version"), unset=1,
        against="with kvstoreMode: external the chart takes only one", way_out="leave it out",
    )  # fmt: skip


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
    mirror: Path = (*above, "apiserver", "kvstoremesh", "enabled")
    if delivery == "manifests":
        mirrors = f"the manifests are made for {str(profile.mirrors).lower()}"
        yield Said(mirror, profile.mirrors, here, unset=False, against=mirrors, by_default=silent)
    elif profile.mirrors:
        mirrors = "the runbooks and restarts are those of KVStoreMesh"
        here = (*at, "cilium", "version")
        way_out = "leave it out: it is on where nothing else is said"
        yield Said(mirror, at=here, wanted=True, unset=False, against=mirrors, way_out=way_out)


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
    against = f"mesh.yaml says {_NATIVE}" if native else ""
    yield _or_default(("tunnel",), old, mode if native else protocol, "vxlan")._replace(against=against)
    if not native:
        yield _or_default(("tunnelProtocol",), datapath.tunnel_protocol, protocol, "vxlan")
    elif datapath.native_routing_cidr is not None:
        block = datapath.native_routing_cidr
        there = (*at, "datapath", "nativeRoutingCIDR")
        path = (f"{block.family.lower()}NativeRoutingCIDR",)
        yield Said(path, frozenset({block.canonical}), there, unset="")
    yield _or_default(("ipam", "mode"), cilium.ipam, (*at, "ipam"), "cluster-pool")
    eni = cilium.ipam == "eni"
    pool = f"mesh.yaml says cilium.ipam: {cilium.ipam}"
    # NOTE: `eni.enabled` decides over `ipam.mode` in the chart's templates.
    yield Said(("eni", "enabled"), eni, (*at, "ipam"), unset=False, against=pool, by_default=not eni)
    for cloud in ("azure", "alibabacloud"):
        on = cilium.ipam == cloud
        yield Said((cloud, "enabled"), on, (*at, "ipam"), unset=False, against=pool, by_default=not on)
    yield _or_default(("cni", "chainingMode"), cilium.chaining, (*at, "chaining"), "none")
    encrypted = cilium.encryption != "none"
    against = f"mesh.yaml says cilium.encryption: {cilium.encryption}"
    there = (*at, "encryption")
    yield Said(
        ("encryption", "enabled"), encrypted, there, unset=False, against=against, by_default=not encrypted
    )
    if encrypted:
        yield Said(("encryption", "type"), cilium.encryption, there, unset="ipsec", against=against)


def _configured(mesh: Mesh, cluster: Cluster, at: SourcePath, profile: Profile) -> Iterator[Said]:
    """
    Keys of cilium-config that stand under `extraConfig`, where they lie over those of the chart.

    Source: charts 1.13 to 1.20, templates/cilium-configmap.yaml, which ends with them.
    """
    given = value_at(cluster.helm_values, "extraConfig")
    if not isinstance(given, dict):
        return
    cilium, datapath = (*at, "cilium"), cluster.cilium.datapath
    mode = (*cilium, "datapath", "mode")
    protocol = (*cilium, "datapath", "tunnelProtocol")
    native = datapath.mode == "native"
    rows: list[tuple[str, Any, SourcePath, Any]] = [
        ("cluster-name", cluster.name, (*at, "name"), None),
        ("cluster-id", cluster.id, (*at, "id"), None),
        ("routing-mode", datapath.mode, mode, "tunnel"),
        (_LIMIT_KEY, mesh.cilium.max_connected_clusters, ("cilium", _MOST), DEFAULT_LIMIT),
    ]
    if not native:
        rows += [(key, datapath.tunnel_protocol, protocol, "vxlan") for key in ("tunnel", "tunnel-protocol")]
    elif "tunnel" in given:
        against = f"mesh.yaml says {_NATIVE}"
        yield Said(("extraConfig", "tunnel"), "disabled", mode, against=against)
    for key, wanted, where, unset in rows:
        if key in given:
            yield Said(("extraConfig", key), wanted, where, by_default=wanted == unset)
    if _IDENTITY_KEY in given:
        crd = f"the mesh of Cilium {profile.versions} is made for identities of crd"
        yield Said(("extraConfig", _IDENTITY_KEY), "crd", (*cilium, "version"), against=crd)
    if _LOCAL_KEY in given:
        yield _local(cluster, (*cilium, "version"), profile)


def _local(cluster: Cluster, at: SourcePath, profile: Profile) -> Said:
    """Policies are judged by the chart's own value, and by its default."""
    own = default_local_cluster(cluster)
    local = profile.local_cluster_default == "local cluster" if own is None else own
    against = f"policies are judged with {str(local).lower()}"
    way_out = "write clustermesh.policyDefaultLocalCluster in its place"
    return Said(("extraConfig", _LOCAL_KEY), local, at, against=against, way_out=way_out)


def _families(mesh: Mesh, cluster: Cluster, at: SourcePath) -> Iterator[Said]:
    """IPv6 without a PodCIDR of it may be on in one cluster: nothing of another can overlap it."""
    families = {block.family for block in cluster.pod_cidrs}
    path: Path = ("ipv4", "enabled")
    if "IPv4" in families:
        way_out = "leave it out: it is on where nothing else is said"
        against = "mesh.yaml has IPv4 in podCIDRs"
        yield Said(path, at=at, wanted=True, unset=False, against=against, way_out=way_out)
    else:
        yield Said(path, at=at, wanted=False, unset=False, against="mesh.yaml has no IPv4 in podCIDRs")
    path = ("ipv6", "enabled")
    if "IPv6" in families:
        yield Said(path, at=at, wanted=True, unset=False, against="mesh.yaml has IPv6 in podCIDRs")
    elif _has_six(cluster):
        other = next((one for one in mesh.clusters if one is not cluster and _has_six(one)), None)
        if other is not None:
            # NOTE: the chart's own pool is one block, the same in every cluster that names none.
            yield Said(
                path, at=at, wanted=False, unset=False,
                against=f"mesh.yaml has no IPv6 in podCIDRs that could be held against that of {other.name}",
                way_out="add the block to podCIDRs, or leave it out",
            )  # fmt: skip


def _has_six(cluster: Cluster) -> bool:
    """Whether pods of a cluster have IPv6 addresses."""
    given = truth(value_at(cluster.helm_values, "ipv6", "enabled"))
    return given is True or any(block.family == "IPv6" for block in cluster.pod_cidrs)


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
        yield from _made_by_someone(mesh, cluster, above)
        yield from _never_helm(mesh, cluster, (*above, "auto"), at)
        return
    against = f"mesh.yaml says tls.source: {mesh.tls.source}"
    yield Said((*above, "auto", "enabled"), auto["enabled"], at, unset=False, against=against)
    if "method" in auto:
        yield Said((*above, "auto", "method"), auto["method"], at, against=against)
    yield from _issuer(mesh, cluster, (*above, "auto", "certManagerIssuerRef"))
    for key in sorted(tls.keys() & {"authMode", "enableSecrets"}):
        yield Said((*above, key), tls[key], at, against=against)
    yield from _bundle(at, bundled="tls" in values, against=against)


def _made_by_someone(mesh: Mesh, cluster: Cluster, above: Path) -> Iterator[Said]:
    """Without a `tls` section the chart makes the certificates, or values say who else does."""
    given = value_at(cluster.helm_values, *above)
    brought = isinstance(given, dict) and (
        given.get("enableSecrets") is False or value_at(given, "server", "cert")
    )
    if mesh.tls.source is None and not brought:
        yield Said(
            (*above, "auto", "enabled"), wanted=True, at=("tls",), unset=False, by_default=True,
            against="nobody else makes certificates",
            way_out="leave it out, or say in a tls section where they come from",
        )  # fmt: skip


def _issuer(mesh: Mesh, cluster: Cluster, path: Path) -> Iterator[Said]:
    """Who signs, for certificates that the chart asks for and for those that meshgen writes."""
    given = value_at(cluster.helm_values, *path)
    if mesh.tls.source == "in-cluster" and given != {}:
        issuer = mesh.tls.issuer
        wanted = {"group": issuer.group, "kind": issuer.kind, "name": issuer.name}
        # NOTE: what is left out stays as meshgen writes it, since Helm lays mappings over each other.
        same = isinstance(given, dict) and wanted | given == wanted
        at: SourcePath = ("tls", "issuer")
        silent = "issuer" not in mesh.tls.model_fields_set
        against = f"mesh.yaml says tls.issuer: {issuer.kind} {issuer.name} of {issuer.group}"
        way_out = "leave it out, or change tls.issuer"
        yield Said(path, given if same else wanted, at, None, against, way_out, by_default=silent)


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
