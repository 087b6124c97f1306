"""MG208: two clusters are dialled at one address."""

from collections.abc import Iterator

from ..diagnostics import Problem, Related, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG208",
    name="duplicate-service-ip",
    severity=Severity.ERROR,
    doc="""
Two clusters are dialled at the same IP address.

## Why it matters
One load balancer answers for both names; agents that want the second cluster reach the etcd of the first, and take its state for the second's.

## How to fix
Give each cluster a static address of its own.
Clusters that really sit behind one address on different ports can accept this finding under `ignore`.
""",
)


def duplicate_service_ip(survey: Survey) -> Iterator[Problem]:
    """One problem for each later holder of an address."""
    table = survey.service_ips
    for _, first, again in table.points.duplicates():
        address, other = table[again], table[first]
        yield RULE.problem(
            address.path,
            f"{survey.names[address.cluster]} is dialled at {address.text}, "
            f"where {survey.names[other.cluster]} is dialled already",
            related=(Related(other.path, "first used here"),),
        )
