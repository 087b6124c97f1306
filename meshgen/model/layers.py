"""clusterDefaults and cilium laid under each cluster, and where a value of a cluster was written."""

from typing import Any

from ..location import SourcePath
from ..source import Source
from .cluster import ClusterDefaults

_DEFAULTED = frozenset(field.alias or name for name, field in ClusterDefaults.model_fields.items())
_MESH_ONLY = "maxConnectedClusters"


def effective(data: Any) -> Any:
    """
    The data with every cluster complete: mappings are merged key by key, a cluster's own value wins.

    What is not shaped as expected is left as it is, for the model to complain about.
    """
    if not isinstance(data, dict) or not isinstance(data.get("clusters"), list):
        return data
    written = data.get("clusterDefaults")
    defaults = written if isinstance(written, dict) else {}
    below = {key: value for key, value in defaults.items() if key in _DEFAULTED}
    if isinstance(cilium := data.get("cilium"), dict):
        mesh_wide = {key: value for key, value in cilium.items() if key != _MESH_ONLY}
        below["cilium"] = _laid(below.get("cilium", {}), mesh_wide)
    return {**data, "clusters": [_laid(cluster, below) for cluster in data["clusters"]]}


def _laid(above: Any, below: Any) -> Any:
    if not isinstance(above, dict) or not isinstance(below, dict):
        return above
    return {
        **below,
        **{key: _laid(value, below[key]) if key in below else value for key, value in above.items()},
    }


def written(source: Source, path: SourcePath) -> SourcePath:
    """The path at which the value of an effective path stands in the file."""
    candidates: tuple[SourcePath, ...]
    match path:
        case ("clusters", int(), "cilium", *rest):
            candidates = (path, ("clusterDefaults", "cilium", *rest), ("cilium", *rest))
        case ("clusters", int(), str() as key, *rest):
            candidates = (path, ("clusterDefaults", key, *rest))
        case _:
            return path
    return next((candidate for candidate in candidates if source.contains(candidate)), path)
