"""What a profile is: the shape of the rows in `profiles`."""

from enum import StrEnum
from typing import NamedTuple

from .version import Version


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
    given the clusters as values; empty where it is given none. `remote_users` says that the ConfigMap of
    users is needed, `users_by_chart` that the chart writes it even where the files of peers are not its own.
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
    users_by_chart: bool = False
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
    def leaves_users(self) -> bool:
        """Whether the ConfigMap of users is up to whoever writes the files of peers."""
        return self.remote_users and not self.users_by_chart

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
