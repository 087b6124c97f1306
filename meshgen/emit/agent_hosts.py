"""The patch of the DaemonSet cilium: host names of the other clusters, and when agents restart."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from ..kube.labels import RESTART
from ..kube.manifest import Shared, manifest
from ..plan.types import ClusterPlan, MeshPlan
from . import paths
from .document import Document


def agent_hosts(mesh: MeshPlan) -> Iterator[Document]:
    """One patch for each cluster."""
    for cluster in mesh.clusters:
        template = {
            "metadata": {"annotations": {RESTART: cluster.agent_digest}},
            "spec": {"hostAliases": _host_aliases(cluster)},
        }
        yield Document(
            paths=(f"{cluster.name}/{paths.AGENT_PATCH}",),
            content=manifest("apps/v1", "DaemonSet", "cilium", spec={"template": template}),
        )


def _host_aliases(cluster: ClusterPlan) -> list[dict[str, Any]] | None:
    # NOTE: a strategic merge matches this list by ip and never removes an entry, and an empty list
    # changes nothing; hence `$patch: replace`, and null where nothing is left.
    if not cluster.host_aliases:
        return None
    return [{"$patch": "replace"}, *(_entry(ip, names) for ip, names in cluster.host_aliases)]


@cache
def _entry(ip: str, names: tuple[str, ...]) -> Shared:
    return Shared({"ip": ip, "hostnames": list(names)})
