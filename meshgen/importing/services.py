"""Global Services of several clusters as entries of `services`."""

from collections.abc import Iterator, Sequence
from typing import Any

from ..model import Service
from ..model.node import defaults_of
from .differences import same, same_set
from .drafting import MISSING, Draft, written_at
from .found import Found, Ported

_USUAL = defaults_of(Service)
_AFFINITIES = ("local", "remote")


def keep_services(draft: Draft, clusters: Sequence[Found]) -> list[str]:
    """Write each global Service once; gives what its clusters do not agree about."""
    told: list[str] = []
    held: dict[tuple[str, str], dict[str, Ported]] = {}
    for found in clusters:
        for service in found.services:
            held.setdefault((service.namespace, service.name), {})[found.name] = service
    for key, holders in sorted(held.items()):
        first = next(iter(holders.values()))
        if any((one.ports, one.selector) != (first.ports, first.selector) for one in holders.values()):
            told.append(
                f"the clusters have {'/'.join(key)} with other ports or selectors; the first one's are kept"
            )
        told += _affinities("/".join(key), holders)
        index = _index(draft, *key)
        for name, value in _keys(draft, first, holders).items():
            current = written_at(draft.data, "services", index, name)
            unsaid = current is MISSING and value == _USUAL.get((name,))
            if not unsaid and not same(current, value) and not same_set(current, value):
                draft.set(("services", index, name), value)
    return told


def _affinities(name: str, holders: dict[str, Ported]) -> Iterator[str]:
    """What is lost of the preferences that clusters have."""
    every = {one.affinity for one in holders.values()}
    for affinity in sorted(every - {"", *_AFFINITIES}):
        yield f"{name} has the affinity {affinity}, which mesh.yaml does not take: no pods are preferred"
    if len(every) > 1:
        yield f"the clusters have {name} with different affinities; the first one's is kept"


def _index(draft: Draft, namespace: str, name: str) -> int:
    listed = draft.data.setdefault("services", [])
    for index, service in enumerate(listed):
        if service.get("name") == name and service.get("namespace", _USUAL[("namespace",)]) == namespace:
            return index
    draft.set(("services", len(listed), "name"), name)
    return len(listed) - 1


def _keys(draft: Draft, first: Ported, holders: dict[str, Ported]) -> dict[str, Any]:
    every = {cluster["name"] for cluster in draft.clusters}
    sharing = [name for name, one in holders.items() if one.shared]
    keys: dict[str, Any] = {"namespace": first.namespace, "ports": list(first.ports)}
    if first.selector:
        keys["selector"] = first.selector
    keys["clusters"] = "all" if holders.keys() == every else list(holders)
    keys["backends"] = "all" if len(sharing) == len(holders) else sharing
    if first.affinity in _AFFINITIES:
        keys["affinity"] = first.affinity
    # NOTE: whoever applies the Service now stays its owner; meshgen lays its annotations over it.
    keys["manage"] = "object" if first.owned else "annotation"
    return keys
