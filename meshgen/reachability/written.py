"""Policies that exist as files, each once however many clusters it is for, and findings about them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from ..diagnostics import Problem, Related, Rule
from ..engine.entries import Direction, Entry, ObjectPath
from ..engine.labels import ANY, CLUSTER, K8S, NAMESPACE, NAMESPACE_LABELS, RESERVED
from ..engine.objects import Reading
from ..engine.selectors import written as requirements
from ..engine.semantics import Semantics
from ..engine.vocabulary import ENDPOINTS, peer_keys
from ..location import SourcePath
from ..policy.objects import PolicyObject
from .scene import Scene

_MOST_NAMED = 8
_PEERS = {Direction.INGRESS: "from", Direction.EGRESS: "to"}


class Written(NamedTuple):
    """An object of a file, as it is read in those `clusters` whose Cilium reads it alike."""

    one: PolicyObject
    clusters: tuple[str, ...]
    rules: Semantics
    reading: Reading

    @property
    def is_of_kubernetes(self) -> bool:
        """Whether it is a NetworkPolicy, which Cilium translates."""
        return self.one.kind == "NetworkPolicy"

    def part(self, path: ObjectPath) -> Any:
        """What is written at a path."""
        found: Any = self.one.manifest
        for step in path:
            found = found[step]
        return found

    def rule(self, entry: Entry) -> dict[str, Any]:
        """The rule behind an entry; empty for a direction of a NetworkPolicy that has none."""
        found = self.part(entry.path)
        return found if len(entry.path) > 1 and isinstance(found, dict) else {}

    def peers(self, entry: Entry) -> Iterator[tuple[ObjectPath, dict[str, Any]]]:
        """The selectors of pods on the other side of a rule, and their places."""
        table = _PEERS if self.is_of_kubernetes else ENDPOINTS
        key = table[entry.direction]
        for index, selector in enumerate(self.rule(entry).get(key) or ()):
            yield (*entry.path, key, index), selector or {}

    def peer_key(self, entry: Entry) -> str:
        """The key under which a rule names its peers; empty where it names none."""
        rule = self.rule(entry)
        keys = peer_keys(entry.direction, self.rules)
        return next((key for key in keys if rule.get(key) is not None), "")

    def port_place(self, entry: Entry, name: str) -> ObjectPath:
        """Where a rule names a port, in whichever case."""
        key = "ports" if self.is_of_kubernetes else "toPorts"
        lists: list[tuple[ObjectPath, Any]] = [((), self.rule(entry).get(key) or ())]
        if not self.is_of_kubernetes:
            lists = [((at, "ports"), each.get("ports") or ()) for at, each in enumerate(lists[0][1])]
        for above, ports in lists:
            for index, port in enumerate(ports):
                if str(port.get("port")).lower() == name:
                    return (*entry.path, key, *above, index, "port")
        return entry.path

    def without_cluster(self, entry: Entry) -> list[ObjectPath]:
        """The peers of a rule that name no cluster, so that the version decides which they mean."""
        return [path for path, selector in self._pods(entry) if CLUSTER not in _keys(selector)]

    def without_namespace(self, entry: Entry) -> list[ObjectPath]:
        """The peers of a rule that name no namespace; a NetworkPolicy has its own way to say it."""
        if self.is_of_kubernetes:
            return []
        free = self.rules.namespace_labels_free or not self.one.namespace
        return [
            path
            for path, selector in self._pods(entry)
            if not any(
                key == NAMESPACE or (free and key.startswith(NAMESPACE_LABELS)) for key in _keys(selector)
            )
        ]

    def _pods(self, entry: Entry) -> Iterator[tuple[ObjectPath, dict[str, Any]]]:
        """The peers to which Cilium adds the scopes that they leave out."""
        for path, selector in self.peers(entry):
            if self.is_of_kubernetes:
                if not selector.get("ipBlock"):
                    yield path, selector.get("podSelector") or {}
            elif all(source != RESERVED for source, *_ in requirements(selector)):
                yield path, selector

    @property
    def told(self) -> str:
        """The object as messages call it."""
        return called(self.one)


def rules_of(objects: Iterable[Written]) -> Iterator[tuple[Written, Entry]]:
    """Every rule of every such object, once, as the first of its versions reads it."""
    seen: set[object] = set()
    for one in objects:
        for entry in one.reading.entries:
            place = place_of(one.one, entry.path)
            if place not in seen:
                seen.add(place)
                yield one, entry


def written(scene: Scene) -> Iterator[Written]:
    """The objects of all files, in order; one that versions read differently comes once for each."""
    found: dict[object, Written] = {}
    for cluster, objects in scene.objects.items():
        applied = scene.applied[cluster]
        rules = applied.setting.rules
        for number, one in enumerate(objects):
            if one.raw is None:
                continue
            key = (one.at, one.raw.document, rules)
            known = found.get(key)
            if known is None:
                found[key] = Written(one, (cluster,), rules, applied.readings[number])
            else:
                found[key] = known._replace(clusters=(*known.clusters, cluster))
    yield from found.values()


def _keys(selector: dict[str, Any]) -> set[str]:
    return {key for source, key, *_ in requirements(selector) if source in {K8S, ANY}}


def object_name(one: PolicyObject) -> str:
    """An object as people call it: `CiliumNetworkPolicy shop/web`."""
    return f"{one.kind} {one.namespace}/{one.name}" if one.namespace else f"{one.kind} {one.name}"


def called(one: PolicyObject) -> str:
    """What an object is called in a message: the rule or posture it is made from, or itself."""
    if one.raw is not None:
        return f"{object_name(one)} of {one.raw.file}"
    _, _, section, name = one.source.split("/", 3)
    return f"the rule {name}" if section == "rules" else f"the posture of {name}"


def listed(names: Sequence[str], most: int = _MOST_NAMED) -> str:
    """Names in one line; of those that are too many their number is told."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def problem_at(rule: Rule, one: PolicyObject, path: ObjectPath, message: str, **details: Any) -> Problem:
    """A problem of a part of an object: in its file, or in mesh.yaml where that is what it is made from."""
    if one.raw is None:
        return rule.problem(one.at, message, **details)
    return rule.problem(one.at, message, file=one.raw.file, span=one.raw.source.span(path), **details)


def related_at(one: PolicyObject, path: ObjectPath, message: str) -> Related:
    """A part of an object as the second place of a problem."""
    if one.raw is None:
        return Related(one.at, message)
    return Related(one.at, message, file=one.raw.file, span=one.raw.source.span(path))


def place_of(one: PolicyObject, path: ObjectPath) -> tuple[SourcePath, object, ObjectPath]:
    """What tells places in objects apart, however many clusters an object is for."""
    return (one.at, one.raw.document, path) if one.raw else (one.at, None, ())
