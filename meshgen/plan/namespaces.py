"""The namespaces that must be made known to other clusters one by one."""

from ..chart.keys import has
from ..chart.overrides import namespaces_are_global
from ..cilium.version import parse_version
from ..model import Cluster, Mesh
from ..selection import selected

# Source: cilium, Documentation/network/clustermesh/global-namespace.rst; chart 1.20.0 has the value first.
_VALUE = ("clustermesh", "defaultGlobalNamespace")


def known_one_by_one(cluster: Cluster) -> bool:
    """Whether other clusters know only those namespaces of a cluster that are made known to them."""
    return has(parse_version(cluster.cilium.version), *_VALUE) and not namespaces_are_global(cluster)


def global_namespaces(mesh: Mesh, cluster: Cluster) -> tuple[str, ...]:
    """
    The namespaces of global services and workloads of a cluster in which none is global by itself.

    Empty where the chart's `clustermesh.defaultGlobalNamespace` is not set to false.
    """
    if not known_one_by_one(cluster):
        return ()
    here = [(one.namespace, one.clusters) for one in mesh.services]
    here += [(one.namespace, one.clusters) for one in mesh.workloads]
    return tuple(sorted({namespace for namespace, clusters in here if cluster in selected(mesh, clusters)}))
