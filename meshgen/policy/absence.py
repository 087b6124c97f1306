"""Why references stand for no pods, or for no pair of callers and called."""

from collections.abc import Iterable
from typing import NamedTuple

from ..diagnostics import named, shown
from ..model.reference import Kind, Reference, Scope
from .directory import Directory

_MOST = 3
"""Clusters that are listed: fewer than stand for all of their kind, so that a few tell what all would."""

NO_PAIR = "there is no such pair"


class Absence(NamedTuple):
    """
    Why nobody is meant, and what to do about it; no way out where labels of clusters match none.

    `is_checked` where the reference is an error by itself, of MG301, MG303 or MG402.
    """

    reason: str
    way_out: str
    is_checked: bool = False

    @property
    def text(self) -> str:
        """The reason with the way out."""
        return f"{self.reason} ({self.way_out})" if self.way_out else self.reason


UNKNOWN = Absence("a name in it means nothing in this mesh", "meshgen check tells", is_checked=True)


def on_its_node(workload: str) -> Absence:
    """Why a workload with `hostNetwork` stands for no pods."""
    reason = f"the pods of {workload} use the network of their node: no policy selects them"
    return Absence(reason, "write entity:host or entity:remote-node for them as callers")


def nobody(directory: Directory, reference: Reference) -> Absence | None:
    """Why a reference stands for no pods; None where it stands for some, or names what is unknown."""
    if not reference.has_pods or not directory.pods(reference):
        return None
    if service := directory.service(reference) if reference.kind is Kind.SERVICE else None:
        reason = f"no cluster shares pods for {_called(reference)}"
        way_out = "compare its clusters and its backends"
        return None if directory.shared_by(service) else Absence(reason, way_out, is_checked=True)
    workload = directory.workloads[reference.name] if reference.kind is Kind.WORKLOAD else None
    if directory.where(reference):
        return on_its_node(reference.name) if workload and workload.host_network else None
    assert reference.where is not None, "what names pods, and no service, says where"
    if not directory.meant(reference.where):
        reason = f"{shown(reference.text)} matches no cluster of the mesh"
        is_selecting = reference.where.scope is Scope.LABELS
        return Absence(reason, "", is_checked=True) if is_selecting else None
    assert workload is not None, "other pods are in every cluster"
    reason = f"{reference.name} does not run where {shown(reference.text)} says"
    return Absence(reason, _runs(directory, reference.name), is_checked=True)


def unmet(directory: Directory, source: Reference, target: Reference) -> Absence | None:
    """
    Why two references stand for no pair, or some of the callers for none; None where they do.

    None as well where a name is unknown.
    """
    alone = nobody(directory, source) or nobody(directory, target)
    return alone or without_service(directory, source, target) or _apart(directory, source, target)


def without_service(directory: Directory, source: Reference, target: Reference) -> Absence | None:
    """Why some of the callers cannot call a service: it does not exist where they are."""
    service = directory.service(target) if target.kind is Kind.SERVICE else None
    if service is None or (source.where and source.where.scope is Scope.SAME):
        return None
    exists = directory.selected(service.clusters)
    known = set(exists)
    lacking = [name for name in directory.where(source) if name not in known]
    reason = f"{_called(target)} does not exist in {_listed(lacking)}"
    return Absence(reason, f"it exists in {_listed(exists)}") if lacking else None


def _apart(directory: Directory, source: Reference, target: Reference) -> Absence | None:
    """Why two sides of which one says `same` meet in no cluster."""
    for own, other in ((source, target), (target, source)):
        if own.where is None or own.where.scope is not Scope.SAME:
            continue
        if not other.has_pods:
            reason = f"{shown(own.text)} says same, and {shown(other.text)} names no cluster"
            return Absence(reason, "write @* or the name of a cluster")
        here, there = directory.where(own), _answering(directory, other)
        if here and there and not set(here) & set(there):
            reason = f"{own.name} runs in none of the clusters of {shown(other.text)}"
            return Absence(reason, _runs(directory, own.name))
    return None


def _answering(directory: Directory, reference: Reference) -> tuple[str, ...]:
    service = directory.service(reference) if reference.kind is Kind.SERVICE else None
    return directory.shared_by(service) if service else directory.where(reference)


def _called(service: Reference) -> str:
    return f"{service.namespace}/{service.name}"


def _runs(directory: Directory, workload: str) -> str:
    return f"it runs in {_listed(directory.runs(directory.workloads[workload])) or 'no cluster'}"


def _listed(clusters: Iterable[str]) -> str:
    names = [named(name) for name in clusters]
    return ", ".join(names[:_MOST]) + (" and more" if len(names) > _MOST else "")
