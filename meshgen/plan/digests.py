"""Digests that tell pods to restart, and the digest of a mesh."""

import json
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from typing import Any

from ..model import Mesh
from .types import Pairs, TlsObject

# NOTE: json.dumps would make an encoder for each value; a large mesh has a thousand.
_json = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode


def digest(value: object) -> str:
    """A value of plain data as `sha256:…`."""
    return _sha256(_json(value))


def _sha256(text: str) -> str:
    return f"sha256:{sha256(text.encode()).hexdigest()}"


def config_digest(config: Pairs, secrets: Iterable[TlsObject] = ()) -> str:
    """What agents or operators read at start: the ConfigMap, and what is public of their Secrets."""
    public = ",".join(f"[{_json(secret.name)},{_public(secret)}]" for secret in secrets)
    return _sha256(f"[{_settings(config)},[{public}]]")


@cache
def _settings(config: Pairs) -> str:
    """The ConfigMap of a cluster as JSON, which each of its workloads reads."""
    return _json(config)


def content_digest(secret: TlsObject) -> str:
    """What is public of a Secret; its private key changes only with the certificate."""
    return _sha256(_public(secret))


def _public(secret: TlsObject) -> str:
    """The data keys and digests of public values, as JSON; clusters have most of them in common."""
    return f"[{','.join(map(_entry, secret.clear))}]"


@cache
def _entry(entry: tuple[str, bytes]) -> str:
    key, value = entry
    return _json([key, sha256(value).hexdigest()])


_UNBUILT = {"ignore", "cluster_defaults", "expect"}
"""What no file of a tree depends on."""


def mesh_digest(mesh: Mesh) -> str:
    """The meaning of a mesh.yaml: lists whose order says nothing are sorted, findings' excuses left out."""
    return digest(_ordered(mesh.model_dump(mode="json", by_alias=True, exclude=_UNBUILT)))


def mesh_data(mesh: Mesh) -> dict[str, Any]:
    """
    A mesh.yaml of the same meaning: what `mesh_digest` is of, without what is as it is by default.

    Each cluster has all that it inherits, but for the mesh-wide `cilium`.
    """
    data = mesh.model_dump(mode="json", by_alias=True, exclude=_UNBUILT, exclude_defaults=True)
    whole = mesh.model_dump(mode="json", by_alias=True, exclude=_UNBUILT)
    for cluster, written in zip(whole["clusters"], data["clusters"], strict=True):
        written["cilium"] = _beyond(cluster["cilium"], whole["cilium"])
        if cluster["policy"] is not None:
            written["policy"] = cluster["policy"]
    data["clusters"] = [
        {key: value for key, value in written.items() if value not in ({}, [])}
        for written in data["clusters"]
    ]
    # NOTE: an index names no absolute path; what lies there is not in a tree either.
    if data.get("tls", {}).get("files", "").startswith("/"):
        del data["tls"]["files"]
    kept = {
        key: _filled(value) if key in {"cilium", "tls", "secrets", "gitops"} else value
        for key, value in data.items()
    }
    bare = _ordered({key: value for key, value in kept.items() if value not in ({}, [])})
    return {key: _named(value) for key, value in bare.items()}


def _named(value: Any, key: str = "") -> Any:
    """A value with its keys in order; that of `helmValues` is the user's own, and stays."""
    if isinstance(value, list):
        return [_named(item) for item in value]
    if not isinstance(value, dict) or key == "helmValues":
        return value
    return {name: _named(item, name) for name, item in sorted(value.items())}


def _beyond(above: dict[str, Any], below: dict[str, Any]) -> dict[str, Any]:
    """What of one mapping is not so in the other."""
    made: dict[str, Any] = {}
    for key, value in above.items():
        if isinstance(value, dict):
            if deeper := _beyond(value, below[key]):
                made[key] = deeper
        elif value != below[key]:
            made[key] = value
    return made


def _filled(value: Any) -> Any:
    """A mapping without what is empty in it."""
    if not isinstance(value, dict):
        return value
    filled = {key: _filled(item) for key, item in value.items()}
    return {key: item for key, item in filled.items() if item not in ({}, [])}


def _ordered(data: dict[str, Any]) -> dict[str, Any]:
    for cluster in data["clusters"]:
        for key in cluster.keys() & {"podCIDRs", "serviceCIDRs", "nodeCIDRs", "nodeIPs"}:
            cluster[key] = sorted(cluster[key])
        cluster.get("service", {}).get("sourceRanges", []).sort()
    for cilium in (data["cilium"], *(cluster.get("cilium", {}) for cluster in data["clusters"])):
        if "extraHostAliases" in cilium:
            cilium["extraHostAliases"] = _sorted_aliases(cilium["extraHostAliases"])
    for service in data.get("services", ()):
        for key in service.keys() & {"clusters", "backends"}:
            service[key] = _sorted(service[key])
    _sort_policies(data)
    data["clusters"].sort(key=lambda cluster: cluster["name"])
    data.get("services", []).sort(key=lambda service: (service.get("namespace", ""), service["name"]))
    return data


def _sort_policies(data: dict[str, Any]) -> None:
    policy = data.get("policy") or {}
    for entry in (*data.get("workloads", ()), *policy.get("posture", ()), *policy.get("raw", ())):
        if "clusters" in entry:
            entry["clusters"] = _sorted(entry["clusters"])
    data.get("workloads", []).sort(key=lambda workload: workload["name"])
    for key in ("posture", "rules", "raw"):
        policy.get(key, []).sort(key=_json)


def _sorted_aliases(aliases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    named = [{**alias, "hostnames": sorted(alias["hostnames"])} for alias in aliases]
    return sorted(named, key=lambda alias: (alias["ip"], alias["hostnames"]))


def _sorted(selection: Any) -> Any:
    return sorted(selection) if isinstance(selection, list) else selection
