"""What each cluster's Flux begins with: the repository, and a Kustomization of the cluster's whole objects."""

import re
from collections.abc import Iterator
from typing import Any

from ..kube.manifest import manifest
from ..plan.types import ClusterPlan, GitOps, MeshPlan
from . import paths
from .document import Document
from .helm_release import runs_chart

_NAME, _NAMESPACE = "cilium-mesh", "flux-system"
_IDENTITY = "sops-age"  # https://fluxcd.io/flux/guides/mozilla-sops/#encrypting-secrets-using-age
_COMMIT = re.compile(r"[0-9a-f]{40}")


def flux(mesh: MeshPlan) -> Iterator[Document]:
    """One file for each cluster, which applies no other cluster and waits for none."""
    gitops = mesh.wiring("flux")
    if gitops is None:
        return
    repository = manifest(
        "source.toolkit.fluxcd.io/v1",
        "GitRepository",
        _NAME,
        namespace=_NAMESPACE,
        spec={
            "interval": "5m",
            "url": gitops.repo_url,
            # Source: fluxcd/source-controller, docs/spec/v1/gitrepositories.md: ssh cannot do without. The
            # name is that of the Secret which `flux bootstrap` makes.
            **({"secretRef": {"name": _NAMESPACE}} if gitops.repo_url.startswith("ssh:") else {}),
            "ref": _reference(gitops.revision),
        },
    )
    for cluster in mesh.clusters:
        objects = manifest(
            "kustomize.toolkit.fluxcd.io/v1",
            "Kustomization",
            _NAME,
            namespace=_NAMESPACE,
            spec=_objects(mesh, gitops, cluster),
        )
        yield Document(paths=(paths.flux(cluster.name),), content=(repository, objects))


def _reference(revision: str) -> dict[str, str]:
    if _COMMIT.fullmatch(revision):
        return {"commit": revision}
    return {"name": revision} if revision.startswith("refs/") else {"branch": revision}


def _objects(mesh: MeshPlan, gitops: GitOps, cluster: ClusterPlan) -> dict[str, Any]:
    """Source: fluxcd/kustomize-controller, docs/spec/v1/kustomizations.md."""
    spec: dict[str, Any] = {
        "interval": "10m",
        "retryInterval": "2m",
        # NOTE: longer than a release takes, since that is waited for as well.
        "timeout": "25m" if runs_chart(mesh, cluster) else "10m",
        "sourceRef": {"kind": "GitRepository", "name": _NAME},
        "path": f"./{gitops.folder(cluster.name)}",
        "prune": True,
        "wait": True,
        "force": False,
    }
    if mesh.backend == "sops" and cluster.tls:
        spec["decryption"] = {"provider": "sops", **_identity(cluster)}
    return spec


def _identity(cluster: ClusterPlan) -> dict[str, Any]:
    """The Secret with the cluster's age identity; keys of services are reached by the controller's account."""
    return {"secretRef": {"name": _IDENTITY}} if "age" in dict(cluster.sops_keys) else {}
