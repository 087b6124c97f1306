"""Selectors of files that no pod of the mesh matches."""

from collections.abc import Iterator
from typing import NamedTuple

from ..engine.entries import Entry, ObjectPath
from ..engine.labels import CLUSTER, NAMESPACE, RESERVED, Selector
from .picture import Picture
from .written import Written, listed, place_of

_DECLARE = "correct the labels, or declare the pods under workloads"


class Stray(NamedTuple):
    """A selector without a pod: which it is, and why it has none."""

    written: Written
    path: ObjectPath
    what: str
    reason: str
    help: str


def strays(picture: Picture) -> Iterator[Stray]:
    """Every subject and every peer that selects nothing, each once."""
    told: set[object] = set()
    for written in picture.written:
        for entry in written.reading.entries:
            for stray in (*_subject(picture, written, entry), *_peers(picture, written, entry)):
                key = place_of(written.one, stray.path)
                if key not in told:
                    told.add(key)
                    yield stray


def _subject(picture: Picture, written: Written, entry: Entry) -> Iterator[Stray]:
    pods = picture.universe.matching(entry.subject)
    managed = picture.universe.of_cluster
    empty = tuple(cluster for cluster in written.clusters if not pods & managed.get(cluster, 0))
    key = "podSelector" if written.is_of_kubernetes else "endpointSelector"
    path = ("spec", key) if written.is_of_kubernetes else (*entry.path[:-2], key)
    if not empty or _is_reserved(entry.subject):
        return
    elsewhere = _values(entry.subject, CLUSTER)
    spaces = _values(entry.subject, NAMESPACE)
    if elsewhere is not None and not elsewhere & set(empty):
        reason = f"in {listed(empty)} there are no pods of {_one_of(elsewhere)}"
        yield Stray(written, path, "the subject", reason, "apply it only in the cluster that it names")
    elif spaces is not None and not spaces:
        reason = f"it names another namespace than its own, {written.one.namespace}"
        yield Stray(written, path, "the subject", reason, "move it to the namespace of its pods")
    elif empty == written.clusters and _is_known(picture, spaces):
        yield Stray(written, path, "the subject", "no workload has its labels", _DECLARE)


def _peers(picture: Picture, written: Written, entry: Entry) -> Iterator[Stray]:
    places = [path for path, selector in written.peers(entry) if not selector.get("ipBlock")]
    for path, selector in zip(places, entry.peers.endpoints, strict=False):
        if picture.universe.matching(selector) or _is_reserved(selector):
            continue
        clusters, spaces = _values(selector, CLUSTER), _values(selector, NAMESPACE)
        known = set(picture.scene.directory.names)
        if clusters is not None and not clusters & known:
            reason = f"the mesh has no cluster {_one_of(clusters)}" if clusters else "it asks for two at once"
            yield Stray(written, path, "a peer", reason, f"clusters: {listed(picture.scene.directory.names)}")
        elif _is_known(picture, spaces):
            yield Stray(written, path, "a peer", "no workload has its labels", _DECLARE)


def _is_reserved(selector: Selector) -> bool:
    return any(requirement.source == RESERVED for requirement in selector)


def _values(selector: Selector, key: str) -> set[str] | None:
    """The values that a selector leaves for a label; None where it says nothing, or not which."""
    found: set[str] | None = None
    for requirement in selector:
        if requirement.key == key and requirement.operator == "In":
            values = set(requirement.values)
            found = values if found is None else found & values
    return found


def _is_known(picture: Picture, spaces: set[str] | None) -> bool:
    """Whether mesh.yaml tells of the workloads of some namespaces, so that it would tell of these pods."""
    return bool(picture.scene.directory.by_namespace.keys() & (spaces or ()))


def _one_of(names: set[str]) -> str:
    return " or ".join(sorted(names)) or "two clusters at once"
