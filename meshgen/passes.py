"""What every whole object gets, whichever emitter made it."""

from collections.abc import Iterable, Iterator

from .emit.document import Document
from .kube.labels import MANAGED_BY, MANAGER, PART_OF, SOURCE
from .plan.types import MeshPlan


def owned(documents: Iterable[Document], mesh: MeshPlan) -> Iterator[Document]:
    """Whole objects with our labels and the place in mesh.yaml that they come from."""
    for document in documents:
        if document.source is None or isinstance(document.content, str):
            yield document
            continue
        metadata = document.content["metadata"]
        labels = metadata.get("labels", {}) | {MANAGED_BY: MANAGER, PART_OF: mesh.name}
        annotations = metadata.get("annotations", {}) | {SOURCE: f"{mesh.source}#{document.source}"}
        ordered = {
            **{key: metadata[key] for key in ("name", "namespace") if key in metadata},
            "labels": dict(sorted(labels.items())),
            "annotations": dict(sorted(annotations.items())),
        }
        yield document._replace(content={**document.content, "metadata": ordered})
