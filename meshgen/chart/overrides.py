"""What a cluster's `helmValues` say over what meshgen and the chart would have set."""

from typing import Any

from ..cilium.version import parse_version
from ..model import Cluster
from .keys import has


def override(cluster: Cluster, *path: str) -> Any:
    """The value at a path of `helmValues`, such as `("cluster", "name")`; None where there is none."""
    value: Any = cluster.helm_values
    for key in path:
        if not isinstance(value, dict) or key not in value:
            return None
        value = value[key]
    return value


def default_local_cluster(cluster: Cluster) -> bool | None:
    """
    Whether peers that name no cluster mean the local one, where `helmValues` say so; None where they do not.

    A chart that lacks the value overlooks it.
    Source: chart 1.18.12, clustermesh.policyDefaultLocalCluster, which is quoted into cilium-config.
    """
    path = ("clustermesh", "policyDefaultLocalCluster")
    if not has(parse_version(cluster.cilium.version), *path):
        return None
    return {"true": True, "false": False}.get(str(override(cluster, *path)).lower())
