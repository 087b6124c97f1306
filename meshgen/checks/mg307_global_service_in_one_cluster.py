"""MG307: a global service that is nowhere else."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity, named
from ..survey import Survey

RULE = Rule(
    code="MG307",
    name="global-service-in-one-cluster",
    severity=Severity.WARNING,
    doc="""
A global service exists in one cluster only.

## Why it matters
Cilium joins Services of the same name and namespace; a cluster without the Service cannot use the backends of the others (cilium/cilium#19701).

## How to fix
Select the clusters that call the service as well; limit with `backends` which of them share pods.
""",
)


def global_service_in_one_cluster(survey: Survey) -> Iterator[Problem]:
    """One problem for each such service."""
    names = {cluster.name for cluster in survey.mesh.clusters}
    for index, service in enumerate(survey.mesh.services):
        if isinstance(service.clusters, tuple) and not names.issuperset(service.clusters):
            continue  # MG301 tells of the name, and nobody knows how many are meant
        clusters = survey.selected(service.clusters)
        if len(clusters) == 1:
            yield RULE.problem(
                ("services", index, "clusters"),
                f"the service {service.namespace}/{service.name} exists only in {named(clusters[0].name)}",
                help="select the clusters that call it as well",
            )
