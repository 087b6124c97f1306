"""MG227: several replicas behind an AWS load balancer that knows no session affinity."""

from collections.abc import Iterator

from ..chart.aws import is_left_to_controller
from ..chart.keys import has
from ..chart.overrides import override
from ..cilium.version import parse_version
from ..diagnostics import Problem, Rule, Severity
from ..model import Cluster, Mesh
from ..survey import Survey

RULE = Rule(
    code="MG227",
    name="session-affinity-on-aws",
    severity=Severity.WARNING,
    doc="""
The chart gives the Service of clustermesh-apiserver a session affinity, and the load balancers of the AWS cloud provider refuse it.

## Why it matters
With more than one replica the chart sets `sessionAffinity: ClientIP`, unless it is told otherwise.
The AWS cloud provider then makes no load balancer (`unsupported load balancer affinity: ClientIP`), and nobody can dial the cluster (cilium/cilium#32646).

## How to fix
Set `clustermesh.apiserver.service.enableSessionAffinity: Never` in the cluster's `helmValues`.
Or leave the Service to the AWS Load Balancer Controller, by `service.beta.kubernetes.io/aws-load-balancer-type: external` under `service.annotations`.
""",
)

_APISERVER = ("clustermesh", "apiserver")
_AFFINITY = (*_APISERVER, "service", "enableSessionAffinity")


def session_affinity_on_aws(survey: Survey) -> Iterator[Problem]:
    """One problem for each such cluster, at what asks for the affinity."""
    for index, cluster in enumerate(survey.mesh.clusters):
        if not _is_classic(survey.mesh, cluster) or not has(
            parse_version(cluster.cilium.version), *_AFFINITY
        ):
            continue
        affinity, replicas = override(cluster, *_AFFINITY), override(cluster, *_APISERVER, "replicas")
        always = affinity == "Always"
        if always or (affinity in {None, "HAOnly"} and isinstance(replicas, int) and replicas > 1):
            path = _AFFINITY if always else (*_APISERVER, "replicas")
            reason = "enableSessionAffinity: Always" if always else f"{replicas} replicas"
            yield RULE.problem(
                ("clusters", index, "helmValues", *path),
                f"AWS makes no load balancer for {survey.names[index]}: with {reason} the chart sets "
                "sessionAffinity: ClientIP",
                help="set clustermesh.apiserver.service.enableSessionAffinity: Never",
            )


def _is_classic(mesh: Mesh, cluster: Cluster) -> bool:
    """Whether the cloud provider makes the load balancer, and no controller beside it."""
    if cluster.provider != "aws" or cluster.service.type != "LoadBalancer":
        return False
    return not is_left_to_controller(mesh, cluster)
