"""MG209: an ID outside of what Cilium takes."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity, shown
from ..survey import Survey

RULE = Rule(
    code="MG209",
    name="cluster-id-out-of-range",
    severity=Severity.ERROR,
    doc="""
A cluster's ID is outside of 1 to 255, or 1 to 511 with `maxConnectedClusters: 511`.

## Why it matters
The ID has eight bits of every identity (nine with 511).
ID 0 switches the mesh off: the agent skips it with one line in its log.

## How to fix
Use a free ID; `meshgen suggest id` prints one.
""",
)


def cluster_id_out_of_range(survey: Survey) -> Iterator[Problem]:
    """One problem for each ID out of range."""
    highest = survey.mesh.cilium.max_connected_clusters
    for index, cluster in enumerate(survey.mesh.clusters):
        if 1 <= cluster.id <= highest:
            continue
        free = survey.free_id(cluster)
        yield RULE.problem(
            ("clusters", index, "id"),
            f"the id {shown(cluster.id)} of {survey.names[index]} is not between 1 and {highest}",
            help="no ID that suits it is free" if free is None else f"the next free ID is {free}",
        )
