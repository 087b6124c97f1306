"""Changes of global services and workloads."""

from collections.abc import Iterator
from typing import Any

from ..location import SourcePath
from ..model import Mesh, Service
from .changes import Impact, MeshChange, paired


def service_changes(base: Mesh, head: Mesh) -> Iterator[MeshChange]:
    """Every global service that is another, new or gone."""
    before = {(each.namespace, each.name): each for each in base.services}
    after = {(each.namespace, each.name): (index, each) for index, each in enumerate(head.services)}
    for key in sorted(before.keys() | after.keys()):
        was = _service(before[key]) if key in before else "absent"
        is_now = _service(after[key][1]) if key in after else "absent"
        if was != is_now:
            at: SourcePath = ("services", after[key][0]) if key in after else ("services",)
            note = "its Service is deleted by hand, see ROLLOUT.md" if key not in after else (
                "its clients balance over other pods, or dial other ports"
            )  # fmt: skip
            yield MeshChange("/".join(key), "global service", was, is_now, Impact.NONE, note, at)


def _service(service: Service) -> str:
    ports = ", ".join(
        f"{port.port}/{port.protocol}" + (f" to {port.target_port}" if port.target_port else "")
        for port in service.ports
    )
    places = "; ".join(
        f"{what} {_selection(selection)}"
        for what, selection in (("in", service.clusters), ("backends", service.backends))
    )
    return f"ports {ports}; selector {paired(service.selector)}; {places}" + (
        f"; affinity {service.affinity}" if service.affinity else ""
    )


def _selection(selection: Any) -> str:
    if isinstance(selection, str):
        return selection
    return ", ".join(selection) if isinstance(selection, tuple) else f"{{{paired(selection.labels)}}}"


def workload_changes(base: Mesh, head: Mesh) -> Iterator[MeshChange]:
    """Every workload that is another, new or gone."""
    before = {each.name: each for each in base.workloads}
    after = {each.name: (index, each) for index, each in enumerate(head.workloads)}
    for name in sorted(before.keys() | after.keys()):
        was = _workload(before[name]) if name in before else "absent"
        is_now = _workload(after[name][1]) if name in after else "absent"
        if was != is_now:
            at: SourcePath = ("workloads", after[name][0]) if name in after else ("workloads",)
            note = "pods with other labels get other identities; what follows is said with the connections"
            yield MeshChange(name, "workload", was, is_now, Impact.NONE, note, at)


def _workload(workload: Any) -> str:
    parts = [f"namespace {workload.namespace}", f"labels {paired(workload.labels)}"]
    parts.append(f"in {_selection(workload.clusters)}")
    if workload.ports:
        parts.append(f"ports {paired(workload.ports)}")
    if workload.service_account != "default":
        parts.append(f"service account {workload.service_account}")
    return "; ".join(parts)
