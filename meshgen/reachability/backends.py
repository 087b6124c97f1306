"""The pods behind global services, and who may reach only some of them."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from ..engine.entries import Direction
from ..engine.labels import Bits, indexes_of, lowest
from ..engine.ports import point, told
from ..engine.segments import Half, segment_at
from ..model import Service
from ..model.reference import Kind, Reference
from ..policy.ports import UnknownPortError, pod_ports
from .picture import Picture, Placed

Name = tuple[str, str]


class Backends(NamedTuple):
    """A service as callers see it: `shared` are the pods that answer everywhere, by position of a port."""

    service: Service
    shared: Bits
    by_cluster: dict[str, Bits]
    ports: tuple[int, ...]

    def of(self, cluster: str) -> Bits:
        """The pods over which a cluster balances; none where the service is not there."""
        return self.shared | self.by_cluster[cluster] if cluster in self.by_cluster else 0


class Part(NamedTuple):
    """
    A service that pods reach in part, at one of its ports; `deciders` are rules that allow some.

    `is_everywhere` says whether the service exists in every cluster. Were its backends limited to the
    clusters `enough`, there would be none that these pods do not reach; it is empty where that cannot be,
    since pods of a caller's own cluster are always backends, or where others reach other parts.
    `others` counts further groups of pods, which reach other parts of it.
    """

    place: int
    name: str
    port: str
    sources: Bits
    reached: Bits
    missing: Bits
    deciders: tuple[Placed, ...]
    is_everywhere: bool = True
    enough: tuple[str, ...] = ()
    others: int = 0


def backends(picture: Picture) -> dict[Name, Backends]:
    """The pods behind each service that clusters share."""
    directory = picture.scene.directory
    found: dict[Name, Backends] = {}
    for (namespace, name), service in directory.services.items():
        reference = Reference(f"service:{namespace}/{name}", Kind.SERVICE, name, namespace=namespace)
        try:
            ports = pod_ports(directory, reference, None) or ()
        except UnknownPortError:
            continue
        there = _by_cluster(picture, reference, service) if service.selector else {}
        shared: Bits = 0
        for cluster in directory.shared_by(service) if there else ():
            shared |= there[cluster]
        if shared:
            numbers = tuple(point(port.first, port.protocol) for port in ports)
            found[namespace, name] = Backends(service, shared, there, numbers)
    return found


def _by_cluster(picture: Picture, reference: Reference, service: Service) -> dict[str, Bits]:
    """
    The pods with a service's labels in each of its clusters.

    Where workloads have these labels, they are its backends: in clusters without them there are none.
    """
    every = picture.actors.everywhere(reference)
    declared = every & picture.workloads
    found: dict[str, Bits] = {}
    for cluster in picture.scene.directory.selected(service.clusters):
        managed = picture.universe.of_cluster.get(cluster, 0)
        found[cluster] = every & managed if not declared or declared & managed else 0
    return found


def partly_reachable(picture: Picture) -> Iterator[Part]:
    """Every service of which somebody whom a rule lets through reaches some backends and not all."""
    known = backends(picture)
    places = {
        (one.namespace, one.name): number
        for number, one in reversed([*enumerate(picture.scene.mesh.services)])
    }
    found: dict[Name, dict[tuple[Bits, Bits], Part]] = defaultdict(dict)
    for name, half in _candidates(picture, known):
        part = _part(picture, known[name], half)
        if part is not None:
            key = (part.reached, part.missing)
            known_sources = found[name][key].sources if key in found[name] else 0
            found[name][key] = part._replace(sources=part.sources | known_sources)
    for name, parts in found.items():
        first = next(iter(parts.values()))
        service = known[name]
        yield first._replace(
            place=places[name],
            name="/".join(name),
            is_everywhere=len(service.by_cluster) == len(picture.scene.directory.names),
            enough=() if len(parts) > 1 else _enough(picture, service, first),
            others=len(parts) - 1,
        )


def _enough(picture: Picture, service: Backends, part: Part) -> tuple[str, ...]:
    """The clusters that share backends, without those of which some are not reached."""
    lacking = {cluster for cluster, pods in picture.universe.of_cluster.items() if pods & part.missing}
    callers = {cluster for cluster in lacking if picture.universe.of_cluster[cluster] & part.sources}
    shared_by = picture.scene.directory.shared_by(service.service)
    left = (name for name in shared_by if name not in lacking and service.by_cluster[name])
    return () if callers else tuple(left)


def _candidates(picture: Picture, known: dict[Name, Backends]) -> Iterator[tuple[Name, Half]]:
    """Services, and classes of pods of which some rule lets through to a backend of them."""
    behind, everyone = _behind(known)
    seen: set[tuple[Name, int]] = set()
    for half in _calling(picture, everyone):
        reached: Bits = 0
        for segment in half.segments:
            reached |= segment.allowed
        for pod in indexes_of(reached & everyone):
            for name in behind[pod]:
                if (name, id(half)) not in seen:
                    seen.add((name, id(half)))
                    yield name, half


def _behind(known: dict[Name, Backends]) -> tuple[dict[int, list[Name]], Bits]:
    """For each pod the services that it answers for, and all such pods."""
    found: dict[int, list[Name]] = defaultdict(list)
    everyone: Bits = 0
    for name, service in known.items():
        pods = service.shared
        for more in service.by_cluster.values():
            pods |= more
        everyone |= pods
        for pod in indexes_of(pods):
            found[pod].append(name)
    return found, everyone


def _calling(picture: Picture, backends: Bits) -> Iterator[Half]:
    """The classes of pods that are closed, or that a backend which is closed lets in."""
    let_in: Bits = 0
    for half, _ in picture.classes(backends & picture.restrained[Direction.INGRESS], Direction.INGRESS):
        for segment in half.segments if half.closed else ():
            let_in |= segment.allowed
    for cluster in picture.scene.directory.names:
        for half in picture.halves(cluster, Direction.EGRESS):
            if half.closed or half.subjects & let_in:
                yield half


def _part(picture: Picture, service: Backends, half: Half) -> Part | None:
    """What a class of pods reaches of a service, if that is a part of it at one of the ports."""
    cluster = picture.universe.endpoints[lowest(half.subjects)].cluster
    targets = service.of(cluster)
    for port in service.ports:
        leaving = segment_at(half, port)
        split = [(half.subjects, 0, targets & leaving.unknown, half.closed)]
        for entering, among in picture.classes(targets & leaving.allowed, Direction.INGRESS):
            split = list(_split(split, entering, among, port))
        for sources, reached, unclear, explicit in split:
            missing = targets & ~reached & ~unclear
            if reached and missing and explicit:
                deciders = _deciders(picture, cluster, half, port, lowest(reached))
                [told_port] = told([(port, port + 1)])
                return Part(0, "", told_port, sources, reached, missing, deciders)
    return None


_Group = tuple[Bits, Bits, Bits, bool]


def _split(groups: list[_Group], entering: Half, among: Bits, port: int) -> Iterator[_Group]:
    """Callers by what they reach, once one more class of backends is looked at."""
    segment = segment_at(entering, port)
    for sources, reached, unclear, explicit in groups:
        let_in = sources & segment.allowed
        unknown = sources & segment.unknown
        rest = sources & ~let_in & ~unknown
        if let_in:
            yield let_in, reached | among, unclear, explicit or entering.closed
        if unknown:
            yield unknown, reached, unclear | among, explicit
        if rest:
            yield rest, reached, unclear, explicit


def _deciders(picture: Picture, cluster: str, half: Half, port: int, target: int) -> tuple[Placed, ...]:
    side = picture.side(cluster, Direction.EGRESS)
    deciding = side.deciding(half, port, target)
    return tuple(picture.placed(cluster, Direction.EGRESS, number) for number in deciding)
