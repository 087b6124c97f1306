"""MG308: a backend cluster in which the service does not exist."""

from collections.abc import Iterator

from ..diagnostics import Problem, Related, Rule, Severity, named
from ..survey import Survey

RULE = Rule(
    code="MG308",
    name="backend-outside-clusters",
    severity=Severity.ERROR,
    doc="""
A cluster is named under `backends` but not among the service's `clusters`.

## Why it matters
Only a cluster that has the Service can share its pods.

## How to fix
Add the cluster to `clusters`, or take it out of `backends`.
""",
)


def backend_outside_clusters(survey: Survey) -> Iterator[Problem]:
    """One problem for each such name."""
    known = {cluster.name for cluster in survey.mesh.clusters}
    for index, service in enumerate(survey.mesh.services):
        if not isinstance(service.backends, tuple):
            continue
        where = {cluster.name for cluster in survey.selected(service.clusters)}
        for position, name in enumerate(service.backends):
            if name in known and name not in where:
                yield RULE.problem(
                    ("services", index, "backends", position),
                    f"the service {service.namespace}/{service.name} does not exist in {named(name)}",
                    related=(Related(("services", index, "clusters"), "its clusters"),),
                    help="add the cluster to clusters, or take it out of backends",
                )
