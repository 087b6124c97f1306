"""MG301: a reference to a cluster that is not in the mesh."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..nearest import nearest
from ..selection import references
from ..survey import Survey

RULE = Rule(
    code="MG301",
    name="unknown-cluster",
    severity=Severity.ERROR,
    doc="""
A name that no cluster has.

## Why it matters
A service that should exist in a misspelt cluster exists nowhere there, and nothing complains.

## How to fix
The help line names the nearest cluster.
""",
)


def unknown_cluster(survey: Survey) -> Iterator[Problem]:
    """One problem for each reference."""
    known = set(survey.names)
    for reference in references(survey.mesh):
        for path, name in reference.names():
            if name not in known:
                near = nearest(name, survey.names)
                yield RULE.problem(
                    path,
                    f"no cluster is called {name[:80]!r}",
                    help=f"did you mean {near!r}?" if near else None,
                )
