"""The sides of rules that nothing closes, so that an allow has no effect there."""

from collections.abc import Iterator
from typing import NamedTuple

from ..engine.entries import Direction
from ..location import SourcePath
from ..model.policy import Posture
from ..model.reference import Kind, Reference
from ..policy.compilation import Policies
from ..policy.namespaces import Namespaces, namespaces
from ..policy.rules import halves
from .picture import Picture


class OpenSide(NamedTuple):
    """One side of a rule, and the clusters in which it is open; `everywhere` if those are all it is in."""

    at: SourcePath
    rule: str
    direction: str
    who: str
    clusters: tuple[str, ...]
    everywhere: bool


def open_sides(policies: Policies, picture: Picture | None) -> Iterator[OpenSide]:
    """
    Every side of an allow in those clusters in which none of its pods is closed.

    Of a side that names what does not exist, and of a direction that a posture closes for nobody knows
    whom, nothing is said: MG301 and MG402 tell of the name.
    """
    spaces = namespaces(policies)
    unsure = {way for one in policies.postures if _is_misspelt(policies, spaces, one) for way in one.close}
    workloads = policies.directory.workloads
    on_nodes = {name for name, workload in workloads.items() if workload.host_network}
    emitted = {(one.at, one.direction, one.cluster) for one in policies.objects}
    for index, (rule, flows) in enumerate(zip(policies.rules, policies.flows, strict=True)):
        at: SourcePath = ("policy", "rules", index)
        for half in halves(rule, flows) if rule.allow else ():
            if half.own.name in on_nodes:
                continue  # no policy is for them
            if half.direction in unsure:
                continue
            if half.own.kind is Kind.NAMESPACE and half.own.name not in spaces.known:
                continue
            clusters = tuple(
                cluster
                for cluster in half.spread
                if (at, half.direction, cluster) not in emitted
                and not _is_closed(picture, half.own, Direction(half.direction), cluster)
            )
            if clusters:
                key = "from" if half.direction == "egress" else "to"
                everywhere = len(clusters) == len(half.spread)
                yield OpenSide(
                    (*at, "allow", key), rule.name, half.direction, half.own.text, clusters, everywhere
                )


def _is_misspelt(policies: Policies, spaces: Namespaces, posture: Posture) -> bool:
    """Whether a posture names what does not exist."""
    directory = policies.directory
    clusters = posture.clusters if isinstance(posture.clusters, tuple) else ()
    return not (
        directory.workloads.keys() >= set(posture.workloads)
        and directory.clusters.keys() >= set(clusters)
        and spaces.slips.keys().isdisjoint(posture.namespaces)
    )


def _is_closed(picture: Picture | None, own: Reference, direction: Direction, cluster: str) -> bool:
    """Whether a file closes some of the pods: another finding tells that the rule is of no use then."""
    if picture is None:
        return False
    pods = picture.actors.everywhere(own) & picture.universe.of_cluster.get(cluster, 0)
    return any(half.closed for half, _ in picture.classes(pods & picture.restrained[direction], direction))
