"""Rows of clusters that are alike: one stands for all that differ in which of them they are about."""

from collections import Counter
from collections.abc import Iterator, Sequence
from math import factorial, prod

from ..engine.labels import Bits, Universe, indexes_of
from ..policy.likeness import SHOWN, Folding
from .rows import Row

_Pattern = tuple[frozenset[str], frozenset[str]]
"""What a row is about in one cluster: sources and targets, without the cluster's name."""


def folded_rows(rows: Sequence[Row], universe: Universe, folding: Folding) -> Iterator[Row]:
    """Of rows that are the same but for their clusters the first, with the number of the others."""
    seen: set[object] = set()
    for row in rows:
        patterns = [_patterns(row, universe, kind) for kind in folding.kinds]
        key = (_same(row, universe, folding), *(frozenset(found.items()) for found in patterns))
        if key not in seen:
            seen.add(key)
            counts = zip(patterns, folding.kinds, strict=True)
            yield row._replace(alike=prod(_arrangements(found, len(kind)) for found, kind in counts) - 1)


def _patterns(row: Row, universe: Universe, kind: tuple[str, ...]) -> Counter[_Pattern]:
    """How many of the clusters that are shown of a kind have which part in a row."""
    return Counter(
        (_local(universe, row.sources, name), _local(universe, row.targets, name)) for name in kind[:SHOWN]
    )


def _local(universe: Universe, bits: Bits, cluster: str) -> frozenset[str]:
    """The names of endpoints of a cluster, without its own."""
    here = bits & universe.of_cluster.get(cluster, 0)
    return frozenset(universe.endpoints[index].name.removesuffix(f"@{cluster}") for index in indexes_of(here))


def _same(row: Row, universe: Universe, folding: Folding) -> tuple[object, ...]:
    """What is the same in rows that are alike."""
    shown = 0
    for kind in folding.kinds:
        for name in kind[:SHOWN]:
            shown |= universe.of_cluster.get(name, 0)
    about = (row.sources & ~shown, row.targets & ~shown)
    return (row.kind, row.risk, row.scope, row.before, row.after, row.pieces, *about)


def _arrangements(found: Counter[_Pattern], clusters: int) -> int:
    """In how many ways so many clusters can have these parts, all that are not shown the usual one."""
    (_, usual), *others = found.most_common()
    apart = [count for _, count in others]
    # NOTE: what a pod may do is the same towards all clusters of a kind but for its own, so that each of the
    # two sides of a row sets at most one cluster apart.
    assert usual > SHOWN // 2, "a row is about few clusters apart from all others"
    ways = factorial(clusters) // factorial(clusters - sum(apart))
    return ways // prod(map(factorial, apart))
