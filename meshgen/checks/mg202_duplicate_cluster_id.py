"""MG202: two clusters share an ID."""

from collections.abc import Iterator

from ..diagnostics import Problem, Related, Rule, Severity, shown
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
    first: dict[int, int] = {}
    for index, cluster in enumerate(survey.mesh.clusters):
        before = first.setdefault(cluster.id, index)
        if before != index:
            free = survey.free_id(cluster)
            yield RULE.problem(
                ("clusters", index, "id"),
                f"{survey.names[index]} has id {shown(cluster.id)}, which {survey.names[before]} already has",
                related=(Related(("clusters", before, "id"), "first used here"),),
                help="no ID that suits it is free" if free is None else f"the next free ID is {free}",
            )
