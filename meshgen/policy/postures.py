"""Postures: objects that close pods, whatever else is allowed."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from ..kube.manifest import OWN
from ..model.policy import Dns, Posture
from . import labels
from .directory import Directory, Pods, pods_of
from .dns import dns_of, dns_rules
from .objects import Stencil, policy_manifest


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


def posture_stencils(directory: Directory, index: int, posture: Posture) -> Iterator[Stencil]:
    """One object for each part and direction, as the clusters have it that are alike."""
    alike: dict[tuple[str, Pods, int], list[str]] = defaultdict(list)
    for cluster, pods, called in posture_pods(directory, posture):
        alike[called, pods, directory.kinds[cluster]].append(cluster)
    for (called, pods, _), clusters in alike.items():
        for direction in dict.fromkeys(posture.close):
            spec: dict[str, Any] = {
                "endpointSelector": labels.subject(pods.labels),
                direction: [{}, *_openings(dns_of(directory, clusters[0]), posture, pods, direction)],
            }
            yield Stencil(
                clusters=tuple(clusters),
                manifest=policy_manifest(f"posture-{called}-{direction}", pods.namespace, spec),
                at=("policy", "posture", index),
                source=f"/policy/posture/{called}",
                role="posture",
                direction=direction,
            )


def _openings(dns: Dns, posture: Posture, pods: Pods, direction: str) -> Iterator[dict[str, Any]]:
    if posture.intra_namespace:
        key = "fromEndpoints" if direction == "ingress" else "toEndpoints"
        yield {key: [labels.peer((OWN,), pods.namespace, ())]}
    if direction == "egress":
        yield from dns_rules(dns)
