"""MG224: a load balancer whose address is not fixed."""

from collections.abc import Iterator

from ..chart.keys import has
from ..chart.values import delivery_of
from ..cilium.features import HOSTNAME
from ..cilium.profiles import profile_of
from ..cilium.providers import provider_of
from ..cilium.version import parse_version
from ..diagnostics import Problem, Rule, Severity
from ..model import Cluster
from ..survey import Survey

RULE = Rule(
    code="MG224",
    name="moving-service-address",
    severity=Severity.WARNING,
    doc="""
A cluster is dialled at the address of a load balancer that may get another one.

## Why it matters
The other clusters have the address in their hostAliases or in the files of their peers, so the mesh loses this cluster when the address moves (cilium/cilium-cli#588, cilium/cilium-cli#1539).
On AWS, the addresses of a load balancer move as it scales, unless they are asked for one by one.
Some providers take no fixed internal address at all, and some charts have no value to ask for one.

## How to fix
From Cilium 1.14 on, set `service.hostname` to a name that DNS has for the load balancer: it is then dialled by name, and the address may move.
The server certificate must cover the name; where meshgen or the chart make it, it does.
On AWS, expose the control plane through a Network Load Balancer of the AWS Load Balancer Controller: set `service.beta.kubernetes.io/aws-load-balancer-private-ipv4-addresses` under `service.annotations`, one address for each subnet; meshgen adds what makes it an internal one.
On Alibaba Cloud, make an internal load balancer and name it with `service.beta.kubernetes.io/alibaba-cloud-loadbalancer-id`; its address stays.
Elsewhere use `service.type: NodePort` with fixed node addresses, or accept the finding and watch the address.
""",
)

_FIXED_IP = ("clustermesh", "apiserver", "service", "loadBalancerIP")


def moving_service_address(survey: Survey) -> Iterator[Problem]:
    """One problem for each cluster with such a load balancer that is not dialled by name."""
    for index, cluster in enumerate(survey.mesh.clusters):
        service, provider, name = cluster.service, provider_of(cluster), survey.names[index]
        if service.type != "LoadBalancer" or service.hostname is not None:
            continue
        if provider.fixed_by in service.annotations:
            continue
        if not provider.takes_ip:
            told = f"the load balancer of {name} on {cluster.provider} may change its address"
        elif _chart_takes_no_ip(cluster):
            told = f"the chart of Cilium {cluster.cilium.version} cannot fix the address of {name}'s load balancer"
        else:
            continue
        yield RULE.problem(("clusters", index, "provider"), told, help=_way_out(cluster))


def _chart_takes_no_ip(cluster: Cluster) -> bool:
    version = parse_version(cluster.cilium.version)
    return delivery_of(cluster) == "helm" and profile_of(version) is not None and not has(version, *_FIXED_IP)


def _way_out(cluster: Cluster) -> str:
    ways = []
    if parse_version(cluster.cilium.version) >= HOSTNAME:
        ways.append("set service.hostname to the DNS name of the load balancer")
    if fixed_by := provider_of(cluster).fixed_by:
        ways.append(f"add {fixed_by} under service.annotations")
    return ", or ".join(ways) or "use service.type: NodePort with fixed node addresses"
