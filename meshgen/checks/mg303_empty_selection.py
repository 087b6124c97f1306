"""MG303: a selection of clusters that selects none."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..selection import references, selected, sharing
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
        if not selected(survey.mesh, reference.selection):
            yield RULE.problem(reference.path, "this selects no cluster", on_key=True)
    for index, service in enumerate(survey.mesh.services):
        by_label = not isinstance(service.backends, str | tuple)
        anywhere = selected(survey.mesh, service.clusters) and selected(survey.mesh, service.backends)
        if by_label and anywhere and not sharing(survey.mesh, service):
            message = "this selects none of the service's clusters"
            yield RULE.problem(("services", index, "backends"), message, on_key=True)
