"""MG201: two clusters share a name."""

from collections.abc import Iterator

from ..diagnostics import Problem, Related, Rule, Severity, shown
from ..location import SourcePath
from ..survey import Survey

RULE = Rule(
    code="MG201",
    name="duplicate-cluster-name",
    severity=Severity.ERROR,
    ignorable=False,
    doc="""
Two clusters have the same name.

## Why it matters
The name is the key of a cluster everywhere: its file in the mesh Secret, its host name, the label that policies select it by, its folder in the output.
Cilium checks none of this across clusters; the second cluster takes the place of the first.

## How to fix
Give each cluster a name of its own.
Nothing can be built while two share one, so this finding cannot be ignored.
""",
)


def duplicate_cluster_name(survey: Survey) -> Iterator[Problem]:
    """One problem for each later holder of a name."""
    first: dict[str, SourcePath] = {}
    for index, cluster in enumerate(survey.mesh.clusters):
        at: SourcePath = ("clusters", index, "name")
        before = first.setdefault(cluster.name, at)
        if before != at:
            yield RULE.problem(
                at,
                f"the cluster name {shown(cluster.name)} is already taken",
                related=(Related(before, "first used here"),),
                help="give each cluster a name of its own",
            )
