"""MG222: a cluster that cannot be dialled."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG222",
    name="no-service-address",
    severity=Severity.ERROR,
    doc="""
A cluster has neither `serviceIPs` nor `service.hostname`.

## Why it matters
The other clusters resolve its name by what is written here; without an address they cannot connect.

## How to fix
Reserve a static address for the load balancer and write it under `serviceIPs`; for type NodePort, list the nodes to be dialled.
""",
)


def no_service_address(survey: Survey) -> Iterator[Problem]:
    """One problem for each such cluster."""
    for index, cluster in enumerate(survey.mesh.clusters):
        if not cluster.service_ips.texts and cluster.service.hostname is None:
            yield RULE.problem(
                ("clusters", index, "name"),
                f"nothing says at which address {survey.names[index]} is dialled",
                help="add serviceIPs: the static address of its load balancer",
            )
