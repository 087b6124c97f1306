"""The users that the other clusters are in a cluster's etcd."""

from collections.abc import Iterator

from ..kube.labels import CHART_GUARDS
from ..kube.manifest import manifest
from ..plan.types import MeshPlan
from . import paths
from .document import Document

# Source: chart 1.19.6, templates/clustermesh-apiserver/users-configmap.yaml; clustermesh-apiserver mounts
# it whether the chart renders it or not (cilium#44181). Older charts render it whoever writes the rest.
_NAME = "clustermesh-remote-users"


def remote_users(mesh: MeshPlan) -> Iterator[Document]:
    """One ConfigMap for each cluster where meshgen owns it, and not the chart."""
    for cluster in mesh.clusters:
        if cluster.patched and cluster.profile.leaves_users:
            users = "".join(
                f"- name: {other.remote_user}\n  role: remote\n" for other in mesh.others(cluster)
            )
            yield Document(
                paths=(f"{cluster.name}/{paths.REMOTE_USERS}",),
                source=f"/clusters/{cluster.name}",
                content=manifest(
                    "v1",
                    "ConfigMap",
                    _NAME,
                    namespace=cluster.namespace,
                    annotations=CHART_GUARDS,
                    data={"users.yaml": f"users:\n{users}" if users else "users: []\n"},
                ),
            )
