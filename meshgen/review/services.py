"""Changes of global services and workloads."""

from collections.abc import Iterator

from ..location import SourcePath
from ..model import Mesh, Service
from ..model.node import Node
from .changes import Impact, MeshChange
from .described import described

ABSENT = "absent"
"""What stands for a service or a workload that is not there."""


def service_changes(base: Mesh, head: Mesh) -> Iterator[MeshChange]:
    """Every global service that is another, new or gone."""
    before = {(each.namespace, each.name): each for each in base.services}
    after = {(each.namespace, each.name): (index, each) for index, each in enumerate(head.services)}
    for key in sorted(before.keys() | after.keys()):
        at: SourcePath = ("services", after[key][0]) if key in after else ("services",)
        was, is_now = before.get(key), after[key][1] if key in after else None
        for told in _changed(was, is_now):
            yield MeshChange(
                "/".join(key), "global service", *told, Impact.NONE, _of_service(was, is_now), at
            )  # fmt: skip


def _changed(was: Node | None, is_now: Node | None) -> Iterator[tuple[str, str]]:
    """Both sides in words, if anything is another; of what is on both, only that."""
    old, new = (described(each) if each is not None else None for each in (was, is_now))
    if old is None or new is None:
        yield old.text if old else ABSENT, new.text if new else ABSENT
    elif old != new:
        yield old.beside(new), new.beside(old)


_BALANCING = ("ports", "selector", "clusters", "backends", "affinity")


def _of_service(was: Service | None, is_now: Service | None) -> str:
    if is_now is None:
        return "its Service is deleted by hand, see ROLLOUT.md"
    if was is None or any(getattr(was, key) != getattr(is_now, key) for key in _BALANCING):
        return "its clients balance over other pods, or dial other ports"
    if was.manage != is_now.manage:
        return "the Service gets another owner: the one before must not delete it"
    return "whatever reads its labels and annotations may take it for another"


def workload_changes(base: Mesh, head: Mesh) -> Iterator[MeshChange]:
    """Every workload that is another, new or gone."""
    before = {each.name: each for each in base.workloads}
    after = {each.name: (index, each) for index, each in enumerate(head.workloads)}
    for name in sorted(before.keys() | after.keys()):
        at: SourcePath = ("workloads", after[name][0]) if name in after else ("workloads",)
        was, is_now = before.get(name), after[name][1] if name in after else None
        note, gate = _IDENTITIES, None
        if was is not None and is_now is not None and was.host_network != is_now.host_network:
            note, gate = _HOST_NETWORK[is_now.host_network], "posture"
        for told in _changed(was, is_now):
            yield MeshChange(name, "workload", *told, Impact.NONE, note, at, gate=gate)


_IDENTITIES = "pods with other labels get other identities; what follows is said with the connections"
_HOST_NETWORK = {
    True: "its pods use the network of their node: no policy selects them any more, and rules of others see "
    "their node; connections are told as if it had no pods",
    False: "its pods get a network of their own, and policies select them; connections are told as if it "
    "had no pods before",
}
