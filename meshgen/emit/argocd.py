"""Argo CD's ApplicationSets: each cluster's whole objects, and Cilium's chart where it is given values."""

import re
from collections.abc import Iterator

from ..cilium.version import chart_version
from ..kube.manifest import Manifest, manifest
from ..plan.types import ClusterPlan, GitOps, MeshPlan
from . import paths
from .document import Document
from .helm_release import CHARTS, RELEASE

_NAMESPACE = "argocd"
_PAIR, _AUTHORITY = ("ca.crt", "tls.crt", "tls.key"), ("ca.crt", "ca.key")

# Source: cilium, Documentation/configuration/argocd-issues.rst, for Hubble's; charts 1.14 to 1.20,
# templates/cilium-ca-secret.yaml, for the authority, which each rendering makes anew.
_MADE_ANEW = (
    ("ConfigMap", "hubble-ca-cert", ("ca.crt",)),
    ("Secret", "cilium-ca", _AUTHORITY),
    ("Secret", "hubble-relay-client-certs", _PAIR),
    ("Secret", "hubble-server-certs", _PAIR),
)

_RETRY = {"limit": 10, "backoff": {"duration": "10s", "factor": 2, "maxDuration": "5m"}}


def argocd(mesh: MeshPlan) -> Iterator[Document]:
    """One file with one or two ApplicationSets, and the kustomization by which they can be changed."""
    gitops = mesh.wiring("argocd")
    if gitops is None:
        return
    sets = [_set(mesh, "mesh", [_element(cluster) for cluster in mesh.clusters], _objects(gitops))]
    charts = [cluster for cluster in mesh.clusters if not cluster.patched]
    if charts:
        sets.append(_set(mesh, RELEASE, [_chart_element(cluster) for cluster in charts], _chart(gitops)))
    yield Document(paths=(paths.APPLICATION_SETS,), content=tuple(sets))
    yield Document(
        paths=(paths.ARGOCD_BASE,),
        content={
            "apiVersion": "kustomize.config.k8s.io/v1beta1",
            "kind": "Kustomization",
            "resources": [paths.APPLICATION_SETS.rpartition("/")[2]],
        },
    )


def _set(mesh: MeshPlan, prefix: str, elements: list[dict[str, str]], spec: Manifest) -> Manifest:
    """An ApplicationSet that makes the Application PREFIX-CLUSTER of each element."""
    return manifest(
        "argoproj.io/v1alpha1",
        "ApplicationSet",
        # NOTE: a mesh's name is a label value, which may hold more than the name of an object.
        f"{prefix}-{re.sub('[._]', '-', mesh.name.lower())}",
        namespace=_NAMESPACE,
        spec={
            "goTemplate": True,
            "goTemplateOptions": ["missingkey=error"],
            "generators": [{"list": {"elements": elements}}],
            # Source: argo-cd, docs/operator-manual/applicationset/Controlling-Resource-Modification.md:
            # a cluster that leaves the list keeps what it has, and is taken out as ROLLOUT.md says.
            "syncPolicy": {"preserveResourcesOnDeletion": True},
            "template": {
                "metadata": {"name": f"{prefix}-{{{{.cluster}}}}"},
                "spec": {"project": "default", **spec},
            },
        },
    )


def _element(cluster: ClusterPlan) -> dict[str, str]:
    return {"cluster": cluster.name, "destination": cluster.name}


def _chart_element(cluster: ClusterPlan) -> dict[str, str]:
    version = chart_version(cluster.version)
    return {**_element(cluster), "namespace": cluster.namespace, "version": version}


def _objects(gitops: GitOps) -> Manifest:
    """Source: argo-cd, docs/user-guide/sync-options.md."""
    return {
        "source": {**_repository(gitops), "path": gitops.folder("{{.cluster}}")},
        "destination": {"name": "{{.destination}}"},
        "syncPolicy": {
            "automated": {"prune": True, "selfHeal": True},
            "syncOptions": ["ServerSideApply=true", "FailOnSharedResource=true", "CreateNamespace=false"],
            "retry": _RETRY,
        },
    }


def _chart(gitops: GitOps) -> Manifest:
    """
    The chart with values from the repository (argo-cd, docs/user-guide/multiple_sources.md).

    A person syncs it: it restarts agents, no tool orders clusters among themselves, and the first
    difference shows which of the team's own values are missing in `helmValues`.
    """
    values = f"$values/{gitops.folder('{{.cluster}}')}/{paths.VALUES}"
    return {
        "sources": [
            {
                "repoURL": CHARTS,
                "chart": RELEASE,
                "targetRevision": "{{.version}}",
                "helm": {"releaseName": RELEASE, "valueFiles": [values]},
            },
            {**_repository(gitops), "ref": "values"},
        ],
        "destination": {"name": "{{.destination}}", "namespace": "{{.namespace}}"},
        "ignoreDifferences": [
            {"group": "", "kind": kind, "name": name, "jsonPointers": [f"/data/{key}" for key in keys]}
            for kind, name, keys in _MADE_ANEW
        ],
        "syncPolicy": {
            # NOTE: without the second, a sync puts new certificates in the place of those in use.
            "syncOptions": ["ServerSideApply=true", "RespectIgnoreDifferences=true", "CreateNamespace=false"],
            "retry": _RETRY,
        },
    }


def _repository(gitops: GitOps) -> dict[str, str]:
    # NOTE: Argo CD knows branches and tags by their short names.
    revision = re.sub("^refs/(heads|tags)/", "", gitops.revision)
    return {"repoURL": gitops.repo_url, "targetRevision": revision}
