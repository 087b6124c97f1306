"""As whom a cluster dials the others, and whom its etcd knows: what `authMode` comes to."""

from ..cilium.version import parse_version
from ..model import Cluster, Mesh
from .keys import has
from .overrides import override
from .values import auth_mode, brings_certificates

_MODE = ("clustermesh", "apiserver", "tls", "authMode")
_AUTO = ("clustermesh", "apiserver", "tls", "auto", "enabled")


def dials_by_name(mesh: Mesh, cluster: Cluster) -> bool:
    """
    Whether a cluster's client certificate is for a user of its own, and not for the one that all share.

    Source: chart 1.19.6, clustermesh.apiserver.tls.authMode. False where nobody in mesh.yaml says whose
    certificates these are.
    """
    version = parse_version(cluster.cilium.version)
    if not has(version, *_MODE):
        return False
    if mesh.tls.source in {"generate", "in-cluster"} and brings_certificates(version):
        return True  # meshgen's own, whatever the chart is told
    return mode_of(mesh, cluster) == "cluster" and override(cluster, *_AUTO) is not False


def knows_names(mesh: Mesh, cluster: Cluster) -> bool:
    """
    Whether a cluster's etcd has a user for each other cluster, beside the one that all share.

    Upstream: cilium/cilium#48170, by which `cluster` still knows both.
    """
    return has(parse_version(cluster.cilium.version), *_MODE) and mode_of(mesh, cluster) != "legacy"


def mode_of(mesh: Mesh, cluster: Cluster) -> object:
    """The mode that a cluster's chart is given."""
    written = override(cluster, *_MODE)
    return auth_mode(mesh) if written is None else written
