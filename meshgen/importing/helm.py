"""Values of the chart that mesh.yaml has no key for, as helmValues; and what becomes of all of them."""

from collections.abc import Iterator, Sequence
from typing import Any

from ..chart.keys import has
from ..chart.values import derived, values_of
from ..cilium.version import parse_version
from ..model import Mesh
from ..model.layers import value_at
from .chart_values import GOVERNED, peer_entries
from .differences import Change, changes, common, leaves, minus, same, same_set, without
from .drafting import MISSING, Draft, written_at
from .found import Found, Path
from .trial import STAND_IN, mesh_of

_PEERS = ("clustermesh", "config", "clusters")
_POOLS = ("ipam", "operator")
_METHOD = ("clustermesh", "apiserver", "tls", "auto", "method")
_HELM = "helmValues"
_ID = ("cluster", "id")


def keep_values(draft: Draft, mesh: Mesh, clusters: Sequence[Found]) -> list[str]:
    """
    Write what the given values have beyond those that follow from mesh.yaml: once what all share.

    Gives the values that mesh.yaml has, and the files have not.
    """
    given = [found for found in clusters if found.values is not None]
    extras = {found.name: _extra(mesh, found) for found in given}
    if len(given) == len(draft.clusters):
        _share(draft, common(list(extras.values())))
    kept: list[str] = []
    for found in given:
        index, extra = draft.index(found.name), extras[found.name]
        for path, value in _lacking(draft, index, extra):
            draft.set(("clusters", index, _HELM, *path), value)
        kept += [
            f"clusters.{found.name}.{_HELM}.{'.'.join(path)}"
            for path, value in leaves(draft.effective(index).get(_HELM))
            if not _has(written_at(extra, *path), value)
        ]
    return kept


def _share(draft: Draft, shared: dict[str, Any]) -> None:
    """Write once what some cluster lacks and all should have."""
    wanted = {path for index in range(len(draft.clusters)) for path, _ in _lacking(draft, index, shared)}
    for path, value in leaves(shared):
        if path in wanted:
            draft.set(("clusterDefaults", _HELM, *path), value)


def _lacking(draft: Draft, index: int, wanted: dict[str, Any]) -> list[tuple[Path, Any]]:
    """The values that a cluster is to have, and has not."""
    values = draft.effective(index).get(_HELM)
    return [(path, value) for path, value in leaves(wanted) if not _has(written_at(values, *path), value)]


def _has(current: Any, value: Any) -> bool:
    """Whether a value is there; an empty mapping is where any mapping is."""
    return same(current, value) or (value == {} and isinstance(current, dict))


def _extra(mesh: Mesh, found: Found) -> dict[str, Any]:
    given = _without_older(found.values or {}, found)
    for path in (*GOVERNED, _PEERS):
        given = without(given, path)
    if written_at(given, *_METHOD) == "helm":
        given = without(given, _METHOD)
    return minus(given, _made(derived(mesh, _cluster(mesh, found.name))))


def _without_older(given: dict[str, Any], found: Found) -> dict[str, Any]:
    """Values without older ways to say what mesh.yaml says: both together are refused, or contradict."""
    version = parse_version(found.version)
    if has(version, "routingMode") and given.get("tunnel") in {"vxlan", "geneve", "disabled"}:
        given = without(given, ("tunnel",))
    for key in ("clusterPoolIPv4PodCIDR", "clusterPoolIPv4PodCIDRList", "clusterPoolIPv6PodCIDRList"):
        if isinstance(written_at(given, *_POOLS, key), str):
            given = without(given, (*_POOLS, key))
    return given


def _cluster(mesh: Mesh, name: str) -> Any:
    return next(cluster for cluster in mesh.clusters if cluster.name == name)


def _made(values: dict[str, Any]) -> dict[str, Any]:
    """Values without the stand-in for PodCIDRs that are not known."""
    pools = written_at(values, *_POOLS)
    if isinstance(pools, dict) and [STAND_IN] in pools.values():
        return without(values, _POOLS)
    return values


def intended_changes(draft: Draft, clusters: Sequence[Found]) -> Iterator[Change]:
    """
    What a build will make of the given values, where that is something else; nothing of an unknown ID.

    Raises:
        InvalidMeshError: when the draft is no mesh.

    """
    mesh = mesh_of(draft, helm_values=True)
    for found in clusters:
        if found.values is not None:
            given, made = found.values, _made(values_of(mesh, _cluster(mesh, found.name)))
            if "id" not in draft.effective(draft.index(found.name)):
                given, made = without(given, _ID), without(made, _ID)
            yield from _changes_of(found.name, given, made)


def helm_made(clusters: Sequence[Found]) -> list[str]:
    """
    The clusters whose mesh certificates the chart makes while it is rendered, which is its default.

    Source: values.yaml of the charts of 1.13 to 1.20, clustermesh.apiserver.tls.auto.
    """
    return [
        found.name
        for found in clusters
        if value_at(found.values, "clustermesh", "useAPIServer") is True
        and value_at(found.values, *_METHOD[:-1], "enabled", otherwise=True) is not False
        and value_at(found.values, *_METHOD, otherwise="helm") == "helm"
    ]


def _changes_of(name: str, given: dict[str, Any], made: dict[str, Any]) -> Iterator[Change]:
    before, after = written_at(given, *_PEERS), written_at(made, *_PEERS)
    peers, others = peer_entries(given), peer_entries(made)
    if before is not MISSING and after is not MISSING and not same(before, after):
        if isinstance(before, list) != isinstance(after, list):
            yield Change(name, "changes", _PEERS, _form(before), _form(after))
        elif same(peers, others):
            yield Change(name, "changes", _PEERS, list(peers), list(others))
    yield from changes(name, peers, others, _PEERS)
    yield from changes(name, without(given, _PEERS), without(made, _PEERS))


def _form(peers: Any) -> str:
    return "a list" if isinstance(peers, list) else "a map"


def is_order(change: Change) -> bool:
    """Whether only the order of a list changes."""
    return change.kind == "changes" and same_set(change.before, change.after)
