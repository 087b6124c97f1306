"""A mesh.yaml in the making: plain data, and the edits that lead there."""

from typing import Any, NamedTuple

from ..location import SourcePath
from ..model import Cluster, Mesh
from ..model.layers import inherited, laid, value_at
from ..model.node import defaults_of
from .differences import same, same_set
from .found import Fact, Path

MISSING: Any = object()
"""Stands for what is not written."""

_ORDER = (
    "version", "name", "id", "provider", "region", "domain", "cilium", "clusterDefaults", "labels",
    "podCIDRs", "serviceCIDRs", "nodeCIDRs", "nodeIPs", "serviceIPs", "service", "context", "helmValues",
    "clusters", "services", "namespace", "type", "port", "ports", "selector",
)  # fmt: skip

_PLACES = {key: place for place, key in enumerate(_ORDER)}

_DEFAULTS: dict[Path, Any] = {**defaults_of(Mesh), **defaults_of(Cluster)}
"""What a key is where it is not written, of the mesh and of a cluster."""


class Edit(NamedTuple):
    """A value to be written, and the comment on its line."""

    path: SourcePath
    value: Any
    comment: str = ""


class Draft:
    """The data of a mesh.yaml, and every edit since it was read."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data: dict[str, Any] = _unshared(data)
        self.edits: dict[SourcePath, Edit] = {}
        self._before: dict[SourcePath, Any] = {}

    @property
    def clusters(self) -> list[Any]:
        """The clusters as they are written."""
        listed = self.data.get("clusters")
        return listed if isinstance(listed, list) else []

    def index(self, name: str) -> int:
        """Where a cluster stands; it is begun where there is none."""
        for index, cluster in enumerate(self.clusters):
            if isinstance(cluster, dict) and cluster.get("name") == name:
                return index
        index = len(self.clusters)
        self.set(("clusters", index, "name"), name)
        return index

    def set(self, path: SourcePath, value: Any, comment: str = "") -> None:
        """Write a value."""
        self._before.setdefault(path, written_at(self.data, *path))
        self.edits[path] = Edit(path, value, comment)
        put(self.data, path, value)

    def take_back(self, path: SourcePath) -> None:
        """Undo an edit."""
        del self.edits[path]
        before = self._before.pop(path)
        if before is MISSING:
            _drop(self.data, path)
        else:
            put(self.data, path, before)

    def effective(self, index: int) -> dict[str, Any]:
        """A cluster with what it inherits."""
        whole: dict[str, Any] = laid(self.clusters[index], inherited(self.data, ()))
        return whole

    def differs(self, data: dict[str, Any], path: Path, fact: Fact) -> bool:
        """Whether a fact is to be written over what is there; a guess only fills a gap."""
        current = written_at(data, *path)
        if current is MISSING:
            usual = fact.usual or (_DEFAULTS.get(path, MISSING),)
            return not any(same(one, fact.value) for one in usual)
        return not fact.guess and not same(current, fact.value) and not same_set(current, fact.value)


def _drop(data: Any, path: SourcePath) -> None:
    """Take out a value, and the mappings that are then empty."""
    step, *rest = path
    if rest:
        _drop(data[step], tuple(rest))
    if not rest or data[step] == {}:
        del data[step]


def _unshared(data: Any) -> Any:
    """A copy in which aliases are values of their own."""
    if isinstance(data, dict):
        return {key: _unshared(value) for key, value in data.items()}
    return [_unshared(value) for value in data] if isinstance(data, list) else data


def written_at(data: Any, *path: str | int) -> Any:
    """The value at a path, or `MISSING`."""
    return value_at(data, *path, otherwise=MISSING)


def put(
    data: Any, path: SourcePath, value: Any, *, mapping: type[Any] = dict, listing: type[Any] = list
) -> None:
    """Write a value into data, and the mappings and lists on the way."""
    for step, following in zip(path, (*path[1:], None), strict=True):
        new: Any = value if following is None else listing() if isinstance(following, int) else mapping()
        if isinstance(step, int) and step == len(data):
            data.append(new)
        elif following is None or not isinstance(_standing(data, step), list if new == [] else dict):
            data[step] = new
        data = data[step]


def _standing(data: Any, step: str | int) -> Any:
    return data[step] if isinstance(step, int) else data.get(step)


def rank(path: SourcePath) -> tuple[int, ...]:
    """The place of a path among others, as people write them."""
    return tuple([_PLACES.get(step, len(_ORDER)) if isinstance(step, str) else step for step in path])
