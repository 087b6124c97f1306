"""MG303: a selection of clusters that selects none."""

from collections.abc import Iterator

from ..diagnostics import Problem, Related, Rule, Severity
from ..model import ByLabels, Service
from ..selection import references
from ..survey import Survey

RULE = Rule(
    code="MG303",
    name="empty-selection",
    severity=Severity.ERROR,
    doc="""
A cluster selector matches nothing.

## Why it matters
A service in no cluster is not emitted, and one whose backends are in no cluster answers nowhere; nothing else would say so.

## How to fix
Compare the selector with the `labels` of the clusters.
""",
)


def empty_selection(survey: Survey) -> Iterator[Problem]:
    """One problem for each selection that matches no cluster."""
    for reference in references(survey.mesh):
        if isinstance(reference.selection, tuple) and reference.selection:
            continue  # names that do not exist are MG301, or MG308 for backends
        if not survey.selected(reference.selection):
            yield RULE.problem(
                reference.path,
                f"{reference.what} match no cluster of the mesh",
                on_key=True,
                help="compare it with the labels of the clusters, or write names",
            )
    for index, service in enumerate(survey.mesh.services):
        if isinstance(service.backends, ByLabels) and _apart(survey, service):
            yield RULE.problem(
                ("services", index, "backends"),
                f"the backends of {service.namespace}/{service.name} match none of its clusters",
                on_key=True,
                related=(Related(("services", index, "clusters"), "its clusters", on_key=True),),
                help="backends share their pods only where the service exists",
            )


def _apart(survey: Survey, service: Service) -> bool:
    """Whether clusters and backends select some clusters each, and none in common."""
    where, backends = survey.selected(service.clusters), survey.selected(service.backends)
    names = {cluster.name for cluster in where}
    return bool(where and backends) and not any(cluster.name in names for cluster in backends)
