"""Whom each certificate of a cluster is for: names, usages, and which cluster needs which."""

from collections.abc import Iterator

from ..cilium.profile import ControlPlane, Role, TlsSecret
from ..cilium.profiles import profile_for
from ..model import Cluster, Mesh
from .facts import Usage

_BOTH = frozenset({Usage.SERVER, Usage.CLIENT})
_CLIENT = frozenset({Usage.CLIENT})

# NOTE: etcd's own gateway dials its server with the server's certificate, so that one is for clients too.
USAGES: dict[Role, frozenset[Usage]] = {
    Role.SERVER: _BOTH,
    Role.PEER: _BOTH,
    Role.LOCAL: _CLIENT,
    Role.REMOTE: _CLIENT,
    Role.ADMIN: _CLIENT,
}
_CLUSTER_DOMAIN = "cluster.local"
_LOOPBACK = ("127.0.0.1", "::1")


def host_of(mesh: Mesh, cluster: Cluster) -> str:
    """The name by which the other clusters dial a cluster."""
    return cluster.service.hostname or f"{cluster.name}.{mesh.domain}"


def common_name(cluster: Cluster, role: Role) -> str:
    """The common name: for clients it is the name of a user in etcd."""
    return f"{role}-{cluster.name}"


def names(mesh: Mesh, cluster: Cluster, role: Role) -> tuple[str, ...]:
    """
    The DNS names that a certificate carries.

    Sources: cilium-etcd-operator v2.0.7, certs/certs.go, with the mesh's own names added; chart 1.20.0,
    templates/clustermesh-apiserver/tls-certmanager/server-secret.yaml.
    """
    namespace = cluster.cilium.namespace
    match role:
        case Role.SERVER if _is_apiserver(cluster):
            return (
                host_of(mesh, cluster),
                f"*.{mesh.domain}",
                f"clustermesh-apiserver.{namespace}.svc",
                "localhost",
            )
        case Role.SERVER:
            return (
                host_of(mesh, cluster),
                f"*.{mesh.domain}",
                f"*.cilium-etcd.{namespace}.svc",
                f"cilium-etcd-client.{namespace}.svc",
                "localhost",
            )
        case Role.PEER:
            inside = f"*.cilium-etcd.{namespace}.svc"
            return (inside, f"{inside}.{_CLUSTER_DOMAIN}")
        case _:
            return ()


def addresses(cluster: Cluster, role: Role) -> tuple[str, ...]:
    """The IP addresses that a certificate carries: what clustermesh-apiserver dials in its own pod."""
    return _LOOPBACK if role is Role.SERVER and _is_apiserver(cluster) else ()


def _is_apiserver(cluster: Cluster) -> bool:
    found = profile_for(cluster)
    return found is not None and found.control_plane is ControlPlane.APISERVER


def tls_secrets(cluster: Cluster) -> tuple[TlsSecret, ...]:
    """The Secrets with a key that a cluster needs."""
    found = profile_for(cluster)
    return found.tls_secrets if found else ()


def roles(cluster: Cluster) -> Iterator[Role]:
    """The certificates that a cluster needs, each once."""
    yield from dict.fromkeys(secret.role for secret in tls_secrets(cluster))
