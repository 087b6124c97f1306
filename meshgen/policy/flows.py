"""Which clusters call which: both sides of a rule, cluster by cluster."""

from collections.abc import Mapping
from typing import NamedTuple

from ..model.policy import Deny
from ..model.reference import Kind, Reference, Scope
from .directory import Directory

Spread = Mapping[str, tuple[str, ...]]
"""For a cluster on one side, the clusters on the other; none where that side is no pods of the mesh."""


class Flows(NamedTuple):
    """The clusters in which the calling and the called pods are."""

    calling: Spread
    called: Spread


def flows(directory: Directory, intent: Deny) -> Flows:
    """The clusters of a rule; empty where a name in it means nothing."""
    source, target = intent.from_, intent.to
    callers, answerers = directory.where(source), directory.where(target)
    if not source.has_pods:
        return Flows({}, dict.fromkeys(answerers, ()))
    if not target.has_pods:
        return Flows(dict.fromkeys(callers, ()), {})
    if _says_same(source) or _says_same(target):
        both = {name: (name,) for name in callers if name in answerers}
        return Flows(both, both)
    if target.kind is Kind.SERVICE:
        return _through_service(directory, target, callers, answerers)
    if not callers or not answerers:
        return Flows({}, {})
    return Flows(dict.fromkeys(callers, answerers), dict.fromkeys(answerers, callers))


def _says_same(reference: Reference) -> bool:
    return reference.where is not None and reference.where.scope is Scope.SAME


def _through_service(
    directory: Directory, target: Reference, callers: tuple[str, ...], where: tuple[str, ...]
) -> Flows:
    """Who calls a service reaches the pods that are shared, and those of the own cluster."""
    service = directory.service(target)
    shared = directory.shared_by(service) if service else ()
    inside = tuple(name for name in callers if name in where)
    calling = {name: shared if name in shared else tuple(sorted({*shared, name})) for name in inside}
    called = {
        name: inside if name in shared else (name,) for name in where if inside and name in {*shared, *inside}
    }
    return Flows(calling, called)
