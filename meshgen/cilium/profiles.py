"""
Profiles: what a mesh is made of in a range of Cilium versions.

A profile is a row of data; emitters read it and never ask for a version.
"""

from typing import TYPE_CHECKING

from .profile import ControlPlane, Dialled, Names, PeerSecret, Profile, Role, Source, TlsSecret, Volume
from .version import Version, parse_version

if TYPE_CHECKING:
    from ..model import Cluster


# Source: cilium-etcd-operator v2.0.7, certs/certs.go and main.go (the charts of 1.6 to 1.8 name this
# image): since v2.0.6 it reuses these four when all of them exist before it starts.
_ETCD_SECRETS = (
    TlsSecret(
        name="cilium-etcd-server-tls",
        role=Role.SERVER,
        key="server.key",
        certificate="server.crt",
        authority="server-ca.crt",
    ),
    TlsSecret(
        name="cilium-etcd-peer-tls",
        role=Role.PEER,
        key="peer.key",
        certificate="peer.crt",
        authority="peer-ca.crt",
    ),
    *(
        TlsSecret(
            name=name,
            role=Role.LOCAL,
            key="etcd-client.key",
            certificate="etcd-client.crt",
            authority="etcd-client-ca.crt",
        )
        for name in ("cilium-etcd-client-tls", "cilium-etcd-secrets")
    ),
)

_FILES = "/var/lib/cilium/clustermesh/"
_AGENT = "cilium-agent"
_PLAIN_VOLUMES = (Volume(_AGENT, _FILES, (Source("cilium-clustermesh"),)),)
"""The Secret is mounted as it is, and holds what its configurations name."""

# Source: cilium v1.6.9, install/kubernetes/cilium and examples/kubernetes/clustermesh.
ETCD = Profile(
    name="etcd",
    first=Version(1, 6),
    last=Version(1, 8),
    control_plane=ControlPlane.ETCD,
    service_name="cilium-etcd-external",
    service_port=2379,
    service_selector=(
        ("app", "etcd"),
        ("etcd_cluster", "cilium-etcd"),
        ("io.cilium/app", "etcd-operator"),
    ),
    secret_name="cilium-clustermesh",  # noqa: S106 - the name of a Secret, not a secret
    tls_secrets=(
        *_ETCD_SECRETS,
        TlsSecret(
            name="cilium-clustermesh",
            role=Role.REMOTE,
            key="common-etcd-client.key",
            certificate="common-etcd-client.crt",
            authority="common-etcd-client-ca.crt",
        ),
    ),
    tls_sources=("generate", "files"),
    agent_secrets=("cilium-etcd-secrets", "cilium-clustermesh"),
    operator_secrets=("cilium-etcd-secrets",),
    global_annotation="io.cilium/global-service",
    shared_annotation="io.cilium/shared-service",
    affinity_annotation="io.cilium/service-affinity",
    identity_mode="kvstore",
    # Source: the Go release notes for 1.13 (crypto/x509); cilium v1.6, cilium-operator.Dockerfile, has 1.12;
    # etcd, CHANGELOG-3.3.md and CHANGELOG-3.4.md, 1.10 to 1.12.
    unknown_algorithms=("ed25519",),
    agent_selector="k8s-app=cilium",
    operator_selector="name=cilium-operator",
    names=(Names.AGENTS,),
    volumes=_PLAIN_VOLUMES,
)

_ETCD_FILES = "/var/lib/etcd-secrets/"
_ADMIN_FILES = "/var/lib/cilium/etcd-secrets/"
_MIRROR, _SERVER, _ADMIN = "kvstoremesh", "etcd", "apiserver"

_COMMON, _LOCAL = "common-", "local-"


def _client(secret: str, prefix: str) -> Source:
    """A client's three files under the names that configurations use."""
    return Source(
        secret,
        (
            ("tls.key", f"{prefix}etcd-client.key"),
            ("tls.crt", f"{prefix}etcd-client.crt"),
            ("ca.crt", f"{prefix}etcd-client-ca.crt"),
        ),
    )


def _tls_files(secret: str) -> Source:
    return Source(secret, (("tls.crt", "tls.crt"), ("tls.key", "tls.key"), ("ca.crt", "ca.crt")))


_REMOTE_CERT = "clustermesh-apiserver-remote-cert"
_LOCAL_CERT = "clustermesh-apiserver-local-cert"
_SERVER_CERT = "clustermesh-apiserver-server-cert"
_ADMIN_CERT = "clustermesh-apiserver-admin-cert"

_SERVER_VOLUMES = (
    Volume(_SERVER, _ETCD_FILES, (_tls_files(_SERVER_CERT),)),
    Volume(_ADMIN, _ADMIN_FILES, (_tls_files(_ADMIN_CERT),)),
)


def _certificate(name: str, role: Role) -> TlsSecret:
    return TlsSecret(
        name=name,
        role=role,
        key="tls.key",
        certificate="tls.crt",
        authority="ca.crt",
        type="kubernetes.io/tls",
    )


# Source: the chart's templates clustermesh-apiserver/tls-*/: names and keys have not changed since 1.10.
_APISERVER_SECRETS = (
    _certificate(_SERVER_CERT, Role.SERVER),
    _certificate(_ADMIN_CERT, Role.ADMIN),
    _certificate(_REMOTE_CERT, Role.REMOTE),
)

_PLAIN = PeerSecret("cilium-clustermesh", Dialled.REMOTE, _COMMON, _AGENT)
_KVSTOREMESH = PeerSecret("cilium-kvstoremesh", Dialled.REMOTE, _COMMON, _MIRROR)
_AGENT_VOLUME = Volume(_AGENT, _FILES, (Source("cilium-clustermesh"), _client(_REMOTE_CERT, _COMMON)))
_MIRROR_VOLUMES = (
    Volume(
        _AGENT,
        _FILES,
        (
            Source("cilium-clustermesh"),
            _client(_REMOTE_CERT, _COMMON),
            _client(_LOCAL_CERT, _LOCAL),
        ),
    ),
    Volume(_MIRROR, _FILES, (Source("cilium-kvstoremesh"), _client(_REMOTE_CERT, _COMMON))),
    *_SERVER_VOLUMES,
)


# Source: charts 1.10.20 and 1.13.0: a plain mount of the Secret, in which each cluster has its own files.
APISERVER = Profile(
    name="clustermesh-apiserver",
    first=Version(1, 10),
    last=Version(1, 13),
    control_plane=ControlPlane.APISERVER,
    service_name="clustermesh-apiserver",
    service_port=2379,
    service_selector=(("k8s-app", "clustermesh-apiserver"),),
    secret_name="cilium-clustermesh",  # noqa: S106 - the name of a Secret, not a secret
    tls_secrets=(
        TlsSecret(
            name="cilium-clustermesh",
            role=Role.REMOTE,
            key="common-etcd-client.key",
            certificate="common-etcd-client.crt",
            authority="common-etcd-client-ca.crt",
        ),
    ),
    tls_sources=("files",),
    agent_secrets=("cilium-clustermesh",),
    operator_secrets=(),
    global_annotation="io.cilium/global-service",
    shared_annotation="io.cilium/shared-service",
    affinity_annotation="io.cilium/service-affinity",
    identity_mode="crd",
    unknown_algorithms=(),
    agent_selector="k8s-app=cilium",
    operator_selector="name=cilium-operator",
    names=(Names.AGENTS,),
    volumes=_PLAIN_VOLUMES,
)

# Source: chart 1.14.19: the volume is projected, and configurations name the client's own files.
COMMON_FILES = APISERVER._replace(
    name="common client files",
    first=Version(1, 14),
    last=Version(1, 15),
    tls_secrets=_APISERVER_SECRETS,
    # NOTE: until 1.16 the chart renders these Secrets itself, from values or through cert-manager.
    tls_sources=("in-cluster",),
    agent_secrets=(),
    names_by_chart=(Names.AGENTS,),
    global_annotation="service.cilium.io/global",
    shared_annotation="service.cilium.io/shared",
    affinity_annotation="service.cilium.io/affinity",
    peer_secrets=(_PLAIN,),
    volumes=(_AGENT_VOLUME, *_SERVER_VOLUMES),
    remote_users=True,
    # Source: cilium/cilium e0cc421a53 (1.14) and acc72544fd (1.16), users-configmap.yaml, which asks for
    # authMode alone; cilium#30008 and cilium#31655. With KVStoreMesh it has the cluster's own user as well,
    # as whom its agents read the copy until 1.16 (cilium#33137).
    users_by_chart=True,
    # Source: cilium#23102, until cilium#42298.
    certificates_by_hook=True,
)

# Source: chart 1.16.19: KVStoreMesh is on by default; agents still use the common files.
KVSTOREMESH = COMMON_FILES._replace(
    name="KVStoreMesh",
    first=Version(1, 16),
    last=Version(1, 16),
    tls_secrets=(*_APISERVER_SECRETS, _certificate(_LOCAL_CERT, Role.LOCAL)),
    tls_sources=("generate", "in-cluster"),
    names=(Names.APISERVER,),
    names_by_chart=(Names.APISERVER,),
    # NOTE: `cilium` in agents is called so from 1.15 on, and the old name goes on working there.
    agent_command="cilium-dbg",
    peer_secrets=(
        PeerSecret("cilium-clustermesh", Dialled.LOCAL, _COMMON, _AGENT),
        _KVSTOREMESH,
    ),
    volumes=_MIRROR_VOLUMES,
)

# Source: chart 1.17.18: agents reach their own cluster's copy with files of their own.
LOCAL_FILES = KVSTOREMESH._replace(
    name="local client files",
    first=Version(1, 17),
    last=Version(1, 18),
    peer_secrets=(
        PeerSecret("cilium-clustermesh", Dialled.LOCAL, _LOCAL, _AGENT),
        _KVSTOREMESH,
    ),
    current_load_balancers=True,
)

# Source: chart 1.19.6: clusters as a map, selectors without a cluster mean the local one.
LOCAL_POLICIES = LOCAL_FILES._replace(
    name="local policies",
    first=Version(1, 19),
    last=Version(1, 19),
    cluster_map=True,
    # Source: cilium#42866: from here on that file asks for clustermesh.config.enabled, too.
    users_by_chart=False,
    certificates_by_hook=False,
    local_cluster_default="local cluster",
)

# Source: chart 1.20.0: addresses in the files of peers, so that a new peer need restart nothing; the chart
# itself goes on writing hostAliases, too (cilium/cilium#44425; gone with cilium/cilium#47190).
HOST_ALIASES = LOCAL_POLICIES._replace(
    name="host aliases in files",
    first=Version(1, 20),
    last=Version(1, 20),
    names=(Names.FILES,),
    names_by_chart=(Names.APISERVER, Names.FILES),
)

PROFILES = (ETCD, APISERVER, COMMON_FILES, KVSTOREMESH, LOCAL_FILES, LOCAL_POLICIES, HOST_ALIASES)


def profile_of(version: Version) -> Profile | None:
    """The profile of a version, or None where there is none."""
    return next((profile for profile in PROFILES if profile.covers(version)), None)


def profile_for(cluster: "Cluster") -> Profile | None:
    """The profile of a cluster's version, or None where there is none."""
    return profile_of(parse_version(cluster.cilium.version))


def supported_versions() -> str:
    """The version ranges that have a profile, for a message."""
    ranges: list[tuple[Version, Version]] = []
    for profile in PROFILES:
        if ranges and profile.first.minor == ranges[-1][1].minor + 1:
            ranges[-1] = (ranges[-1][0], profile.last)
        else:
            ranges.append((profile.first, profile.last))
    return ", ".join(f"{first.minor_text} to {last.minor_text}" for first, last in ranges)
