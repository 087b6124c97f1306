"""Kubernetes objects as plain data."""

from typing import Any

Manifest = dict[str, Any]


def manifest(  # noqa: PLR0913 - the parts of metadata
    api_version: str,
    kind: str,
    name: str,
    *,
    namespace: str | None = None,
    labels: dict[str, str] | None = None,
    annotations: dict[str, str] | None = None,
    **body: Any,
) -> Manifest:
    """An object; metadata that is empty is left out, and labels and annotations are sorted."""
    metadata: dict[str, Any] = {"name": name}
    if namespace is not None:
        metadata["namespace"] = namespace
    if labels:
        metadata["labels"] = dict(sorted(labels.items()))
    if annotations:
        metadata["annotations"] = dict(sorted(annotations.items()))
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **body}


class Shared(dict[str, Any]):
    """A mapping that stands in many documents: its text is made once for each indent."""

    def __init__(self, data: dict[str, Any]) -> None:
        super().__init__(data)
        self.texts: dict[str, str] = {}
