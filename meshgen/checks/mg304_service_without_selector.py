"""MG304: a global service without a selector."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG304",
    name="service-without-selector",
    severity=Severity.ERROR,
    doc="""
A service that meshgen manages has no selector.

## Why it matters
Without one Kubernetes finds no pods, so the service has no backends in any cluster.

## How to fix
Add the labels of its pods as `selector`.
Where the application owns the Service and meshgen only adds the annotations, write `manage: annotation`.
""",
)


def service_without_selector(survey: Survey) -> Iterator[Problem]:
    """One problem for each such service."""
    for index, service in enumerate(survey.mesh.services):
        if service.manage == "object" and not service.selector:
            yield RULE.problem(
                ("services", index, "name"),
                f"the service {service.namespace}/{service.name} selects no pods",
                help="add selector, or manage: annotation where the application owns the Service",
            )
