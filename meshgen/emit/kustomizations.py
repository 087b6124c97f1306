"""The kustomization of a cluster's whole objects, and the Component with its patches."""

from collections.abc import Iterator
from functools import cache
from posixpath import relpath
from typing import Any

from ..chart.values import BUNDLE
from ..kube.manifest import Manifest
from ..plan.types import ClusterPlan, MeshPlan
from . import paths
from .document import Document
from .helm_release import runs_chart, values_generator


def kustomizations(mesh: MeshPlan) -> Iterator[Document]:
    """The kustomization of each cluster, and the Component where there is anything to patch."""
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
        if patches := component_patches(cluster):
            yield Document(
                paths=(f"{cluster.name}/{paths.COMPONENT}",),
                content={
                    "apiVersion": "kustomize.config.k8s.io/v1alpha1",
                    "kind": "Component",
                    "patches": patches,
                },
            )


def _whole_objects(mesh: MeshPlan, cluster: ClusterPlan, files: dict[int, str]) -> Manifest:
    secrets = [paths.tls_secret(mesh.backend, secret.name) for secret in cluster.tls]
    services = [files[id(service)] for service in cluster.services if service.owned]
    return {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": [
            *_exposure(cluster),
            *([paths.bundle(BUNDLE)] if mesh.has_bundle else []),
            *(paths.certificate(one.name) for one in cluster.certificates),
            *(path for path in secrets if path),
            *_peers(cluster),
            *services,
            *(paths.policy(policy.namespace, policy.name) for policy in cluster.policies),
            *(paths.raw_policy(copy.file) for copy in cluster.raw_policies),
            *([paths.HELM_REPOSITORY, paths.HELM_RELEASE] if runs_chart(mesh, cluster) else []),
        ],
        **({"configMapGenerator": [values_generator(mesh, cluster)]} if runs_chart(mesh, cluster) else {}),
    }


def _exposure(cluster: ClusterPlan) -> Iterator[str]:
    if not cluster.has_apiserver:
        yield paths.mesh_service(cluster.profile.service_name)


def _peers(cluster: ClusterPlan) -> Iterator[str]:
    if cluster.patched:
        yield from (paths.peers(secret.name) for secret in cluster.profile.peer_secrets)
        if cluster.profile.leaves_users:
            yield paths.REMOTE_USERS


def component_patches(cluster: ClusterPlan) -> list[dict[str, Any]]:
    """What is laid over objects that others own: Cilium's, applications' Services, namespaces."""
    # NOTE: targets name no namespace for Cilium's own objects, since bases often add it later.
    patches = [
        _patch(path, kind=kind, name=name)
        for path, kind, name, here in (
            (paths.CONFIG_PATCH, "ConfigMap", "cilium-config", cluster.patched),
            (paths.AGENT_PATCH, "DaemonSet", "cilium", cluster.patched),
            (paths.OPERATOR_PATCH, "Deployment", "cilium-operator", cluster.patched),
            (
                paths.APISERVER_PATCH,
                "Deployment",
                "clustermesh-apiserver",
                cluster.patched and cluster.has_apiserver,
            ),
            (
                paths.APISERVER_SERVICE_PATCH,
                "Service",
                cluster.profile.service_name,
                cluster.patched and cluster.has_apiserver,
            ),
        )
        if here
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
    patches += [
        _patch(paths.namespace(name), kind="Namespace", name=name) for name in cluster.global_namespaces
    ]
    return patches


def _patch(path: str, **target: str) -> dict[str, Any]:
    return {"path": _from_component(path), "target": target}


@cache
def _from_component(path: str) -> str:
    return relpath(path, "patches")
