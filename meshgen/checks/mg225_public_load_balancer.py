"""MG225: a load balancer that is open to the internet."""

from collections.abc import Iterator

from ..cilium.providers import provider_of
from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG225",
    name="public-load-balancer",
    severity=Severity.WARNING,
    doc="""
A cluster's control plane is exposed by a load balancer that cannot be internal.

## Why it matters
The load balancers that meshgen can ask this provider for are public.
Whoever reaches the port and has, or steals, one client key reads the state of the whole cluster.

## How to fix
Limit who may dial with `service.sourceRanges`, or use `service.type: NodePort` inside a private network.
""",
)


def public_load_balancer(survey: Survey) -> Iterator[Problem]:
    """One problem for each cluster with such a load balancer and no source ranges."""
    for index, cluster in enumerate(survey.mesh.clusters):
        service = cluster.service
        if service.type == "LoadBalancer" and provider_of(cluster).public and not service.source_ranges:
            yield RULE.problem(
                ("clusters", index, "provider"),
                f"the load balancer of {survey.names[index]} on {cluster.provider} is open to the internet",
                help="add service.sourceRanges: the addresses from which the other clusters dial",
            )
