"""Postures: objects that close pods, whatever else is allowed."""

from collections.abc import Iterator
from typing import Any

from ..model.policy import Posture
from . import labels
from .directory import Directory, Pods, pods_of
from .dns import dns_rules
from .objects import PolicyObject, policy_manifest


def posture_pods(directory: Directory, posture: Posture) -> Iterator[tuple[str, Pods, str]]:
    """The cluster and pods of each part of a posture, and what it is called."""
    clusters = directory.selected(posture.clusters)
    for space in posture.namespaces:
        for cluster in clusters:
            yield cluster, Pods(space), space
    for name in posture.workloads:
        workload = directory.workloads.get(name)
        runs = directory.runs(workload) if workload else ()
        for cluster in clusters:
            if workload and cluster in runs:
                yield cluster, pods_of(workload), name


def posture_objects(directory: Directory, index: int, posture: Posture) -> Iterator[PolicyObject]:
    """One object for each part and direction."""
    for cluster, pods, called in posture_pods(directory, posture):
        for direction in dict.fromkeys(posture.close):
            spec: dict[str, Any] = {
                "endpointSelector": labels.subject(cluster, pods.labels),
                direction: [{}, *_openings(directory, posture, cluster, pods, direction)],
            }
            yield PolicyObject(
                cluster=cluster,
                manifest=policy_manifest(f"posture-{called}-{direction}", pods.namespace, spec),
                at=("policy", "posture", index),
                source=f"/policy/posture/{called}",
                role="posture",
                direction=direction,
            )


def _openings(
    directory: Directory, posture: Posture, cluster: str, pods: Pods, direction: str
) -> Iterator[dict[str, Any]]:
    if posture.intra_namespace:
        key = "fromEndpoints" if direction == "ingress" else "toEndpoints"
        yield {key: [labels.peer((cluster,), pods.namespace, ())]}
    if direction == "egress":
        yield from dns_rules(directory, cluster)
