"""Who is cut from DNS, and which postures close the pods that whole clusters depend on."""

from collections.abc import Iterator
from typing import NamedTuple

from ..cilium.profile import ControlPlane
from ..cilium.profiles import profile_for
from ..engine.entries import Direction
from ..engine.labels import Bits, lowest
from ..engine.ports import point, told
from ..engine.segments import segment_at
from ..location import SourcePath
from ..policy.directory import Pods
from ..policy.dns import dns_of
from ..policy.postures import posture_pods
from .picture import Picture, Placed
from .written import place_of

_CALLED = {
    ControlPlane.ETCD: "Cilium's etcd",
    ControlPlane.APISERVER: "clustermesh-apiserver",
}
"""What the other clusters dial, in a message."""


class Cut(NamedTuple):
    """A rule because of which pods cannot resolve names; `only_tcp` where UDP is open."""

    placed: Placed
    who: str
    missing: str
    ports: str
    server: str
    only_tcp: bool


class Closing(NamedTuple):
    """A posture that closes the servers of a cluster."""

    at: SourcePath
    direction: str
    what: str
    clusters: tuple[str, ...]
    help: str


def cuts(picture: Picture) -> Iterator[Cut]:
    """Every rule that keeps pods from the DNS of their own cluster."""
    found: dict[object, tuple[Placed, str, set[int], Bits]] = {}
    for cluster in picture.scene.directory.names:
        server, node = picture.index[f"DNS@{cluster}"], picture.index["entity:host"]
        dns = dns_of(picture.scene.directory, cluster)
        ways = (server, node) if dns.node_local else (server,)
        points = [point(port, protocol) for port in sorted(set(dns.ports)) for protocol in ("UDP", "TCP")]
        for half in picture.halves(cluster, Direction.EGRESS):
            pods = half.subjects & ~(1 << server)
            missing = {
                port
                for port in points
                if not any(
                    (segment.allowed | segment.unknown) >> way & 1
                    for segment in (segment_at(half, port),)
                    for way in ways
                )
            }
            if missing and pods:
                deciding = picture.side(cluster, Direction.EGRESS).deciding(half, min(missing), server)
                placed = picture.placed(cluster, Direction.EGRESS, deciding[0])
                key = place_of(placed.one, placed.entry.path)
                first, where, ports, among = found.get(key, (placed, cluster, set(), 0))
                found[key] = (first, where, ports | missing, among | pods)
    for placed, cluster, ports, pods in found.values():
        dns = dns_of(picture.scene.directory, cluster)
        labels = ", ".join(f"{key}: {value}" for key, value in sorted(dns.labels.items()))
        all_of = [point(port, protocol) for port in dns.ports for protocol in ("UDP", "TCP")]
        yield Cut(
            placed,
            picture.told(pods),
            ", ".join(told((port, port + 1) for port in ports)),
            " and ".join(told((port, port + 1) for port in all_of)),
            "toEntities: [host]" if dns.node_local else f"{{{labels}}} in {dns.namespace}",
            only_tcp=all(port < point(0, "UDP") for port in ports),
        )


class Shut(NamedTuple):
    """A rule of a file that closes DNS itself, the pods that it does not let in, and their cluster."""

    placed: Placed
    who: str
    cluster: str


def shut_servers(picture: Picture) -> Iterator[Shut]:
    """Every rule of a file because of which DNS does not answer pods of its own cluster."""
    told_of: set[object] = set()
    for cluster in picture.scene.directory.names:
        server = picture.index[f"DNS@{cluster}"]
        half = picture.half_of[Direction.INGRESS][server]
        port = point(dns_of(picture.scene.directory, cluster).ports[0], "UDP")
        segment = segment_at(half, port)
        callers = picture.universe.of_cluster[cluster] & ~(1 << server)
        cut = callers & ~segment.allowed & ~segment.unknown
        if cut:
            side = picture.side(cluster, Direction.INGRESS)
            first = side.deciding(half, port, lowest(cut))[0]
            placed = picture.placed(cluster, Direction.INGRESS, first)
            key = place_of(placed.one, placed.entry.path)
            if placed.one.raw and key not in told_of:
                told_of.add(key)
                yield Shut(placed, picture.told(cut), cluster)


def closed_servers(picture: Picture) -> Iterator[Closing]:
    """Every posture that closes the pods of DNS or of what other clusters dial, in whichever direction."""
    directory = picture.scene.directory
    found: dict[tuple[int, str], dict[str, None]] = {}
    for index, posture in enumerate(picture.scene.policies.postures):
        for cluster, pods, _ in posture_pods(directory, posture):
            for what in _servers(picture, cluster, pods):
                found.setdefault((index, what), {})[cluster] = None
    for (index, what), clusters in found.items():
        close = " and ".join(dict.fromkeys(picture.scene.policies.postures[index].close))
        way_out = "name the workloads that are to be closed, and leave its namespace out"
        yield Closing(("policy", "posture", index), close, what, tuple(clusters), way_out)


def _servers(picture: Picture, cluster: str, pods: Pods) -> Iterator[str]:
    mesh_cluster = picture.scene.cluster(cluster)
    dns = dns_of(picture.scene.directory, cluster)
    if pods.namespace == dns.namespace and set(pods.labels) <= set(dns.labels.items()):
        yield "the pods of DNS"
    profile = profile_for(mesh_cluster)
    dialled = set(profile.service_selector) if profile else set()
    if profile and pods.namespace == mesh_cluster.cilium.namespace and set(pods.labels) <= dialled:
        yield f"the pods of {_CALLED[profile.control_plane]}"
