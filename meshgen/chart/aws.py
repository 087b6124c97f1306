"""
Who makes a cluster's load balancer on AWS, and for whom.

Sources: cloud-provider-aws, pkg/providers/v1/aws.go and aws_loadbalancer.go: which Services that provider
leaves to others, and that `aws-load-balancer-internal` alone makes its load balancers internal;
aws-load-balancer-controller, docs/guide/service/annotations.md: `aws-load-balancer-scheme`.
"""

from typing import Any

from ..cilium.providers import exposure_annotations
from ..model import Cluster, Mesh
from .overrides import override

_SERVICE = ("clustermesh", "apiserver", "service")
_PREFIX = "service.beta.kubernetes.io/aws-load-balancer-"
TYPE = f"{_PREFIX}type"
INTERNAL = f"{_PREFIX}internal"
SCHEME = f"{_PREFIX}scheme"
_LEFT_TO_OTHERS = {"external", "nlb-ip"}
_NOT_INTERNAL = {None, "", "false"}


def _annotations(mesh: Mesh, cluster: Cluster) -> dict[str, Any]:
    """What the Service carries, with what `helmValues` add."""
    given = override(cluster, *_SERVICE, "annotations")
    return exposure_annotations(mesh, cluster) | (given if isinstance(given, dict) else {})


def is_left_to_controller(mesh: Mesh, cluster: Cluster) -> bool:
    """Whether the Service says that a controller makes its load balancer, and not the cloud provider."""
    left = _annotations(mesh, cluster).get(TYPE) in _LEFT_TO_OTHERS
    return left or override(cluster, *_SERVICE, "loadBalancerClass") is not None


def is_internal_everywhere(mesh: Mesh, cluster: Cluster) -> bool:
    """Whether the load balancer is internal, whoever makes it; `is_public` is asked first."""
    internal = _annotations(mesh, cluster).get(INTERNAL) not in _NOT_INTERNAL
    return internal or is_left_to_controller(mesh, cluster)


def is_public(mesh: Mesh, cluster: Cluster) -> bool:
    """Whether the Service asks for a load balancer that faces the internet."""
    return _annotations(mesh, cluster).get(SCHEME) == "internet-facing"
