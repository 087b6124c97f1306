"""clusterDefaults, cilium and policy.dns laid under each cluster, and where a value of one was written."""

from collections.abc import Collection
from typing import Any

from ..location import SourcePath
from ..source import Source
from .cluster import ClusterDefaults

_DEFAULTED = frozenset(field.alias or name for name, field in ClusterDefaults.model_fields.items())
_MESH_ONLY = "maxConnectedClusters"
_DEFAULTS = "clusterDefaults"
_SELECTOR = ("policy", "dns", "labels")


def inherited(data: dict[str, Any], broken: Collection[SourcePath]) -> dict[str, Any]:
    """
    What stands under every cluster: clusterDefaults, and below these the mesh-wide `cilium` and `policy.dns`.

    Sections with a problem at a `broken` path are left out, so that each is reported once and not
    for every cluster; a provider counts as given all the same.
    """
    sections = {path[:2] for path in broken}
    defaults = data.get(_DEFAULTS)
    below = {
        key: value
        for key, value in (defaults.items() if isinstance(defaults, dict) else ())
        if key in _DEFAULTED and (_DEFAULTS, key) not in sections
    }
    if sections & {(_DEFAULTS,), (_DEFAULTS, "provider")}:
        below["provider"] = "generic"
    cilium = data.get("cilium")
    if isinstance(cilium, dict) and not any(path[0] == "cilium" for path in sections if path):
        mesh_wide = {key: value for key, value in cilium.items() if key != _MESH_ONLY}
        below["cilium"] = laid(below.get("cilium", {}), mesh_wide, ("cilium",))
    dns = _mesh_wide_dns(data)
    if dns and not sections & {("policy",), ("policy", "dns")}:
        below["policy"] = laid(below.get("policy", {}), {"dns": dns}, ("policy",))
    return below


def _mesh_wide_dns(data: dict[str, Any]) -> dict[str, Any]:
    policy = data.get("policy")
    dns = policy.get("dns") if isinstance(policy, dict) else None
    return dns if isinstance(dns, dict) else {}


def laid(above: Any, below: Any, path: SourcePath = ()) -> Any:
    """
    One value over another: mappings are merged key by key, anything else covers what is below.

    The labels of DNS servers cover those below as a whole: both together would select no pod.
    """
    if not isinstance(above, dict) or not isinstance(below, dict) or path == _SELECTOR:
        return above
    return {
        **below,
        **{
            key: laid(value, below[key], (*path, key)) if key in below else value
            for key, value in above.items()
        },
    }


def value_at(data: Any, *path: str | int, otherwise: Any = None) -> Any:
    """The value at a path of keys and places in lists; `otherwise` where the path leads nowhere."""
    for step in path:
        try:
            data = data[step]
        except (LookupError, TypeError):
            return otherwise
    return data


def written(source: Source, path: SourcePath) -> SourcePath:
    """The path at which the value of a cluster's path stands in the file."""
    candidates: tuple[SourcePath, ...]
    match path:
        case ("clusters", int(), "cilium", *rest):
            candidates = (path, (_DEFAULTS, "cilium", *rest), ("cilium", *rest))
        case ("clusters", int(), "policy", *rest):
            candidates = (path, (_DEFAULTS, "policy", *rest), ("policy", *rest))
        case ("clusters", int(), str() as key, *rest):
            candidates = (path, (_DEFAULTS, key, *rest))
        case _:
            return path
    return next((candidate for candidate in candidates if source.contains(candidate)), path)
