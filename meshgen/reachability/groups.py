"""Sets of endpoints as people read them: `web@{east,west}`, `x-wing@*`."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from ..engine.labels import Bits, Universe, indexes_of

LONGEST = 12
"""Groups that are named of one set; of more only the number is told."""


class Groups:
    """The names of the endpoints of a universe, gathered by group."""

    def __init__(self, universe: Universe, clusters: Iterable[str]) -> None:
        self._universe = universe
        self._clusters = frozenset(clusters)
        self._told: dict[Bits, tuple[str, ...]] = {}
        self._runs: dict[str, set[str]] = defaultdict(set)
        for endpoint in universe.endpoints:
            if endpoint.cluster:
                self._runs[_group(endpoint.name)].add(endpoint.cluster)

    def names(self, bits: Bits) -> tuple[str, ...]:
        """The groups in a set: those of several clusters with the clusters in braces, `*` for all."""
        if bits not in self._told:
            self._told[bits] = tuple(self._names(bits))
        return self._told[bits]

    def _names(self, bits: Bits) -> Iterator[str]:
        if bits == self._universe.everyone:
            yield "everything"
            return
        clusters: dict[str, set[str]] = defaultdict(set)
        alone: dict[str, None] = {}
        for index in indexes_of(bits):
            endpoint = self._universe.endpoints[index]
            if endpoint.cluster:
                clusters[_group(endpoint.name)].add(endpoint.cluster)
            else:
                alone[endpoint.name] = None
        for group, found in clusters.items():
            yield f"{group}@{self._where(group, found)}"
        yield from alone

    def _where(self, group: str, found: set[str]) -> str:
        if len(found) == 1:
            return next(iter(found))
        return "*" if found == self._runs[group] else f"{{{','.join(sorted(found))}}}"

    def told(self, bits: Bits) -> str:
        """A set in one line, cut where it is long."""
        names = self.names(bits)
        more = len(names) - LONGEST
        if more <= 0:
            return ", ".join(names)
        return f"{', '.join(names[:LONGEST])} and {more} more"


def _group(name: str) -> str:
    return name.rpartition("@")[0]
