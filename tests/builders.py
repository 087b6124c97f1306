"""Meshes for tests: valid by default, with one thing overridden."""

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent
"""The repository."""


def cluster(number: int, **overrides: Any) -> dict[str, Any]:
    """Cluster `number` (1 to 200) with addresses of its own; a None removes a key."""
    made = {
        "name": f"cluster{number}",
        "id": number,
        "provider": "generic",
        "podCIDRs": [f"10.{number}.0.0/16"],
        "nodeCIDRs": [f"192.168.{number}.0/24"],
        "serviceIPs": [f"172.16.{number}.10"],
    }
    return _without_none(made | overrides)


def service(name: str = "rebel-base", **overrides: Any) -> dict[str, Any]:
    """A global service."""
    return _without_none({"name": name, "ports": [80], "selector": {"name": name}} | overrides)


def mesh(*clusters: dict[str, Any], **overrides: Any) -> dict[str, Any]:
    """A mesh of the given clusters, or of two."""
    made = {
        "version": 1,
        "name": "test",
        "cilium": {"version": "1.6.9"},
        "clusters": list(clusters) or [cluster(1), cluster(2)],
    }
    return _without_none(made | overrides)


def text(data: Any) -> bytes:
    """The data as the bytes of a mesh.yaml."""
    return yaml.safe_dump(data, sort_keys=False, width=1000).encode()


def _without_none(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value is not None}
