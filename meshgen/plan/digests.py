"""Digests that tell pods to restart, and the digest of a mesh."""

import json
from hashlib import sha256
from typing import Any

from ..model import Mesh
from .types import Pairs, SecretFile


def digest(value: object) -> str:
    """A value of plain data as `sha256:…`."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return f"sha256:{sha256(text.encode()).hexdigest()}"


def config_digest(config: Pairs, secret: tuple[SecretFile, ...] = ()) -> str:
    """What agents (with the Secret's public part) or operators read at start."""
    public = [[file.key, sha256(file.content).hexdigest()] for file in secret if file.public]
    return digest([config, public])


def mesh_digest(mesh: Mesh) -> str:
    """The meaning of a mesh.yaml: lists whose order says nothing are sorted, findings' excuses left out."""
    data = mesh.model_dump(mode="json", by_alias=True, exclude={"ignore", "cluster_defaults"})
    for cluster in data["clusters"]:
        for key in ("podCIDRs", "serviceCIDRs", "nodeCIDRs", "nodeIPs"):
            cluster[key] = sorted(cluster[key])
        cluster["service"]["sourceRanges"].sort()
    for cilium in (data["cilium"], *(cluster["cilium"] for cluster in data["clusters"])):
        cilium["extraHostAliases"] = _sorted_aliases(cilium["extraHostAliases"])
    for service in data["services"]:
        for key in ("clusters", "backends"):
            service[key] = _sorted(service[key])
    data["clusters"].sort(key=lambda cluster: cluster["name"])
    data["services"].sort(key=lambda service: (service["namespace"], service["name"]))
    return digest(data)


def _sorted_aliases(aliases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    named = [{**alias, "hostnames": sorted(alias["hostnames"])} for alias in aliases]
    return sorted(named, key=lambda alias: (alias["ip"], alias["hostnames"]))


def _sorted(selection: Any) -> Any:
    return sorted(selection) if isinstance(selection, list) else selection
