"""Peers of a kind that never is a pod of another cluster."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..engine.cilium_policies import span
from ..engine.entries import Direction, ObjectPath
from ..engine.labels import RESERVED, Bits
from ..engine.ports import told
from ..engine.segments import segment_at
from ..engine.vocabulary import CIDR_SETS, CIDRS, ENTITIES
from .backends import Backends, backends
from .picture import Picture, Placed
from .written import place_of


class Misnamed(NamedTuple):
    """A rule for an entity, at the port of a service whose callers in other clusters are no part of it."""

    placed: Placed
    path: ObjectPath
    entity: str
    port: str
    who: str
    service: str


def pod_addresses(
    picture: Picture, blocks: Iterable[tuple[int, str]]
) -> Iterator[tuple[Placed, ObjectPath, str, int]]:
    """Every CIDR of a rule that lies in one of the PodCIDRs, which come with the cluster that has each."""
    pods = [(*span(text), cluster) for cluster, text in blocks]
    seen: set[object] = set()
    for placed in picture.all_placed():
        if not placed.entry.peers.addresses or place_of(placed.one, placed.entry.path) in seen:
            continue
        seen.add(place_of(placed.one, placed.entry.path))
        for path, cidr in _cidrs(placed):
            first, last = span(cidr)
            owner = next((whose for low, high, whose in pods if low <= first and last <= high), None)
            if owner is not None:
                yield placed, path, cidr, owner


def _cidrs(placed: Placed) -> Iterator[tuple[ObjectPath, str]]:
    """The CIDRs that a rule has, and their places."""
    rule = placed.one.manifest
    for step in placed.entry.path:
        rule = rule[step]  # type: ignore[literal-required, index, assignment, unused-ignore]
    direction = placed.direction
    for index, cidr in enumerate(rule.get(CIDRS[direction]) or ()):
        yield (*placed.entry.path, CIDRS[direction], index), cidr
    for index, item in enumerate(rule.get(CIDR_SETS[direction]) or ()):
        if "cidr" in item:
            yield (*placed.entry.path, CIDR_SETS[direction], index, "cidr"), item["cidr"]
    key = "from" if direction is Direction.INGRESS else "to"
    for index, item in enumerate(rule.get(key) or ()):
        if item.get("ipBlock"):
            yield (*placed.entry.path, key, index, "ipBlock", "cidr"), item["ipBlock"]["cidr"]


def misnamed_entities(picture: Picture) -> Iterator[Misnamed]:
    """
    Every rule for `cluster` or `world` at a port of a global service, that cuts off its other clusters.

    That is so where the pods of the rule let nobody of them in; for `cluster`, also where none is let out.
    """
    known = backends(picture)
    seen: set[object] = set()
    for placed in picture.all_placed():
        entity = _entity(placed) if known else ""
        if not entity or place_of(placed.one, placed.entry.path) in seen:
            continue
        side = picture.side(placed.cluster, placed.direction)
        pods = side.subjects(placed.entry)
        for name, service in known.items():
            port = _cut(picture, placed, pods, service)
            if port is not None:
                seen.add(place_of(placed.one, placed.entry.path))
                path = (*placed.entry.path, ENTITIES[placed.direction])
                [at] = told([(port, port + 1)])
                yield Misnamed(placed, path, entity, at, picture.told(pods), "/".join(name))
                break


def _entity(placed: Placed) -> str:
    """`cluster` or `world`, if a rule is for that; nothing that goes out to the world is meant for a pod."""
    others = placed.entry.peers.others
    if placed.entry.deny or not others:
        return ""
    if any(source != RESERVED for selector in others for source, *_ in selector):
        return "cluster"
    is_world = any(requirement.key == "world" for selector in others for requirement in selector)
    return "world" if is_world and placed.direction is Direction.INGRESS else ""


def _cut(picture: Picture, placed: Placed, pods: Bits, service: Backends) -> int | None:
    """A port of a service at which a rule lets its entity through, and nobody of another cluster is."""
    if placed.cluster not in service.by_cluster:
        return None
    foreign = ~picture.universe.of_cluster.get(placed.cluster, 0)
    if placed.direction is Direction.INGRESS:
        pods &= service.shared
        callers: Bits = 0
        for cluster in service.by_cluster:
            callers |= picture.universe.of_cluster.get(cluster, 0)
        peers = callers & foreign
    else:
        peers = service.shared & foreign
    if not pods or not peers:
        return None
    half = next(iter(picture.classes(pods, placed.direction)))[0]
    places = [
        ports for ports, _, _ in picture.side(placed.cluster, placed.direction).places(placed.entry, pods)
    ]
    for port in service.ports:
        segment = segment_at(half, port)
        if (
            any(low <= port < high for low, high in places)
            and not (segment.allowed | segment.unknown) & peers
        ):
            return port
    return None
