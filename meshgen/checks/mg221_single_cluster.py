"""MG221: a mesh of one."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG221",
    name="single-cluster",
    severity=Severity.WARNING,
    doc="""
The mesh has one cluster.

## Why it matters
There is nothing to connect; the other clusters may have been lost from the file.

## How to fix
Add the other clusters, or accept the finding while you begin with one.
""",
)


def single_cluster(survey: Survey) -> Iterator[Problem]:
    """At most one problem."""
    if len(survey.mesh.clusters) == 1:
        yield RULE.problem(
            ("clusters",),
            "the mesh has one cluster; there is nothing to connect",
            help="add the other clusters, or accept this under ignore while you begin with one",
        )
