"""MG224: a load balancer whose address is not fixed."""

from collections.abc import Iterator

from ..chart.features import cannot_fix_address
from ..cilium.features import HOSTNAME
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
On AWS, the addresses of a Classic Load Balancer move as it scales; a Network Load Balancer keeps those that it has, and gets others when it is made anew, unless they are asked for one by one.
Some providers take no fixed internal address at all, and some charts have no value to ask for one.

## How to fix
From Cilium 1.14 on, set `service.hostname` to a name that DNS has for the load balancer: it is then dialled by name, and the address may move.
The server certificate must cover the name; where meshgen or the chart make it, it does.
On AWS, let the AWS Load Balancer Controller make a Network Load Balancer: set `service.beta.kubernetes.io/aws-load-balancer-private-ipv4-addresses` under `service.annotations`, one address for each subnet; meshgen adds what makes it an internal one.
On Alibaba Cloud, make an internal load balancer and name it with `service.beta.kubernetes.io/alibaba-cloud-loadbalancer-id`; its address stays.
The chart of 1.14 has no value for a load balancer's address: write `delivery: manifests`, or name the address in an annotation of the controller under `service.annotations`, such as `metallb.universe.tf/loadBalancerIPs`.
Elsewhere use `service.type: NodePort` with fixed node addresses, or accept the finding and watch the address.
""",
)


def moving_service_address(survey: Survey) -> Iterator[Problem]:
    """One problem for each cluster with such a load balancer that is not dialled by name."""
    for index, cluster in enumerate(survey.mesh.clusters):
        service, provider, name = cluster.service, provider_of(cluster), survey.names[index]
        if service.type != "LoadBalancer" or service.hostname is not None:
            continue
        if provider.takes_ip:
            if cannot_fix_address(cluster):
                yield RULE.problem(
                    ("clusters", index, "serviceIPs"),
                    f"the values of chart {cluster.cilium.version} cannot give {name} the address that "
                    "the others dial",
                    help="write delivery: manifests, or name it in an annotation under service.annotations",
                )
        elif provider.fixed_by not in service.annotations:
            yield RULE.problem(
                ("clusters", index, "provider"),
                f"the load balancer of {name} on {cluster.provider} may change its address",
                help=_way_out(cluster),
            )


def _way_out(cluster: Cluster) -> str:
    ways = []
    if parse_version(cluster.cilium.version) >= HOSTNAME:
        ways.append("set service.hostname to the DNS name of the load balancer")
    if fixed_by := provider_of(cluster).fixed_by:
        ways.append(f"add {fixed_by} under service.annotations")
    return ", or ".join(ways) or "use service.type: NodePort with fixed node addresses"
