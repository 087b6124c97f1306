"""What stands in the Secrets of a cluster in clear, and which data keys hold a private value."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from ..cilium.profile import Role, TlsSecret
from ..cilium.profiles import profile_for
from ..model import Cluster, Mesh
from . import naming
from .etcd_config import write_config
from .inventory import Held, Inventory

CONFIG, CA, CERTIFICATE, KEY = "", ".etcd-client-ca.crt", ".etcd-client.crt", ".etcd-client.key"
"""cilium/clustermesh-tools, extract-etcd-secrets.sh: what is left for each cluster, by its name's end."""


class Contents(NamedTuple):
    """A Secret: what is public, and whose private key belongs where, both by data key."""

    name: str
    clear: Mapping[str, bytes]
    private: Mapping[str, Held]
    type: str = "Opaque"


Private = tuple[TlsSecret, Mapping[str, Held]]
"""A Secret, and whose private key belongs under which of its data keys."""


def private_values(mesh: Mesh, inventory: Inventory) -> list[tuple[Private, ...]]:
    """The Secrets of each cluster, in the mesh's order; those that lack a certificate are left out."""
    if mesh.tls.source == "files":
        keys = dict(guide_keys(mesh, inventory))
        return [tuple((secret, keys) for secret in _remote(cluster)) for cluster in mesh.clusters]
    held = {(one.cluster, one.role): one for one in inventory.held}
    return [
        tuple(
            (secret, {secret.key: one})
            for secret in naming.tls_secrets(cluster)
            if (one := held.get((index, secret.role)))
        )
        for index, cluster in enumerate(mesh.clusters)
    ]


def _remote(cluster: Cluster) -> Iterator[TlsSecret]:
    """The Secret by which a cluster dials the others; none for a version that nothing is known of."""
    return (secret for secret in naming.tls_secrets(cluster) if secret.role is Role.REMOTE)


def contents(mesh: Mesh, inventory: Inventory) -> list[tuple[Contents, ...]]:
    """The same Secrets, with what is public of them."""
    clear = _extracted(inventory) if mesh.tls.source == "files" else _own(mesh, inventory)
    return [
        tuple(
            Contents(secret.name, clear(cluster, secret, private), private, secret.type)
            for secret, private in secrets
        )
        for cluster, secrets in zip(mesh.clusters, private_values(mesh, inventory), strict=True)
    ]


Clear = Callable[[Cluster, TlsSecret, Mapping[str, Held]], Mapping[str, bytes]]


def _extracted(inventory: Inventory) -> Clear:
    """What the guide's script left, all of it for every cluster."""
    public = {name: content for name, content in inventory.files.items() if not name.endswith(KEY)}
    return lambda _cluster, _secret, _private: public


def _own(mesh: Mesh, inventory: Inventory) -> Clear:
    """The authorities and the cluster's certificate, and in the etcd era how it dials the others."""
    configs = _configs(mesh)

    def clear(cluster: Cluster, secret: TlsSecret, private: Mapping[str, Held]) -> Mapping[str, bytes]:
        files = {secret.authority: inventory.bundle, secret.certificate: private[secret.key].pem}
        if secret.role is not Role.REMOTE or not _holds_configs(cluster):
            return files
        return {**{name: config for name, config in configs.items() if name != cluster.name}, **files}

    return clear


def _holds_configs(cluster: Cluster) -> bool:
    """Whether the Secret with the client's key is also the one with the files of the other clusters."""
    found = profile_for(cluster)
    return found is not None and not found.peer_secrets


def _configs(mesh: Mesh) -> dict[str, bytes]:
    return {
        cluster.name: write_config(
            naming.host_of(mesh, cluster),
            cluster.service.port,
            authority=secret.authority,
            key=secret.key,
            certificate=secret.certificate,
        )
        for cluster in mesh.clusters
        for secret in naming.tls_secrets(cluster)
        if secret.role is Role.REMOTE
    }


def guide_keys(mesh: Mesh, inventory: Inventory) -> Iterator[tuple[str, Held]]:
    """The private values of the guide's layout: every cluster's own client key."""
    for held in inventory.held:
        yield mesh.clusters[held.cluster].name + KEY, held
