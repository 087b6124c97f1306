"""Policies compiled in memory."""

from typing import Any

from builders import cluster, mesh, text

from meshgen.inspection import inspect
from meshgen.model import Mesh
from meshgen.policy.compilation import Policies
from meshgen.policy.objects import PolicyObject

WORKLOADS = [
    {"name": "x-wing", "labels": {"name": "x-wing"}},
    {"name": "rebel-base", "labels": {"name": "rebel-base"}, "ports": {"http": 8080}},
    {"name": "db", "namespace": "data", "serviceAccount": "db", "ports": {"sql": 5432}},
]


def three_clusters(*, version: str = "1.6.9", **overrides: Any) -> dict[str, Any]:
    """Three clusters, of which two are in production."""
    clusters = [cluster(number, labels={"env": "prod" if number < 3 else "test"}) for number in (1, 2, 3)]
    return mesh(*clusters, workloads=WORKLOADS, cilium={"version": version}, **overrides)


def parsed(data: dict[str, Any]) -> Mesh:
    """The mesh, whatever checks say of it."""
    inspection = inspect(text(data), "mesh.yaml")
    assert inspection.mesh is not None, inspection.diagnostics
    return inspection.mesh


def compiled(data: dict[str, Any]) -> tuple[PolicyObject, ...]:
    """The objects of a mesh."""
    return Policies(parsed(data)).objects


def specs(data: dict[str, Any], cluster_name: str | None = None) -> dict[str, Any]:
    """The specs of a mesh's objects by `cluster/namespace/name`, or by the rest in one cluster."""
    found = {f"{one.cluster}/{one.namespace}/{one.name}": one.manifest["spec"] for one in compiled(data)}
    if cluster_name is None:
        return found
    prefix = f"{cluster_name}/"
    return {key.removeprefix(prefix): spec for key, spec in found.items() if key.startswith(prefix)}


def rule(source: str, target: str, *, kind: str = "allow", name: str = "rule", **more: Any) -> dict[str, Any]:
    """A rule; keys of the allow or deny are given as they are, those of the rule too."""
    inner = {key: more.pop(key) for key in ("ports", "http") if key in more}
    return {"name": name, kind: {"from": source, "to": target, **inner}, **more}


def with_rules(*rules: dict[str, Any], version: str = "1.6.9", **more: Any) -> dict[str, Any]:
    """Three clusters with rules; `posture` belongs to the policy, all else to the mesh."""
    policy = {key: more.pop(key) for key in ("posture", "dns") if key in more}
    return three_clusters(version=version, policy={"rules": list(rules), **policy}, **more)


def own(cluster_name: str, /, **labels: str) -> dict[str, Any]:
    """The subject in a cluster."""
    return {"matchLabels": {"io.cilium.k8s.policy.cluster": cluster_name, **labels}}


def peer(namespace: str, /, *clusters: str, **labels: str) -> dict[str, Any]:
    """Pods of a namespace in some clusters."""
    key = "k8s:io.cilium.k8s.policy.cluster"
    match = {"k8s:io.kubernetes.pod.namespace": namespace, **labels}
    if len(clusters) == 1:
        return {"matchLabels": {key: clusters[0], **match}}
    expression = {"key": key, "operator": "In", "values": list(clusters)}
    return {"matchLabels": match, "matchExpressions": [expression]}


def tcp(*ports: int) -> list[dict[str, Any]]:
    """The toPorts of some TCP ports."""
    return [{"ports": [{"port": str(port), "protocol": "TCP"} for port in ports]}]


def dns(name: str, **learn: Any) -> dict[str, Any]:
    """The rule to a cluster's DNS."""
    ports = [{"port": "53", "protocol": "UDP"}, {"port": "53", "protocol": "TCP"}]
    where = peer("kube-system", name, **{"k8s-app": "kube-dns"})
    return {"toEndpoints": [where], "toPorts": [{"ports": ports, **learn}]}
