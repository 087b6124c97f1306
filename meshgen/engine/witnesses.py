"""
Pods that may exist: one for every way in which selectors can tell pods apart.

Two sets of policies that differ for any pod differ for one of these, so "no change" holds for all
pods there will ever be, and not only for those that somebody listed.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, product

from .labels import (
    ANY,
    CLUSTER,
    K8S,
    NAMESPACE,
    NAMESPACE_LABELS,
    NAMESPACE_NAME,
    Endpoint,
    Requirement,
    Selector,
    holds,
)

LIMIT = 100_000
"""Pods of one universe; past it nobody may claim that nothing changed."""

UNLISTED = "any other pod"
"""How the names of pods begin that may exist and that nobody listed."""

ELSEWHERE = "other namespaces"
"""How the namespaces are called that nothing names."""

FRESH = "any-other-value"
"""A value that no selector names; it is lengthened until it is none of theirs."""

_FIRST_PORT = 60_001
_PLACE = (CLUSTER, NAMESPACE, NAMESPACE_LABELS + NAMESPACE_NAME)


class TooManyError(Exception):
    """There are more kinds of pods than the limit."""


def witnesses(
    selectors: Iterable[Selector],
    clusters: Iterable[str],
    namespaces: Mapping[str, Mapping[str, str]],
    port_names: Iterable[str] = (),
) -> Iterator[Endpoint]:
    """
    A pod for every combination of selectors that a pod can match, in every cluster and namespace.

    `namespaces` are those that are named anywhere, with the labels that are known of them; one more
    stands for all others. Each pod has a number of its own for each of `port_names`.

    Raises:
        TooManyError: when there are more of them than the limit.

    """
    table = _Table(selectors)
    taken = {value for name in _PLACE for value in table.values.get(name, ())}
    unnamed = fresh("other", taken | set(namespaces))
    ports = {name: _FIRST_PORT + number for number, name in enumerate(sorted(set(port_names)))}
    count = 0
    for cluster in clusters:
        for namespace, known in {**namespaces, unnamed: {}}.items():
            for labels in table.kinds(cluster, namespace, known):
                count += 1
                if count > LIMIT:
                    raise TooManyError
                name = told(labels, cluster, ELSEWHERE if namespace == unnamed else namespace)
                yield Endpoint(name, cluster, labels, ports, known=False)


def fresh(text: str, taken: Iterable[str]) -> str:
    """A value that is none of those taken."""
    known = set(taken)
    while text in known:
        text += "-x"
    return text


def told(labels: Mapping[str, str], cluster: str, namespace: str) -> str:
    """How a pod that may exist is called: `any pod with app=web of shop@east`."""
    own = [
        f"another {key}" if value.startswith(FRESH) else f"{key}={value}"
        for label, value in labels.items()
        if not (key := label.partition(":")[2]).startswith(NAMESPACE_LABELS) and key not in _PLACE
    ]
    wearing = f" with {', '.join(sorted(own))}" if own else ""
    return f"{UNLISTED}{wearing} of {namespace}@{cluster}"


class _Table:
    """Selectors by the clusters and namespaces they can be about."""

    def __init__(self, selectors: Iterable[Selector]) -> None:
        self._by_place: dict[tuple[str | None, str | None], list[Selector]] = defaultdict(list)
        self._memo: dict[frozenset[Selector], tuple[Mapping[str, str], ...]] = {}
        self.values: dict[str, set[str]] = defaultdict(set)
        for selector in dict.fromkeys(selectors):
            for place in _places(selector):
                self._by_place[place].append(selector)
            for _, key, _, values in selector:
                self.values[key].update(values)

    def kinds(self, cluster: str, namespace: str, known: Mapping[str, str]) -> Iterator[dict[str, str]]:
        """The labels of a pod of each kind, in a cluster and a namespace."""
        place = {
            f"{K8S}:{CLUSTER}": cluster,
            f"{K8S}:{NAMESPACE}": namespace,
            f"{K8S}:{NAMESPACE_LABELS}{NAMESPACE_NAME}": namespace,
            **{f"{K8S}:{NAMESPACE_LABELS}{key}": value for key, value in known.items()},
        }
        fixed = {label.partition(":")[2] for label in place}
        left: set[Selector] = set()
        for key in ((cluster, namespace), (cluster, None), (None, namespace), (None, None)):
            for selector in self._by_place.get(key, ()):
                rest = _rest(selector, place, fixed)
                if rest:
                    left.add(rest)
        # NOTE: clusters alike share their kinds; working them out again would cost more than all else.
        alike = frozenset(left)
        if alike not in self._memo:
            self._memo[alike] = tuple(islice(_kinds(alike), LIMIT + 1))
        return ({**own, **place} for own in self._memo[alike])


def _places(selector: Selector) -> Iterator[tuple[str | None, str | None]]:
    yield from product(_named(selector, CLUSTER), _named(selector, NAMESPACE))


def _named(selector: Selector, key: str) -> tuple[str | None, ...]:
    for requirement in selector:
        if requirement.key == key and requirement.operator == "In":
            return requirement.values
    return (None,)


def _rest(selector: Selector, place: Mapping[str, str], fixed: set[str]) -> Selector | None:
    """What a selector still asks of a pod at a place; None if it cannot match there."""
    rest: list[Requirement] = []
    for requirement in selector:
        if requirement.key in fixed or requirement.source not in {K8S, ANY}:
            if not holds(requirement, place):
                return None
        else:
            rest.append(requirement._replace(source=K8S))
    return tuple(sorted(rest))


def _kinds(selectors: frozenset[Selector]) -> Iterator[dict[str, str]]:
    """Labels for each combination of selectors that can be matched at once."""
    if not selectors:
        yield {}
        return
    yield from _branches(sorted(selectors), {})


def _branches(alive: list[Selector], labels: dict[str, str]) -> Iterator[dict[str, str]]:
    """
    One key after another is given each value that makes a difference, a fresh one, and none.

    A selector that is decided is dropped, so keys that never meet in one pod are never multiplied.
    """
    key = _next_key(alive)
    if key is None:
        yield labels
        return
    asked = [tuple(each for each in selector if each.key == key) for selector in alive]
    naming: dict[str, set[int]] = defaultdict(set)
    for number, each in enumerate(asked):
        for name in (name for requirement in each for name in requirement.values):
            naming[name].add(number)
    unnamed, label, every = fresh(FRESH, naming), f"{K8S}:{key}", range(len(asked))
    # To a selector that does not name it, a value is as any other one.
    usual = frozenset(_met(asked, every, {label: unnamed}))
    seen: set[frozenset[int]] = set()
    for value in (*sorted(naming), unnamed, None):
        pod = {} if value is None else {label: value}
        about = every if value is None else naming.get(value, ())
        met = usual.difference(about).union(_met(asked, about, pod))
        if met not in seen:
            seen.add(met)
            left = {rest for number in met if (rest := _other(alive[number], key))}
            yield from _branches(sorted(left), {**labels, **pod})


def _met(
    asked: Sequence[tuple[Requirement, ...]], numbers: Iterable[int], pod: Mapping[str, str]
) -> Iterator[int]:
    """Those of some selectors that a pod meets."""
    return (number for number in numbers if all(holds(each, pod) for each in asked[number]))


def _other(selector: Selector, key: str) -> Selector:
    return tuple(requirement for requirement in selector if requirement.key != key)


def _next_key(alive: list[Selector]) -> str | None:
    counts: dict[str, int] = defaultdict(int)
    for selector in alive:
        for requirement in selector:
            counts[requirement.key] += 1
    return min(counts, key=lambda key: (-counts[key], key)) if counts else None
