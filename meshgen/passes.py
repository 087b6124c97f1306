"""What every whole object gets, whichever emitter made it: labels, its origin, and when it is applied."""

from collections.abc import Iterable, Iterator

from .chart.values import BUNDLE
from .emit import paths
from .emit.document import Document
from .kube.labels import MANAGED_BY, MANAGER, PART_OF, SOURCE, SYNC_WAVE
from .plan.types import MeshPlan

_BUNDLE_WAVE, _LATER_SERVICE_WAVE = -3, 1

_WAVES = {
    "Certificate": -2,
    "ExternalSecret": -2,
    "SealedSecret": -2,
    "Secret": -1,
    "ConfigMap": -1,
    "CiliumNetworkPolicy": 2,
    "CiliumClusterwideNetworkPolicy": 2,
}
"""
When Argo CD applies an object: what others mount before them, and policies after what they speak of.

Each wave waits until the one before is healthy: https://argo-cd.readthedocs.io/en/stable/operator-manual/health/
"""


def owned(documents: Iterable[Document], mesh: MeshPlan) -> Iterator[Document]:
    """Whole objects with our labels and the place in mesh.yaml that they come from."""
    for document in documents:
        if document.source is None or not isinstance(document.content, dict):
            yield document
            continue
        metadata = document.content["metadata"]
        labels = metadata.get("labels", {}) | {MANAGED_BY: MANAGER, PART_OF: mesh.name}
        # NOTE: a wave that a user wrote stays.
        annotations = (
            _wave(document, mesh)
            | metadata.get("annotations", {})
            | {SOURCE: f"{mesh.source}#{document.source}"}
        )
        ordered = {
            **{key: metadata[key] for key in ("name", "namespace") if key in metadata},
            "labels": dict(sorted(labels.items())),
            "annotations": dict(sorted(annotations.items())),
        }
        yield document._replace(content={**document.content, "metadata": ordered})


def _wave(document: Document, mesh: MeshPlan) -> dict[str, str]:
    """The annotation of an object, for Argo CD alone; 0, the Service that others dial, is its default."""
    assert isinstance(document.content, dict)
    if mesh.gitops is None or mesh.gitops.tool != "argocd":
        return {}
    wave = _WAVES.get(document.content["kind"], 0)
    if document.content["metadata"]["name"] == BUNDLE:
        wave = _BUNDLE_WAVE
    elif f"/{paths.GLOBAL_SERVICES}/" in document.paths[0]:
        wave = _LATER_SERVICE_WAVE
    return {SYNC_WAVE: str(wave)} if wave else {}
