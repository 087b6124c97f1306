"""Which pods are closed: those of a posture, and the own side of rules that isolate."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from ..model.policy import PolicyRule
from .directory import Directory, Pods, pods_of
from .flows import Flows
from .postures import posture_pods

Key = tuple[str, str, str]
"""Cluster, direction, namespace."""


class Part(NamedTuple):
    """Pods that are closed, all of those asked for, or one workload of them, which is then named."""

    pods: Pods
    workload: str = ""


class _Selectors:
    """Selectors of one namespace; asked whether one of them covers a set of labels."""

    def __init__(self, selectors: frozenset[frozenset[tuple[str, str]]]) -> None:
        self._selectors = selectors
        self._covers: dict[Pods, bool] = {}

    @cached_property
    def _by_pair(self) -> dict[tuple[str, str], list[frozenset[tuple[str, str]]]]:
        """Each selector below that of its labels which the fewest have."""
        counts = Counter(pair for selector in self._selectors for pair in selector)
        found: dict[tuple[str, str], list[frozenset[tuple[str, str]]]] = defaultdict(list)
        for selector in filter(None, self._selectors):
            found[min(selector, key=lambda pair: (counts[pair], pair))].append(selector)
        return found

    def cover(self, pods: Pods) -> bool:
        """Whether some pods are closed, by these labels alone."""
        known = self._covers.get(pods)
        if known is None:
            known = self._covers[pods] = frozenset() in self._selectors or self._meets(pods)
        return known

    def _meets(self, pods: Pods) -> bool:
        labels = set(pods.labels)
        return any(selector <= labels for pair in labels for selector in self._by_pair.get(pair, ()))


class Closed:
    """Everything that is closed."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._added: dict[Key, set[frozenset[tuple[str, str]]]] = defaultdict(set)
        self._workloads: dict[Key, list[tuple[str, Pods]]] = {}
        policy = directory.mesh.policy
        for posture in policy.posture if policy else ():
            for direction in posture.close:
                for cluster, pods, _ in posture_pods(directory, posture):
                    self._add(cluster, direction, pods)

    def isolate(self, rule: PolicyRule, flows: Flows) -> None:
        """Close the own side of a rule."""
        for direction in rule.isolate:
            reference = rule.intent.from_ if direction == "egress" else rule.intent.to
            pods = self._directory.pods(reference)
            for cluster in (flows.calling if direction == "egress" else flows.called) if pods else ():
                assert pods is not None, "there is no cluster otherwise"
                self._add(cluster, direction, pods)

    def _add(self, cluster: str, direction: str, pods: Pods) -> None:
        assert pods.namespace is not None, "only pods of a namespace are closed"
        self._added[cluster, direction, pods.namespace].add(frozenset(pods.labels))

    @cached_property
    def _selectors(self) -> dict[Key, _Selectors]:
        """What is closed, once all is known; clusters that are alike have one and the same."""
        whole = {key: frozenset(selectors) for key, selectors in self._added.items()}
        made = {selectors: _Selectors(selectors) for selectors in whole.values()}
        return {key: made[selectors] for key, selectors in whole.items()}

    def parts(self, cluster: str, direction: str, pods: Pods) -> Iterator[Part]:
        """Those of some pods that are closed, as few parts as possible."""
        if pods.namespace is None:
            spaces = sorted(
                space for where, way, space in self._selectors if (where, way) == (cluster, direction)
            )
        else:
            spaces = [pods.namespace]
        for space in spaces:
            within = pods if pods.namespace else Pods(space, pods.labels)
            selectors = self._selectors.get((cluster, direction, space))
            if selectors is None:
                continue
            if selectors.cover(within):
                yield Part(within)
                continue
            wanted = set(pods.labels)
            for name, closed in self._closed_workloads((cluster, direction, space)):
                if wanted <= set(closed.labels):
                    yield Part(closed, name)

    def whole(self, cluster: str, direction: str, pods: Pods) -> bool:
        """Whether all of some pods are closed."""
        return pods.namespace is not None and any(
            not part.workload for part in self.parts(cluster, direction, pods)
        )

    def _closed_workloads(self, key: Key) -> list[tuple[str, Pods]]:
        if key not in self._workloads:
            cluster, _, space = key
            selectors = self._selectors[key]
            pods = [
                (workload.name, pods_of(workload))
                for workload in self._directory.by_namespace.get(space, ())
                if cluster in self._directory.runs(workload)
            ]
            self._workloads[key] = sorted(one for one in pods if selectors.cover(one[1]))
        return self._workloads[key]
