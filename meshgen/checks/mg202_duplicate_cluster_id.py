"""MG202: two clusters share an ID."""

from collections.abc import Iterator

from ..diagnostics import Problem, Related, Rule, Severity
from ..location import SourcePath
from ..suggestions import next_free_id, uses_packet_mark
from ..survey import Survey

RULE = Rule(
    code="MG202",
    name="duplicate-cluster-id",
    severity=Severity.ERROR,
    doc="""
Two clusters have the same ID.

## Why it matters
An identity is the cluster's ID and a local number, so two clusters with one ID trust each other's workloads as if they were their own.
Old Cilium versions check nothing; newer ones refuse the connection with an error that names neither side (cilium/cilium#32753).

## How to fix
Give each cluster an ID of its own; `meshgen suggest id` prints the next free one.
The ID of a running cluster cannot simply be changed: every workload must restart.
""",
)


def duplicate_cluster_id(survey: Survey) -> Iterator[Problem]:
    """One problem for each later holder of an ID, whether the ID is in range or not."""
    first: dict[int, tuple[str, SourcePath]] = {}
    for index, cluster in enumerate(survey.mesh.clusters):
        at: SourcePath = ("clusters", index, "id")
        if cluster.id in first:
            other, other_at = first[cluster.id]
            free = next_free_id(survey.mesh, cluster.provider, avoid_unsafe=uses_packet_mark(cluster))
            yield RULE.problem(
                at,
                f"{cluster.name} has id {cluster.id}, which {other} already has",
                related=(Related(other_at, "first used here"),),
                help="no ID that suits it is free" if free is None else f"the next free ID is {free}",
            )
        else:
            first[cluster.id] = (cluster.name, at)
