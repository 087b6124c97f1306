"""
Profiles: what a mesh is made of in a range of Cilium versions.

A profile is a row of data; emitters read it and never ask for a version.
"""

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from .version import Version, parse_version

if TYPE_CHECKING:
    from ..model import Cluster


class ControlPlane(StrEnum):
    """What the other clusters dial."""

    ETCD = "etcd"
    APISERVER = "clustermesh-apiserver"


class Role(StrEnum):
    """What a key of a cluster is for."""

    SERVER = "server"
    PEER = "peer"
    LOCAL = "local"
    REMOTE = "remote"
    ADMIN = "admin"


class Names(StrEnum):
    """Where the names of the other clusters become addresses."""

    AGENTS = "hostAliases of the DaemonSet cilium"
    APISERVER = "hostAliases of the Deployment clustermesh-apiserver"
    FILES = "cilium-host-aliases in the files of peers"


class Dialled(StrEnum):
    """Whom the files of a Secret of peers name: each remote cluster, or the cluster's own copy of it."""

    REMOTE = "the remote cluster"
    LOCAL = "the cluster's own clustermesh-apiserver"


class TlsSecret(NamedTuple):
    """A Secret with one private key: its name, and under which data keys the three files stand."""

    name: str
    role: Role
    key: str
    certificate: str
    authority: str
    type: str = "Opaque"


class PeerSecret(NamedTuple):
    """
    A Secret with a client configuration for each other cluster, and no key.

    `prefix` begins the names of the certificate files that they name; `container` reads it.
    """

    name: str
    dialled: Dialled
    prefix: str
    container: str


class Source(NamedTuple):
    """What a volume takes from a Secret or ConfigMap: pairs of data key and file, or all of it."""

    object: str
    items: tuple[tuple[str, str], ...] = ()


class Volume(NamedTuple):
    """A projected volume of the chart, the container that mounts it, and where."""

    container: str
    path: str
    sources: tuple[Source, ...]


class Profile(NamedTuple):
    """
    The mesh objects of the versions `first` to `last` (minor lines, inclusive).

    `names` is where meshgen puts the addresses of host names, `names_by_chart` where the chart does that is
    given the clusters as values; empty where it is given none.
    """

    name: str
    first: Version
    last: Version
    control_plane: ControlPlane
    service_name: str
    service_port: int
    service_selector: tuple[tuple[str, str], ...]
    secret_name: str
    tls_secrets: tuple[TlsSecret, ...]
    tls_sources: tuple[str, ...]
    agent_secrets: tuple[str, ...]
    operator_secrets: tuple[str, ...]
    global_annotation: str
    shared_annotation: str
    affinity_annotation: str
    identity_mode: str
    unknown_algorithms: tuple[str, ...]
    agent_selector: str
    operator_selector: str
    names: tuple[Names, ...]
    names_by_chart: tuple[Names, ...] = ()
    agent_command: str = "cilium"
    peer_secrets: tuple[PeerSecret, ...] = ()
    volumes: tuple[Volume, ...] = ()
    remote_users: bool = False
    cluster_map: bool = False
    current_load_balancers: bool = False
    local_cluster_default: str = "any cluster"
    certificates_by_hook: bool = False

    @property
    def server_secret(self) -> TlsSecret:
        """The Secret with the server's certificate."""
        return next(secret for secret in self.tls_secrets if secret.role is Role.SERVER)

    @property
    def mirrors(self) -> bool:
        """Whether KVStoreMesh dials the other clusters, and agents their own cluster's copy."""
        return any(secret.dialled is Dialled.LOCAL for secret in self.peer_secrets)

    @property
    def leaves_certificates(self) -> bool:
        """Whether the chart lets others make the Secrets of certificates, as it does from 1.16 on."""
        return self.control_plane is ControlPlane.APISERVER and "generate" in self.tls_sources

    @property
    def addresses_in_files(self) -> bool:
        """Whether the files of peers say which addresses their host names have."""
        return Names.FILES in self.names

    @property
    def versions(self) -> str:
        """The range of minor lines, for people."""
        first, last = self.first.minor_text, self.last.minor_text
        return first if first == last else f"{first} to {last}"

    def covers(self, version: Version) -> bool:
        """Whether a version belongs to this profile."""
        return self.first[:2] <= version[:2] <= self.last[:2]


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
