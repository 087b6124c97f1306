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
One load balancer answers for both names: who dials the second cluster reaches the first, and takes its state for the second's, or waits for a configuration that is not there.

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
        name, other_name = survey.names[address.cluster], survey.names[other.cluster]
        same = address.cluster == other.cluster
        yield RULE.problem(
            address.path,
            f"the service IP {address.text} of {name} is listed twice"
            if same
            else f"{name} is dialled at {address.text}, where {other_name} is dialled already",
            related=(Related(other.path, "first listed here" if same else f"{other_name} has it"),),
            help="remove one of the two" if same else "give each cluster a static address of its own",
        )
