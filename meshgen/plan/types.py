"""The plan: frozen values that emitters turn into files."""

from collections.abc import Mapping
from posixpath import normpath
from typing import TYPE_CHECKING, Any, NamedTuple

from ..cilium.profile import ControlPlane, Names, Profile
from ..cilium.version import parse_version
from ..kube.manifest import Manifest

if TYPE_CHECKING:
    from ..trust.sealed import SealedObject

Pairs = tuple[tuple[str, str], ...]
"""A mapping as sorted pairs."""


def pairs(mapping: "Mapping[str, str]") -> Pairs:
    """A mapping as sorted pairs."""
    return tuple(sorted(mapping.items()))


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


class Endpoint(NamedTuple):
    """How the others dial a cluster; `addresses` is empty where DNS knows the host."""

    cluster: str
    host: str
    port: int
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
    affinity: str | None
    owned: bool
    shared: bool
    clusters: tuple[str, ...]
    backends: tuple[str, ...]


class PolicyFile(NamedTuple):
    """
    A policy, as it is written in the `clusters` that have it alike, each with its name where OWN stands.

    `namespace` is empty for one of the whole cluster.
    """

    namespace: str
    name: str
    manifest: Manifest
    source: str
    clusters: tuple[str, ...]


class RawPolicies(NamedTuple):
    """A file of policies that is copied, and the namespaces of what is in it."""

    file: str
    content: str
    namespaces: tuple[str, ...]


class RuleSides(NamedTuple):
    """The clusters in which a rule has an object, on the side that is called and the one that calls."""

    name: str
    ingress: tuple[str, ...]
    egress: tuple[str, ...]


class TlsObject(NamedTuple):
    """
    A Secret with TLS material: what is public, and its private values.

    `private_keys` are the data keys of the private values; these are `sealed`, or in clear under
    `private`, or neither where they are fetched from elsewhere.
    """

    name: str
    clear: tuple[tuple[str, bytes], ...]
    private_keys: tuple[str, ...]
    type: str = "Opaque"
    sealed: "SealedObject | None" = None
    private: tuple[tuple[str, bytes], ...] = ()

    def __repr__(self) -> str:
        return f"TlsObject({self.name!r})"


class ExternalStore(NamedTuple):
    """Where the External Secrets Operator finds private values; `{cluster}` in `path` is a name."""

    kind: str
    name: str
    path: str


class Issuer(NamedTuple):
    """Who signs in each cluster, and for how many days."""

    group: str
    kind: str
    name: str
    days: int


class GitOps(NamedTuple):
    """Which tool applies the tree; `repo_url` is empty where it is not to be told from where."""

    tool: str
    repo_url: str = ""
    revision: str = ""
    path: str = ""

    @property
    def wired(self) -> bool:
        """Whether the tree holds what the tool begins with."""
        return bool(self.repo_url)

    def folder(self, name: str) -> str:
        """A folder of the tree, from the root of the repository."""
        return normpath(f"{self.path}/{name}")


class Certificate(NamedTuple):
    """A certificate that is made in a cluster, into the Secret of the same name."""

    name: str
    common_name: str
    dns_names: tuple[str, ...]
    addresses: tuple[str, ...]


class ClusterPlan(NamedTuple):
    """Everything of one cluster."""

    name: str
    id: int
    endpoint: Endpoint
    namespace: str
    context: str | None
    provider: str
    profile: Profile
    version: str
    delivery: str
    names: tuple[Names, ...]
    values: Mapping[str, Any]
    exposure: Exposure
    network: Network
    config: Pairs
    host_aliases: tuple[tuple[str, tuple[str, ...]], ...]
    apiserver_aliases: tuple[tuple[str, tuple[str, ...]], ...]
    services: tuple[GlobalService, ...]
    policies: tuple[PolicyFile, ...]
    raw_policies: tuple[RawPolicies, ...]
    tls: tuple[TlsObject, ...]
    certificates: tuple[Certificate, ...]
    global_namespaces: tuple[str, ...]
    local_by_default: bool
    local_user: str
    remote_user: str
    sops_keys: tuple[tuple[str, tuple[str, ...]], ...]
    agent_digest: str
    operator_digest: str
    apiserver_digest: str

    @property
    def patched(self) -> bool:
        """Whether Cilium's own objects are patched; otherwise they are the chart's, by its values."""
        return self.delivery == "manifests"

    @property
    def has_apiserver(self) -> bool:
        """Whether the other clusters dial a clustermesh-apiserver, and not an etcd."""
        return self.profile.control_plane is ControlPlane.APISERVER

    @property
    def has_secret(self) -> bool:
        """Whether meshgen makes the Secrets with TLS material."""
        return bool(self.tls)

    @property
    def has_etcd_secrets(self) -> bool:
        """Whether the Secrets with which etcd itself runs are among them."""
        made = {secret.name for secret in self.tls}
        return not self.has_apiserver and self.profile.server_secret.name in made

    @property
    def minor(self) -> str:
        """The minor line of Cilium, such as `1.6`."""
        return parse_version(self.version).minor_text

    @property
    def namespaces(self) -> tuple[str, ...]:
        """The namespaces that must exist, Cilium's own first."""
        spaces = {service.namespace for service in self.services}
        spaces |= {policy.namespace for policy in self.policies}
        spaces.update(*(raw.namespaces for raw in self.raw_policies))
        return (self.namespace, *sorted(spaces - {self.namespace, ""}))

    @property
    def has_policies(self) -> bool:
        """Whether anything is enforced there."""
        return bool(self.policies or self.raw_policies)


class MeshPlan(NamedTuple):
    """The whole mesh; clusters are sorted by name."""

    name: str
    domain: str
    source: str
    clusters: tuple[ClusterPlan, ...]
    services: tuple[GlobalService, ...]
    allows: tuple[RuleSides, ...]
    denies: tuple[RuleSides, ...]
    postures: tuple[RuleSides, ...]
    policies: tuple[PolicyFile, ...]
    backend: str
    external: ExternalStore | None
    bundle: bytes
    issuer: Issuer | None
    identity_bits: int
    gitops: GitOps | None = None

    def wiring(self, tool: str) -> GitOps | None:
        """What a GitOps tool is told, where the tree holds what it begins with."""
        gitops = self.gitops
        return gitops if gitops is not None and gitops.wired and gitops.tool == tool else None

    @property
    def has_bundle(self) -> bool:
        """Whether the authorities stand in a ConfigMap, and not in the Secrets of certificates."""
        return bool(self.bundle) and self.issuer is not None

    def others(self, cluster: ClusterPlan) -> tuple[ClusterPlan, ...]:
        """The clusters that a cluster dials."""
        return tuple(other for other in self.clusters if other is not cluster)
