"""MG224: a load balancer whose address is not fixed."""

from collections.abc import Iterator

from ..chart.features import cannot_fix_address
from ..cilium.providers import provider_of
from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG224",
    name="moving-service-address",
    severity=Severity.WARNING,
    doc="""
A cluster is dialled at the address of a load balancer that may get another one.

## Why it matters
The other clusters have the address in their hostAliases, so the mesh loses this cluster when the address moves.
The provider's load balancers of this era take no fixed internal address; on AWS, the addresses of a classic load balancer move as it scales.

## How to fix
On AWS, expose the etcd through a Network Load Balancer of the AWS Load Balancer Controller: set `service.beta.kubernetes.io/aws-load-balancer-private-ipv4-addresses` under `service.annotations`, one address for each subnet; meshgen adds what makes it an internal one.
On Alibaba Cloud, make an internal load balancer and name it with `service.beta.kubernetes.io/alibaba-cloud-loadbalancer-id`; its address stays.
The chart of 1.14 has no value for a load balancer's address: write `delivery: manifests`, or name the address in an annotation of the controller under `service.annotations`, such as `metallb.universe.tf/loadBalancerIPs`.
Elsewhere use `service.type: NodePort` with fixed node addresses, or accept the finding and watch the address.
""",
)


def moving_service_address(survey: Survey) -> Iterator[Problem]:
    """One problem for each cluster with such a load balancer."""
    for index, cluster in enumerate(survey.mesh.clusters):
        provider = provider_of(cluster)
        name = survey.names[index]
        if cluster.service.type != "LoadBalancer":
            continue
        if provider.takes_ip:
            if cannot_fix_address(cluster):
                yield RULE.problem(
                    ("clusters", index, "serviceIPs"),
                    f"the values of chart {cluster.cilium.version} cannot give {name} the address that "
                    "the others dial",
                    help="write delivery: manifests, or name it in an annotation under service.annotations",
                )
        elif provider.fixed_by is None or provider.fixed_by not in cluster.service.annotations:
            yield RULE.problem(
                ("clusters", index, "provider"),
                f"the load balancer of {name} on {cluster.provider} may change its address",
                help=f"add {provider.fixed_by} under service.annotations"
                if provider.fixed_by
                else "use service.type: NodePort with fixed node addresses",
            )
