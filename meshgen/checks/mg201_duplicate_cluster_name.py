"""MG201: two clusters share a name."""

from collections.abc import Iterator

from ..diagnostics import Problem, Related, Rule, Severity
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
    for index, name in enumerate(survey.names):
        at: SourcePath = ("clusters", index, "name")
        if name in first:
            yield RULE.problem(
                at,
                f"the cluster name {name!r} is already taken",
                related=(Related(first[name], "first used here"),),
                help="give each cluster a name of its own",
            )
        else:
            first[name] = at
