"""MG305: a service with the same port twice."""

from collections.abc import Iterator

from ..diagnostics import Problem, Related, Rule, Severity
from ..location import SourcePath
from ..survey import Survey

RULE = Rule(
    code="MG305",
    name="duplicate-service-port",
    severity=Severity.ERROR,
    doc="""
A service has two ports of one name, or of one number and protocol.

## Why it matters
Kubernetes refuses such a Service.

## How to fix
Rename or remove one of the two.
""",
)


def duplicate_service_port(survey: Survey) -> Iterator[Problem]:
    """One problem for each later holder of a name or of a number and protocol."""
    for index, service in enumerate(survey.mesh.services):
        first: dict[str, SourcePath] = {}
        for position, port in enumerate(service.ports):
            at: SourcePath = ("services", index, "ports", position)
            keys = [(f"{port.port}/{port.protocol}", (*at, "port"))]
            if port.name is not None:
                keys.append((repr(port.name), (*at, "name")))
            for key, place in keys:
                if key in first:
                    yield RULE.problem(
                        place,
                        f"the service {service.namespace}/{service.name} has the port {key} twice",
                        related=(Related(first[key], "first written here"),),
                        help="rename or remove one of the two",
                    )
                else:
                    first[key] = place
