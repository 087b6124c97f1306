"""MG306: several ports, not all named."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG306",
    name="unnamed-service-port",
    severity=Severity.ERROR,
    doc="""
A service has several ports, and not every one has a name.

## Why it matters
Kubernetes refuses such a Service, and Cilium matches the ports of remote backends by name.

## How to fix
Give each port a name, the same in every cluster.
""",
)


def unnamed_service_port(survey: Survey) -> Iterator[Problem]:
    """One problem for each such service."""
    for index, service in enumerate(survey.mesh.services):
        unnamed = [str(port.port) for port in service.ports if port.name is None]
        if len(service.ports) > 1 and unnamed:
            yield RULE.problem(
                ("services", index, "ports"),
                f"with several ports each needs a name; {service.namespace}/{service.name} has none for "
                f"{', '.join(unnamed)}",
                on_key=True,
                help=f"write {{name: http, port: {unnamed[0]}}}",
            )
