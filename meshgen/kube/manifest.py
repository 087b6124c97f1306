"""Kubernetes objects as plain data."""

from enum import Enum
from typing import Any, Final

Manifest = dict[str, Any]


class Own(Enum):
    """Stands for a cluster's name in an object that many clusters have alike; it is no text."""

    NAME = "the cluster's own name"


OWN: Final = Own.NAME


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


def filled(data: Any, name: str) -> Any:
    """Plain data with a cluster's name in place of OWN."""
    if data is OWN:
        return name
    if isinstance(data, Shared):
        return data
    if isinstance(data, dict):
        return {key: filled(value, name) for key, value in data.items()}
    return [filled(item, name) for item in data] if isinstance(data, list) else data


class Shared(dict[str, Any]):
    """A mapping without OWN that stands in many documents: its text is made once for each indent."""

    def __init__(self, data: dict[str, Any]) -> None:
        super().__init__(data)
        self.texts: dict[str, str] = {}
