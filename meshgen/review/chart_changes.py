"""What another version or other `helmValues` change of what a cluster is made of."""

from collections.abc import Iterator

from ..chart.names import names_of
from ..chart.overrides import default_local_cluster
from ..cilium.profile_facts import NAMES, PEERS, differences, told_names
from ..cilium.profiles import profile_for
from ..engine.semantics import semantics
from ..location import SourcePath, path_text
from ..model import Cluster
from .changes import Impact, MeshChange, Restarts, counted
from .helm_values import changed_values

_MEANT = ("clustermesh", "policyDefaultLocalCluster")
_MOST_VALUES = 50
"""Values of one cluster that have a row of their own."""

_OF_CHART = "the chart's templates decide what changes and which pods restart"
_AT_START = "agents read it when they start; which connections it opens and cuts is said with the connections"


def version_changes(before: Cluster, after: Cluster, at: SourcePath) -> Iterator[MeshChange]:
    """What an upgrade changes of what a cluster is made of."""
    was, is_now = (profile_for(each) for each in (before, after))
    if was is None or is_now is None or was is is_now:
        return
    of_cluster = {
        NAMES: (told_names(names_of(before)), told_names(names_of(after))),
        PEERS: (_peers(before), _peers(after)),
    }
    note = "; ".join(differences(was, is_now, of_cluster)) or "what is seen of them is as before"
    yield MeshChange(
        after.name, "objects of Cilium", was.versions, is_now.versions, Impact.NONE, note,
        (*at, "cilium", "version"),
    )  # fmt: skip


def _peers(cluster: Cluster) -> str:
    """What a peer without a cluster label means, with what `helmValues` say of it."""
    found = semantics(cluster.cilium.version, local_cluster=default_local_cluster(cluster))
    return "local cluster" if found.local_cluster else "any cluster"


def value_changes(before: Cluster, after: Cluster, at: SourcePath) -> Iterator[MeshChange]:
    """Each value of `helmValues` that is another, and what peers mean where one does that has not changed."""
    # NOTE: what policies mean is never among the values that are only counted.
    found = changed_values(before.helm_values, after.helm_values)
    changed = sorted(found, key=lambda value: value.path != _MEANT)
    path = (*at, "helmValues")
    was, is_now = _peers(before), _peers(after)
    told = any(value.path == _MEANT for value in changed) or not _same_profile(before, after)
    if was != is_now and not told:
        yield MeshChange(
            after.name, PEERS, was, is_now, Impact.RESTART, _AT_START, (*path, *_MEANT),
            Restarts((after.name,)),
        )  # fmt: skip
    for value in changed[:_MOST_VALUES]:
        impact, note = Impact.UNKNOWN, _OF_CHART
        restarts = Restarts()
        if value.path == _MEANT and was == is_now:
            impact, note = Impact.NONE, f"{PEERS}: {is_now}, as before"
        elif value.path == _MEANT:
            impact, note = Impact.RESTART, f"{PEERS}: {was} -> {is_now}; {_AT_START}"
            restarts = Restarts((after.name,))
        yield MeshChange(
            after.name, path_text(("helmValues", *value.path)), value.before, value.after, impact, note,
            (*path, *value.path), restarts,
        )  # fmt: skip
    if left := changed[_MOST_VALUES:]:
        more = counted(len(left), "more value")
        yield MeshChange(after.name, "helmValues", "", more, Impact.UNKNOWN, _OF_CHART, path)


def _same_profile(before: Cluster, after: Cluster) -> bool:
    one, other = (profile_for(each) for each in (before, after))
    return one is other
