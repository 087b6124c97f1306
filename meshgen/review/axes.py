"""Which groups of pods a matrix shows: what is listed, and kinds of pods that only a change tells of."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..engine.labels import (
    CLUSTER,
    K8S,
    NAMESPACE,
    NAMESPACE_LABELS,
    SERVICE_ACCOUNT,
    Bits,
    Endpoint,
    Requirement,
    Universe,
    bits_of,
    indexes_of,
)

SIDE = 200
"""Rows, and columns, of a matrix; how many are left out is told."""

_GIVEN = {f"{K8S}:{key}" for key in (CLUSTER, NAMESPACE, SERVICE_ACCOUNT)}


class Axis(NamedTuple):
    """What is shown on one side, in order, and how many groups are not, those that changed apart."""

    shown: tuple[int, ...]
    left_out: int = 0
    changed_left_out: int = 0


def axis(universe: Universe, among: Bits, ranks: dict[int, int]) -> Axis:
    """One side of a matrix; `ranks` are those that changed, the worst first, and none of them is unlisted."""
    places = {index: place(universe.endpoints[index]) for index in indexes_of(among | bits_of(ranks))}
    last = len(universe.endpoints)
    ordered = sorted(places, key=lambda index: (ranks.get(index, last), places[index]))
    rest = ordered[SIDE:]
    shown = tuple(sorted(ordered[:SIDE], key=places.__getitem__))
    return Axis(shown, len(rest), sum(index in ranks for index in rest))


def place(endpoint: Endpoint) -> tuple[bool, str, str, bool, str]:
    """Where a group stands: by cluster and namespace, what is outside last, and others after those listed."""
    return (not endpoint.managed, endpoint.cluster, within(endpoint), not endpoint.known, endpoint.name)


def within(endpoint: Endpoint) -> str:
    """The namespace of a group, or what stands for one outside."""
    if endpoint.managed:
        return endpoint.labels.get(f"{K8S}:{NAMESPACE}", "")
    return "world" if "reserved:world" in endpoint.labels else "nodes and others"


def known(universe: Universe) -> Bits:
    """Everything that mesh.yaml tells of, and what lies outside."""
    return bits_of(index for index, endpoint in enumerate(universe.endpoints) if endpoint.known)


def ranked(universe: Universe, sets: Iterable[Bits]) -> dict[int, int]:
    """
    The members of sets by the first set that has them.

    A kind of pods that may exist is left out of a set in which a listed pod stands for it.
    """
    found: dict[int, int] = {}
    seen = 0
    stands = _Stands(universe)
    for rank, members in enumerate(sets):
        fresh = stands.shown(members) & ~seen
        seen |= fresh
        found.update(dict.fromkeys(indexes_of(fresh), rank))
    return found


class _Stands:
    """For which kinds of pods the listed ones stand."""

    def __init__(self, universe: Universe) -> None:
        self._universe = universe
        self._known = known(universe)
        self._for: dict[int, Bits] = {}

    def shown(self, members: Bits) -> Bits:
        covered = 0
        kinds = members & ~self._known
        for index in indexes_of(members & self._known) if kinds else ():
            if index not in self._for:
                self._for[index] = self._kinds(self._universe.endpoints[index])
            covered |= self._for[index]
        return members & ~(kinds & covered)

    def _kinds(self, endpoint: Endpoint) -> Bits:
        """The kinds of its place that wear all its labels: all of them if it has none."""
        place_of = Requirement(K8S, NAMESPACE, "In", (within(endpoint),))
        found = self._universe.matching((*_own(endpoint), place_of))
        return found & self._universe.of_cluster.get(endpoint.cluster, 0)


def _own(endpoint: Endpoint) -> Iterator[Requirement]:
    for label, value in endpoint.labels.items():
        source, _, key = label.partition(":")
        if label not in _GIVEN and not key.startswith(NAMESPACE_LABELS):
            yield Requirement(source, key, "In", (value,))
