"""The kustomization of a cluster's whole objects, and the Component with its patches."""

from collections.abc import Iterator
from functools import cache
from posixpath import relpath
from typing import Any

from ..kube.manifest import Manifest
from ..plan.types import ClusterPlan, MeshPlan
from . import paths
from .document import Document


def kustomizations(mesh: MeshPlan) -> Iterator[Document]:
    """Both files of each cluster."""
    # NOTE: worked out once, since every cluster may have every service.
    files = {
        id(service): paths.global_service(service.namespace, service.name, owned=True)
        for service in mesh.services
        if service.owned
    }
    for cluster in mesh.clusters:
        yield Document(
            paths=(f"{cluster.name}/{paths.KUSTOMIZATION}",),
            content=_whole_objects(mesh, cluster, files),
        )
        yield Document(paths=(f"{cluster.name}/{paths.COMPONENT}",), content=_component(cluster))


def _whole_objects(mesh: MeshPlan, cluster: ClusterPlan, files: dict[int, str]) -> Manifest:
    secrets = [paths.tls_secret(mesh.backend, secret.name) for secret in cluster.tls]
    services = [files[id(service)] for service in cluster.services if service.owned]
    return {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": [
            paths.MESH_SERVICE,
            *(path for path in secrets if path),
            *services,
            *(paths.policy(policy.namespace, policy.name) for policy in cluster.policies),
            *(paths.raw_policy(copy.file) for copy in cluster.raw_policies),
        ],
    }


def _component(cluster: ClusterPlan) -> Manifest:
    # NOTE: targets name no namespace for Cilium's own objects, since bases often add it later.
    patches = [
        _patch(paths.CONFIG_PATCH, kind="ConfigMap", name="cilium-config"),
        _patch(paths.AGENT_PATCH, kind="DaemonSet", name="cilium"),
        _patch(paths.OPERATOR_PATCH, kind="Deployment", name="cilium-operator"),
    ]
    patches += [
        _patch(
            paths.global_service(service.namespace, service.name, owned=False),
            kind="Service",
            name=service.name,
            namespace=service.namespace,
        )
        for service in cluster.services
        if not service.owned
    ]
    return {
        "apiVersion": "kustomize.config.k8s.io/v1alpha1",
        "kind": "Component",
        "patches": patches,
    }


def _patch(path: str, **target: str) -> dict[str, Any]:
    return {"path": _from_component(path), "target": target}


@cache
def _from_component(path: str) -> str:
    return relpath(path, "patches")
