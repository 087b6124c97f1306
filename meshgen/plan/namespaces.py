"""The namespaces that must be made known to other clusters one by one."""

from ..chart.values import namespaces_are_global
from ..cilium.version import Version, parse_version
from ..model import Cluster, Mesh
from ..selection import selected

# Source: cilium, Documentation/network/clustermesh/global-namespace.rst; chart 1.20.0.
_SINCE = Version(1, 20)


def global_namespaces(mesh: Mesh, cluster: Cluster) -> tuple[str, ...]:
    """
    The namespaces of global services and workloads of a cluster in which none is global by itself.

    Empty where the chart's `clustermesh.defaultGlobalNamespace` is not set to false.
    """
    if parse_version(cluster.cilium.version) < _SINCE or namespaces_are_global(cluster):
        return ()
    here = [(one.namespace, one.clusters) for one in mesh.services]
    here += [(one.namespace, one.clusters) for one in mesh.workloads]
    return tuple(sorted({namespace for namespace, clusters in here if cluster in selected(mesh, clusters)}))
