"""MG225: a load balancer that is open to the internet, or may be."""

from collections.abc import Iterator

from ..chart.aws import INTERNAL, SCHEME, TYPE, is_internal_everywhere, is_public
from ..chart.overrides import override
from ..cilium.providers import provider_of
from ..diagnostics import Problem, Rule, Severity
from ..model import Cluster
from ..survey import Survey

RULE = Rule(
    code="MG225",
    name="public-load-balancer",
    severity=Severity.WARNING,
    doc="""
A cluster's control plane is exposed by a load balancer that is open to the internet, or may be.

## Why it matters
Whoever reaches the port and has, or steals, one client key reads the state of the whole cluster.
The load balancers of some providers cannot be internal, and `service.annotations` can ask for a public one.

On AWS, two programs make load balancers for Services, and each has an annotation of its own.
From Cilium 1.17 on meshgen writes what the chart names, `service.beta.kubernetes.io/aws-load-balancer-scheme: internal`.
The AWS Load Balancer Controller obeys it; the cloud provider of Kubernetes does not know it, and makes a public load balancer (kubernetes-sigs/aws-load-balancer-controller#2737).
The controller takes every new Service since its version 2.5, unless it is told otherwise; so this is an info, and only where nothing says who makes the load balancer.

## How to fix
Limit who may dial with `service.sourceRanges`, or use `service.type: NodePort` inside a private network.

On AWS, say who makes the load balancer:

- the controller: `service.beta.kubernetes.io/aws-load-balancer-type: external` under `service.annotations`, or its class as `clustermesh.apiserver.service.loadBalancerClass` under `helmValues`;
- the cloud provider: `service.beta.kubernetes.io/aws-load-balancer-internal: "true"` under `service.annotations`.

One that exists is not changed by this: whoever made it keeps it until the Service is made anew.
""",
)

_RANGES = ("clustermesh", "apiserver", "service", "loadBalancerSourceRanges")
_LIMIT = "add service.sourceRanges: the addresses from which the other clusters dial"


def public_load_balancer(survey: Survey) -> Iterator[Problem]:
    """One problem for each cluster with such a load balancer and no source ranges."""
    for index, cluster in enumerate(survey.mesh.clusters):
        if cluster.service.type != "LoadBalancer" or _is_limited(cluster):
            continue
        name = survey.names[index]
        at = ("clusters", index, "provider")
        if provider_of(cluster).public:
            message = f"the load balancer of {name} on {cluster.provider} is open to the internet"
            yield RULE.problem(at, message, help=_LIMIT)
        elif cluster.provider == "aws" and is_public(survey.mesh, cluster):
            written = SCHEME in cluster.service.annotations
            yield RULE.problem(
                ("clusters", index, "service", "annotations", SCHEME) if written else at,
                f"the load balancer of {name} faces the internet, and whoever likes may dial",
                help=_LIMIT,
            )
        elif cluster.provider == "aws" and not is_internal_everywhere(survey.mesh, cluster):
            yield RULE.problem(
                at,
                f"the load balancer of {name} is internal only where the AWS Load Balancer Controller makes "
                "it: the cloud provider of Kubernetes would make a public one",
                severity=Severity.INFO,
                help=f"add {TYPE}: external under service.annotations, or {INTERNAL}: 'true' where that "
                "controller does not run",
            )


def _is_limited(cluster: Cluster) -> bool:
    """Whether somebody says who may dial."""
    return bool(cluster.service.source_ranges or override(cluster, *_RANGES))
