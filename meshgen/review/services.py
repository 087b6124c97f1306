"""Changes of global services and workloads."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..location import SourcePath
from ..model import Cluster, Mesh, Service
from ..model.node import Node
from ..model.workload import Workload
from ..reachability.written import listed
from ..selection import selected, sharing
from .beside import Meshes
from .changes import NOTHING, Impact, MeshChange
from .described import described

ABSENT = "absent"
"""What stands for a service or a workload that is not there."""


_MOST_NAMES = 8


def service_changes(meshes: Meshes) -> Iterator[MeshChange]:
    """Every global service that is another, in other clusters, new or gone."""
    base, head = meshes
    before = {(each.namespace, each.name): each for each in base.services}
    after = {(each.namespace, each.name): (index, each) for index, each in enumerate(head.services)}
    for key in sorted(before.keys() | after.keys()):
        at: SourcePath = ("services", after[key][0]) if key in after else ("services",)
        was, is_now = before.get(key), after[key][1] if key in after else None
        told, note = _changed(was, is_now), _of_service(was, is_now)
        if was and is_now:
            places = _Places.of(meshes.base, was), _Places.of(meshes.head, is_now)
            kept = {*meshes.others()}
            if told is None and (told := places[0].beside(places[1], kept)):
                note = _BALANCE
            if is_now.manage == "object" and (lost := (places[0].clusters - places[1].clusters) & kept):
                note += f"; {_LEFT} {listed(sorted(lost), _MOST_NAMES)}"
        if told:
            yield MeshChange("/".join(key), "global service", *told, Impact.NONE, note, at)


def _changed(was: Node | None, is_now: Node | None) -> tuple[str, str] | None:
    """Both sides in words, if anything is another; of what is on both, only that."""
    old, new = (described(each) if each is not None else None for each in (was, is_now))
    if old is None or new is None:
        return old.text if old else ABSENT, new.text if new else ABSENT
    return (old.beside(new), new.beside(old)) if old != new else None


class _Places(NamedTuple):
    """The clusters that a service is in, and those of them whose pods answer for all."""

    clusters: frozenset[str]
    backends: frozenset[str]

    @classmethod
    def of(cls, mesh: Mesh, service: Service) -> "_Places":
        """What its selections mean in a mesh."""
        return cls(_names(selected(mesh, service.clusters)), _names(sharing(mesh, service)))

    def beside(self, other: "_Places", kept: set[str]) -> tuple[str, str] | None:
        """Both in words, of the clusters `kept`, where they are others."""
        pairs = [
            (key, old & kept, new & kept)
            for key, old, new in zip(self._fields, self, other, strict=True)
            if old & kept != new & kept
        ]
        if not pairs:
            return None
        before, after = (
            "; ".join(f"{key} {listed(sorted(side), _MOST_NAMES) or NOTHING}" for key, side in sides)
            for sides in ([(key, old) for key, old, _ in pairs], [(key, new) for key, _, new in pairs])
        )
        return before, after


def _names(clusters: Iterable[Cluster]) -> frozenset[str]:
    return frozenset(each.name for each in clusters)


_BALANCE = "its clients balance over other pods, or dial other ports"
_LEFT = "its Service stays, and is global until it is deleted by hand, see ROLLOUT.md, in"


_BALANCING = ("ports", "selector", "clusters", "backends", "affinity")


def _of_service(was: Service | None, is_now: Service | None) -> str:
    if is_now is None:
        return _GIVEN_BACK if was and was.manage == "annotation" else _GONE
    if was is None or any(getattr(was, key) != getattr(is_now, key) for key in _BALANCING):
        return _BALANCE
    if was.manage != is_now.manage:
        return "the Service gets another owner: the one before must not delete it"
    return "whatever reads its labels and annotations may take it for another"


_GONE = "its Service is deleted by hand, see ROLLOUT.md"
_GIVEN_BACK = "the Service stays with its owner, and is global until the annotations are gone from it"


def workload_changes(base: Mesh, head: Mesh) -> Iterator[MeshChange]:
    """Every workload that is another, new or gone."""
    before = {each.name: each for each in base.workloads}
    after = {each.name: (index, each) for index, each in enumerate(head.workloads)}
    for name in sorted(before.keys() | after.keys()):
        at: SourcePath = ("workloads", after[name][0]) if name in after else ("workloads",)
        was, is_now = before.get(name), after[name][1] if name in after else None
        note, gate = _of_workload(was, is_now), None
        if was is not None and is_now is not None and was.host_network != is_now.host_network:
            note, gate = _HOST_NETWORK[is_now.host_network], "posture"
        if told := _changed(was, is_now):
            yield MeshChange(name, "workload", *told, Impact.NONE, note, at, gate=gate)


_SELECTING = ("namespace", "labels", "service_account")


def _of_workload(was: Workload | None, is_now: Workload | None) -> str:
    if was and is_now and any(getattr(was, key) != getattr(is_now, key) for key in _SELECTING):
        return "pods with other labels get other identities; what follows is said with the connections"
    return "what mesh.yaml says of pods changes none of them; what follows is said with the connections"


_HOST_NETWORK = {
    True: "its pods use the network of their node: no policy selects them any more, and rules of others see "
    "their node; connections are told as if it had no pods",
    False: "its pods get a network of their own, and policies select them; connections are told as if it "
    "had no pods before",
}
