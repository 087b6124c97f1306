"""MG222: a cluster that cannot be dialled."""

from collections.abc import Iterator

from ..cilium.features import HOSTNAME
from ..cilium.providers import provider_of
from ..cilium.version import parse_version
from ..diagnostics import Problem, Rule, Severity
from ..model import Cluster
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
Where the provider's load balancers have no address of that kind, as on AWS, set `service.hostname` to the name that DNS has for the load balancer (Cilium 1.14 or later), or see [MG224](MG224.md) for what fixes their addresses.
""",
)


def no_service_address(survey: Survey) -> Iterator[Problem]:
    """One problem for each such cluster."""
    for index, cluster in enumerate(survey.mesh.clusters):
        if not cluster.service_ips.texts and cluster.service.hostname is None:
            yield RULE.problem(
                ("clusters", index, "name"),
                f"nothing says at which address {survey.names[index]} is dialled",
                help=_way_out(cluster),
            )


def _way_out(cluster: Cluster) -> str:
    provider, annotations = provider_of(cluster), cluster.service.annotations
    if cluster.service.type == "NodePort":
        return "add serviceIPs: the nodes that are dialled"
    if provider.takes_ip or provider.fixed_by in annotations:
        return "add serviceIPs: the static address of its load balancer"
    ways = []
    if parse_version(cluster.cilium.version) >= HOSTNAME:
        ways.append("set service.hostname to the DNS name of its load balancer")
    if provider.fixed_by:
        ways.append(
            f"add {provider.fixed_by} under service.annotations, and serviceIPs: the addresses that it fixes"
        )
    return ", or ".join(ways) or "use service.type: NodePort, and add serviceIPs: the nodes that are dialled"
