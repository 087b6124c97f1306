"""Rules about requests, and the clusters that the requests come from."""

from collections.abc import Iterator

from ..cilium.version import Version
from .picture import Picture, Placed
from .written import place_of

_LIFTED = Version(1, 17)
"""The limitation left the documentation with 1.17 (7c68b7aa4f)."""


def between_clusters(picture: Picture) -> Iterator[tuple[Placed, tuple[str, ...]]]:
    """Every rule about requests between clusters in tunnel mode, and the clusters that enforce it."""
    found: dict[object, tuple[Placed, dict[str, None]]] = {}
    for cluster in picture.scene.directory.names:
        rules = picture.scene.applied[cluster].setting.rules
        if rules.version >= _LIFTED or picture.scene.cluster(cluster).cilium.datapath.mode != "tunnel":
            continue
        for placed in picture.of_cluster(cluster):
            if _looks(placed) and _others(picture, placed):
                key = place_of(placed.one, placed.entry.path)
                found.setdefault(key, (placed, {}))[1][cluster] = None
    for placed, clusters in found.values():
        yield placed, tuple(clusters)


def _looks(placed: Placed) -> bool:
    return any(grant.l7 is not None and grant.l7.parser != "dns" for grant in placed.entry.grants or ())


def _others(picture: Picture, placed: Placed) -> int:
    """The pods of other clusters that a rule is about."""
    side = picture.side(placed.cluster, placed.direction)
    certain, maybe = side.peers(placed.number, picture.universe.everyone)
    return (certain | maybe) & picture.pods & ~side.managed
