"""MG226: a node port that Kubernetes does not hand out."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG226",
    name="node-port-out-of-range",
    severity=Severity.ERROR,
    doc="""
A Service of type NodePort without a port in Kubernetes' range.

## Why it matters
The API server refuses node ports outside of 30000 to 32767, so the Service is not made and the cluster cannot be dialled.
For type NodePort, `service.port` is the node port; its default of 2379 is none.

## How to fix
Set `service.port` to a free node port.
Where the API server runs with another `--service-node-port-range`, accept the finding under `ignore`.
""",
)

# https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport
_RANGE = range(30000, 32768)


def node_port_out_of_range(survey: Survey) -> Iterator[Problem]:
    """One problem for each such Service."""
    for index, cluster in enumerate(survey.mesh.clusters):
        service = cluster.service
        if service.type == "NodePort" and service.port not in _RANGE:
            yield RULE.problem(
                ("clusters", index, "service", "port"),
                f"the node port {service.port} of {survey.names[index]} is not between 30000 and 32767",
                help="set service.port to a node port that is free in this cluster",
            )
