"""The plan: frozen values that emitters turn into files."""

from typing import NamedTuple

from ..cilium.profiles import Profile
from ..cilium.version import parse_version

Pairs = tuple[tuple[str, str], ...]
"""A mapping as sorted pairs."""


class Exposure(NamedTuple):
    """The Service by which other clusters reach a cluster's etcd, and where it is dialled."""

    type: str
    port: int
    annotations: Pairs
    labels: Pairs
    selector: Pairs
    static_ip: str | None
    source_ranges: tuple[str, ...]
    addresses: tuple[str, ...]


class Network(NamedTuple):
    """The addresses of a cluster, sorted; `node_blocks` is what firewalls are to know of its nodes."""

    pod_cidrs: tuple[str, ...]
    node_blocks: tuple[str, ...]
    more_node_blocks: int
    node_count: int
    mode: str
    tunnel_protocol: str
    encryption: str


class ServicePort(NamedTuple):
    """A port of a global service; None where Kubernetes' own default holds."""

    port: int
    name: str | None
    target_port: int | str | None
    protocol: str | None


class GlobalService(NamedTuple):
    """A global service as it stands in some clusters: `shared` says whether they give their pods."""

    name: str
    namespace: str
    ports: tuple[ServicePort, ...]
    selector: Pairs
    labels: Pairs
    annotations: Pairs
    owned: bool
    shared: bool
    clusters: tuple[str, ...]
    backends: tuple[str, ...]


class SecretFile(NamedTuple):
    """One key of the mesh Secret."""

    key: str
    content: bytes
    public: bool

    def __repr__(self) -> str:
        return f"SecretFile({self.key!r})"


class ClusterPlan(NamedTuple):
    """Everything of one cluster."""

    name: str
    id: int
    host: str
    namespace: str
    context: str | None
    provider: str
    profile: Profile
    version: str
    exposure: Exposure
    network: Network
    config: Pairs
    host_aliases: tuple[tuple[str, tuple[str, ...]], ...]
    services: tuple[GlobalService, ...]
    has_secret: bool
    agent_digest: str
    operator_digest: str

    @property
    def minor(self) -> str:
        """The minor line of Cilium, such as `1.6`."""
        return parse_version(self.version).minor_text

    @property
    def namespaces(self) -> tuple[str, ...]:
        """The namespaces that must exist, Cilium's own first."""
        return tuple(dict.fromkeys([self.namespace, *(service.namespace for service in self.services)]))


class MeshPlan(NamedTuple):
    """The whole mesh; clusters are sorted by name."""

    name: str
    domain: str
    source: str
    clusters: tuple[ClusterPlan, ...]
    services: tuple[GlobalService, ...]
    secret: tuple[SecretFile, ...]
