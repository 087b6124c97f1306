"""Digests that tell pods to restart, and the digest of a mesh."""

import json
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from typing import Any

from ..model import Mesh
from .types import Pairs, TlsObject


def digest(value: object) -> str:
    """A value of plain data as `sha256:…`."""
    return _sha256(_json(value))


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def _sha256(text: str) -> str:
    return f"sha256:{sha256(text.encode()).hexdigest()}"


def config_digest(config: Pairs, secrets: Iterable[TlsObject] = ()) -> str:
    """What agents or operators read at start: the ConfigMap, and what is public of their Secrets."""
    public = ",".join(f"[{_json(secret.name)},{_public(secret)}]" for secret in secrets)
    return _sha256(f"[{_json(config)},[{public}]]")


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


def mesh_digest(mesh: Mesh) -> str:
    """The meaning of a mesh.yaml: lists whose order says nothing are sorted, findings' excuses left out."""
    data = mesh.model_dump(mode="json", by_alias=True, exclude={"ignore", "cluster_defaults", "expect"})
    for cluster in data["clusters"]:
        for key in ("podCIDRs", "serviceCIDRs", "nodeCIDRs", "nodeIPs"):
            cluster[key] = sorted(cluster[key])
        cluster["service"]["sourceRanges"].sort()
    for cilium in (data["cilium"], *(cluster["cilium"] for cluster in data["clusters"])):
        cilium["extraHostAliases"] = _sorted_aliases(cilium["extraHostAliases"])
    for service in data["services"]:
        for key in ("clusters", "backends"):
            service[key] = _sorted(service[key])
    _sort_policies(data)
    data["clusters"].sort(key=lambda cluster: cluster["name"])
    data["services"].sort(key=lambda service: (service["namespace"], service["name"]))
    return digest(data)


def _sort_policies(data: dict[str, Any]) -> None:
    for workload in data["workloads"]:
        workload["clusters"] = _sorted(workload["clusters"])
    data["workloads"].sort(key=lambda workload: workload["name"])
    policy = data["policy"] or {}
    for entry in (*policy.get("posture", ()), *policy.get("raw", ())):
        entry["clusters"] = _sorted(entry["clusters"])
    for key in ("posture", "rules", "raw"):
        policy.get(key, []).sort(key=_json)


def _sorted_aliases(aliases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    named = [{**alias, "hostnames": sorted(alias["hostnames"])} for alias in aliases]
    return sorted(named, key=lambda alias: (alias["ip"], alias["hostnames"]))


def _sorted(selection: Any) -> Any:
    return sorted(selection) if isinstance(selection, list) else selection
