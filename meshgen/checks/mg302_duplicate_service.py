"""MG302: two services with one name."""

from collections.abc import Iterator

from ..diagnostics import Problem, Related, Rule, Severity
from ..location import SourcePath
from ..survey import Survey

RULE = Rule(
    code="MG302",
    name="duplicate-service",
    severity=Severity.ERROR,
    ignorable=False,
    doc="""
Two services have the same namespace and name.

## Why it matters
Namespace and name are all that connects a global service across clusters; the later entry would replace the earlier.

## How to fix
Merge the two entries, or rename one.
Nothing can be built while two share one name, so this finding cannot be ignored.
""",
)


def duplicate_service(survey: Survey) -> Iterator[Problem]:
    """One problem for each later holder of a namespace and name."""
    first: dict[tuple[str, str], SourcePath] = {}
    for index, service in enumerate(survey.mesh.services):
        key = (service.namespace, service.name)
        at: SourcePath = ("services", index, "name")
        if key in first:
            yield RULE.problem(
                at,
                f"the service {service.namespace}/{service.name} is already defined",
                related=(Related(first[key], "first defined here"),),
                help="merge the two entries, or rename one",
            )
        else:
            first[key] = at
