"""MG213: more clusters than a mesh can have."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG213",
    name="too-many-clusters",
    severity=Severity.ERROR,
    doc="""
The mesh has more clusters than can be connected.

## Why it matters
Identities have room for 255 clusters; from Cilium 1.15 on for 511, at the price of half the identities in each cluster.

## How to fix
Split the mesh, or install all clusters with `maxConnectedClusters: 511`; it cannot be changed later.
""",
)


def too_many_clusters(survey: Survey) -> Iterator[Problem]:
    """At most one problem."""
    highest, count = survey.mesh.cilium.max_connected_clusters, len(survey.mesh.clusters)
    if count > highest:
        yield RULE.problem(
            ("clusters",),
            f"{count} clusters; at most {highest} can be connected",
            help="split the mesh, or install every cluster with maxConnectedClusters: 511 (Cilium 1.15)",
        )
