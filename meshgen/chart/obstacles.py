"""What the chart can turn on, and what does not work between the clusters of a mesh then."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from ..cilium.profile import ControlPlane, Profile
from ..cilium.profiles import profile_for
from ..cilium.version import Version, parse_version
from ..model import Cluster
from .filters import CLUSTER, lets_cluster_through
from .known import Path, takes
from .overrides import default_local_cluster, override, truth

_KEPT_BY_DEFAULT = Version(1, 16)  # cilium/cilium#31178
_NODES = Version(1, 19)  # cilium/cilium#40609: peers mean the local cluster, nodes among them
_NODES_KEPT = Version(1, 19, 5)  # cilium/cilium#46170, the backport of #46068
_MIRROR = ("clustermesh", "apiserver", "kvstoremesh", "enabled")
_REPLACED = frozenset({"true", "strict", "partial", "probe"})


class Obstacle(NamedTuple):
    """A value at `path`, what it keeps from working, and the way out; `works` where all but a part does."""

    path: Path
    given: str
    effect: str
    way_out: str
    works: bool = False


def obstacles(cluster: Cluster) -> Iterator[Obstacle]:
    """What `helmValues` of a cluster have that a mesh cannot do with."""
    profile = profile_for(cluster)
    if profile is None or profile.control_plane is ControlPlane.ETCD:
        return
    version = parse_version(cluster.cilium.version)
    for found in _found(cluster, profile, version):
        if takes(version[:2], found.path):
            yield found


def _found(cluster: Cluster, profile: Profile, version: Version) -> Iterator[Obstacle]:
    yield from _pod_labels(cluster, version)
    yield from _node_labels(cluster, version)
    yield from _host_traffic(cluster, profile)
    path: Path = ("authentication", "mutual", "spire", "enabled")
    if _on(cluster, path):
        # Source: cilium, Documentation, mutual-authentication.rst, Limitations.
        yield Obstacle(
            path, "true",
            "authentication has no domain of trust over several clusters: what a policy demands it for "
            "never passes between them",
            "leave it out, or demand it in no policy whose peers are in other clusters",
        )  # fmt: skip
    path = ("egressGateway", "enabled")
    if _on(cluster, path):
        # Source: cilium, Documentation, egress-gateway.rst, Incompatibility with other features.
        yield Obstacle(
            path, "true",
            "Cilium supports no egress gateways in a mesh: one serves pods of its own cluster only",
            "leave it out, or keep the gateways of each policy in the cluster of its pods",
            works=True,
        )  # fmt: skip


def _pod_labels(cluster: Cluster, version: Version) -> Iterator[Obstacle]:
    by_default = version >= _KEPT_BY_DEFAULT
    for path in (("labels",), ("extraConfig", "labels")):
        given = override(cluster, *path)
        if not lets_cluster_through(given, by_default=by_default):
            yield Obstacle(
                path, str(given),
                f"that filter takes {CLUSTER} from pods: policies with a cluster select none of them, and "
                "services may lose their own",
                f"add k8s:{CLUSTER} to it",
            )  # fmt: skip


def _node_labels(cluster: Cluster, version: Version) -> Iterator[Obstacle]:
    if not _NODES <= version < _NODES_KEPT or default_local_cluster(cluster) is False:
        return
    given = override(cluster, "nodeLabels")
    if _on(cluster, ("nodeSelectorLabels",)) and not lets_cluster_through(given, by_default=False):
        yield Obstacle(
            ("nodeLabels",), str(given),
            f"that filter takes {CLUSTER} from nodes, and toNodes and fromNodes match none",
            f"add {CLUSTER} to it, or upgrade to {_NODES_KEPT.full}",
        )  # fmt: skip


def _host_traffic(cluster: Cluster, profile: Profile) -> Iterator[Obstacle]:
    """Agents that dial the others themselves, whose replies are encrypted on one way only: cilium#31209."""
    mirrored = override(cluster, *_MIRROR)
    if (profile.mirrors if mirrored is None else truth(mirrored)) or (
        cluster.cilium.encryption != "wireguard" or cluster.cilium.datapath.mode != "tunnel"
    ):
        return
    if str(override(cluster, "kubeProxyReplacement")).lower() not in _REPLACED:
        return
    for path in (("hostFirewall", "enabled"), ("encryption", "nodeEncryption")):
        if _on(cluster, path):
            yield Obstacle(
                path, "true",
                "with WireGuard, tunnels and kubeProxyReplacement agents do not reach the control planes of "
                "others (cilium#31209)",
                "leave it out, or turn KVStoreMesh on, which dials in their place",
            )  # fmt: skip


def _on(cluster: Cluster, path: Path) -> Any:
    return truth(override(cluster, *path))
