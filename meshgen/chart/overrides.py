"""What a cluster's `helmValues` say over what meshgen and the chart would have set."""

from typing import Any

from ..cilium.version import parse_version
from ..model import Cluster
from ..model.layers import value_at
from .keys import has

_TRUTHS = {
    **dict.fromkeys(("1", "t", "T", "TRUE", "true", "True"), True),
    **dict.fromkeys(("0", "f", "F", "FALSE", "false", "False"), False),
}


def override(cluster: Cluster, *path: str) -> Any:
    """The value at a path of `helmValues`, such as `("cluster", "name")`; None where there is none."""
    return value_at(cluster.helm_values, *path)


def default_local_cluster(cluster: Cluster) -> bool | None:
    """
    Whether peers that name no cluster mean the local one, where `helmValues` say so; None where they do not.

    A chart that lacks the value overlooks it.
    Source: chart 1.18.12, clustermesh.policyDefaultLocalCluster, which is quoted into cilium-config.
    """
    path = ("clustermesh", "policyDefaultLocalCluster")
    if not has(parse_version(cluster.cilium.version), *path):
        return None
    return truth(override(cluster, *path))


def namespaces_are_global(cluster: Cluster) -> bool:
    """
    Whether other clusters know every namespace that does not say otherwise: the chart's default.

    Source: chart 1.20.0, clustermesh.defaultGlobalNamespace, which is quoted into cilium-config.
    """
    return truth(override(cluster, "clustermesh", "defaultGlobalNamespace")) is not False


def truth(value: Any) -> bool | None:
    """
    What Cilium makes of a value that the chart prints into cilium-config; None where that is no boolean.

    Upstream: Go, strconv.ParseBool, by which texts and 0 and 1 count as well.
    """
    return _TRUTHS.get(str(value))
