"""Sets of endpoints as people read them: `web@{east,west}`, `namespace:shop@east`, `any@*`."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..engine.labels import FQDN, NAMESPACE, Bits, Endpoint, Universe, indexes_of
from ..engine.witnesses import ELSEWHERE, UNLISTED
from ..model.workload import Workload
from ..policy.directory import Directory, pods_of
from ..policy.dns import dns_of
from ..policy.likeness import Folding

DNS = "DNS"
"""How the DNS servers of a cluster are called."""

LONGEST = 12
"""Groups that are named of one set; of more only the number is told."""

MOST_LISTED = 12
"""Clusters of one group, of which more are told by those that are missing, where these are fewer."""


class Family(NamedTuple):
    """All pods of a cluster, of one of its namespaces, or of a workload there: what can be told at once."""

    told: str
    cluster: str


class Groups:
    """
    The names of the endpoints of a universe, gathered as far as a set holds all of a family.

    With a folding, its clusters stand for all of their kinds.
    """

    def __init__(
        self, universe: Universe, directories: Iterable[Directory], folding: Folding | None = None
    ) -> None:
        self._universe = universe
        self._folding = folding if folding and folding.kinds else None
        self._memo: dict[Bits, tuple[str, ...]] = {}
        workloads = _Workloads(directories)
        self._families = [tuple(_families(endpoint, workloads, universe)) for endpoint in universe.endpoints]
        self._sizes = Counter(family for families in self._families for family in families)
        self._clusters: dict[str, set[str]] = defaultdict(set)
        for family in self._sizes:
            self._clusters[family.told].add(family.cluster)

    def names(self, bits: Bits) -> tuple[str, ...]:
        """What is in a set, the largest families first."""
        if bits not in self._memo:
            self._memo[bits] = tuple(self._names(bits))
        return self._memo[bits]

    def _names(self, bits: Bits) -> Iterator[str]:
        if bits == self._universe.everyone:
            yield "everything"
            return
        members = [self._families[index] for index in indexes_of(bits)]
        counts = Counter(family for families in members for family in families)
        whole = {family for family, count in counts.items() if count == self._sizes[family]}
        found: dict[str, set[str]] = defaultdict(set)
        ranks: dict[str, int] = {}
        for families in members:
            rank = next((at for at, each in enumerate(families) if each in whole), len(families) - 1)
            family = families[rank]
            found[family.told].add(family.cluster)
            ranks[family.told] = min(rank, ranks.get(family.told, rank))
        for told in sorted(found, key=lambda each: (each.startswith(UNLISTED), ranks[each], each)):
            where = self._where(told, found[told])
            yield f"{told}@{where}" if where else told

    def size(self, bits: Bits) -> int:
        """How many endpoints there are in a set."""
        return len(self.members(bits)) if self._folding else bits.bit_count()

    def members(self, bits: Bits, *, known: bool = False) -> list[str]:
        """The names of the endpoints in a set, or of those that mesh.yaml tells of."""
        endpoints = [self._universe.endpoints[index] for index in indexes_of(bits)]
        if known:
            endpoints = [endpoint for endpoint in endpoints if endpoint.known]
        if self._folding is None:
            return [endpoint.name for endpoint in endpoints]
        clusters: dict[str, list[str]] = defaultdict(list)
        for endpoint in endpoints:
            clusters[endpoint.name.removesuffix(f"@{endpoint.cluster}")].append(endpoint.cluster)
        return [
            f"{name}@{cluster}" if cluster else name
            for name, where in clusters.items()
            for cluster in sorted(self._unfolded(set(where)))
        ]

    def _where(self, told: str, found: set[str]) -> str:
        if len(found) == 1:
            return next(iter(found))
        if found == self._clusters[told]:
            return "*"
        names, every = self._unfolded(found), self._unfolded(self._clusters[told])
        rest = every - names
        if len(names) > MOST_LISTED and len(rest) < len(names):
            return f"{{all but {','.join(sorted(rest))}}}"
        return f"{{{','.join(sorted(names))}}}"

    def _unfolded(self, clusters: set[str]) -> set[str]:
        return self._folding.unfolded(clusters) if self._folding else clusters

    def told(self, bits: Bits) -> str:
        """A set in one line, cut where it is long."""
        names = self.names(bits)
        more = len(names) - LONGEST
        if more <= 0:
            return ", ".join(names)
        return f"{', '.join(names[:LONGEST])} and {more} more"


class _Workloads:
    """The workloads of a place by the labels of their pods."""

    def __init__(self, directories: Iterable[Directory]) -> None:
        self._by_place: dict[tuple[str, str], dict[str, frozenset[tuple[str, str]]]] = defaultdict(dict)
        for directory in directories:
            for workload in directory.workloads.values():
                labels = _labels(workload)
                for cluster in directory.runs(workload) if not workload.host_network else ():
                    self._by_place[cluster, workload.namespace][workload.name] = labels
            for cluster in directory.names:
                dns = dns_of(directory, cluster)
                labels = frozenset((f"k8s:{key}", value) for key, value in dns.labels.items())
                self._by_place[cluster, dns.namespace].setdefault(DNS, labels)
        self._by_pair: dict[tuple[str, str], dict[tuple[str, str], list[str]]] = {}
        for place, workloads in self._by_place.items():
            pairs: dict[tuple[str, str], list[str]] = defaultdict(list)
            for name, labels in workloads.items():
                pairs[min(labels)].append(name)
            self._by_pair[place] = pairs

    def of(self, cluster: str, namespace: str, endpoint: Endpoint) -> str:
        """The workload that a pod is of, or may be of: the one with the most labels in common."""
        place = (cluster, namespace)
        labels = endpoint.labels.items()
        pairs = self._by_pair.get(place, {})
        if not pairs:
            return ""
        found = [
            name for pair in labels for name in pairs.get(pair, ()) if self._by_place[place][name] <= labels
        ]
        return max(found, key=lambda name: (len(self._by_place[place][name]), name), default="")


def _labels(workload: Workload) -> frozenset[tuple[str, str]]:
    return frozenset((f"k8s:{key}", value) for key, value in pods_of(workload).labels)


def _families(endpoint: Endpoint, workloads: _Workloads, universe: Universe) -> Iterator[Family]:
    """What an endpoint is a part of, the largest first, and at last itself."""
    if not endpoint.managed:
        outside = "reserved:world" in endpoint.labels
        yield Family("entity:world" if outside else "nodes", "")
        yield from (Family(f"fqdn:{pattern}", "") for pattern in _patterns(endpoint, universe))
        yield Family(endpoint.name, "")
        return
    cluster, namespace = endpoint.cluster, endpoint.labels[f"k8s:{NAMESPACE}"]
    yield Family("any", cluster)
    elsewhere = endpoint.name.endswith(f"{ELSEWHERE}@{cluster}")
    yield Family(ELSEWHERE if elsewhere else f"namespace:{namespace}", cluster)
    workload = workloads.of(cluster, namespace, endpoint)
    if workload:
        yield Family(workload, cluster)
    group = endpoint.name.rpartition("@")[0]
    if group not in {workload, ELSEWHERE}:
        yield Family(group, cluster)


def _patterns(endpoint: Endpoint, universe: Universe) -> list[str]:
    """The patterns that cover what an endpoint stands for, and more than that, the widest first."""
    texts = [label.removeprefix(f"{FQDN}:") for label in endpoint.labels if label.startswith(f"{FQDN}:")]
    sizes = {text: universe.domain(text).bit_count() for text in texts if not universe.blurred(text)}
    return sorted((text for text in sizes if sizes[text] > 1), key=lambda text: (-sizes[text], text))
