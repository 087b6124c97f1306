"""What meshgen finds in a mesh with policies, the files beside it included, for tests about one finding."""

from typing import Any

import yaml
from builders import cluster, mesh, text

from meshgen.diagnostics import Diagnostic
from meshgen.inspection import inspect

WORKLOADS = [{"name": name, "labels": {"name": name}} for name in ("x-wing", "rebel-base")]
CLOSED = [{"namespaces": ["default"], "close": ["ingress", "egress"]}]


class Folder:
    """Files beside mesh.yaml."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self._files = files

    def read(self, path: str) -> bytes | None:
        return self._files.get(path)

    def scan(self, path: str) -> bytes | None:
        return self.read(path)

    def names(self, _path: str) -> list[str]:
        return []


def policy(name: str = "legacy", subject: str = "rebel-base", **rules: Any) -> dict[str, Any]:
    """A policy for a workload."""
    return {
        "apiVersion": "cilium.io/v2",
        "kind": "CiliumNetworkPolicy",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {"endpointSelector": {"matchLabels": {"name": subject}}, **rules},
    }


def peer(name: str, where: str = "cluster1", **labels: str) -> dict[str, Any]:
    """A peer that names its cluster and namespace."""
    return {
        "matchLabels": {
            "k8s:io.cilium.k8s.policy.cluster": where,
            "k8s:io.kubernetes.pod.namespace": "default",
            "name": name,
            **labels,
        }
    }


def found(  # noqa: PLR0913 - the parts of a mesh
    *raw: dict[str, Any],
    rules: list[dict[str, Any]] | None = None,
    posture: list[dict[str, Any]] | None = None,
    version: str = "1.8.13",
    clusters: list[str] | None = None,
    workloads: list[dict[str, Any]] | None = None,
    policies: bytes | None = None,
    **more: Any,
) -> list[Diagnostic]:
    """The findings of a mesh of two clusters; `raw` are policies of a file, for `clusters`."""
    content = policies or yaml.safe_dump_all(raw).encode()
    files = [{"file": "legacy.yaml", "clusters": clusters or ["cluster1"]}] if raw or policies else []
    data = mesh(
        cluster(1),
        cluster(2),
        cilium={"version": version},
        workloads=WORKLOADS if workloads is None else workloads,
        policy={"posture": CLOSED if posture is None else posture, "rules": rules or [], "raw": files},
        **more,
    )
    diagnostics = inspect(text(data), "mesh.yaml", folder=Folder({"legacy.yaml": content})).diagnostics
    return [each for each in diagnostics if each.code != "MG601"]


def codes(*raw: dict[str, Any], **parts: Any) -> list[str]:
    """Their codes, each once."""
    return sorted({each.code for each in found(*raw, **parts)})
