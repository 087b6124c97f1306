"""VERIFY.md: what must be there before, what healthy looks like after, and what firewalls must let through."""

from collections.abc import Iterator

from ...plan.types import ClusterPlan, MeshPlan
from .. import paths
from ..document import Document
from .apiserver_before import apiserver_before
from .apiserver_health import apiserver_health
from .etcd_before import etcd_before
from .etcd_health import etcd_health
from .etcd_trust import etcd_trust
from .policy_health import policy_health
from .tables import Rows, rows_of


def verify_guide(mesh: MeshPlan) -> Iterator[Document]:
    """One guide for each cluster."""
    rows = rows_of(mesh)
    for cluster in mesh.clusters:
        text = _of_control_plane(mesh, cluster, rows) + policy_health(cluster)
        yield Document(paths=(f"{cluster.name}/{paths.VERIFY}",), content=text)


def _of_control_plane(mesh: MeshPlan, cluster: ClusterPlan, rows: Rows) -> str:
    if cluster.has_apiserver:
        return apiserver_before(mesh, cluster) + apiserver_health(mesh, cluster, rows)
    return etcd_before(mesh, cluster) + etcd_trust(mesh, cluster) + etcd_health(cluster, rows)
