"""The patch of the DaemonSet cilium: host names of the other clusters, and when agents restart."""

from collections.abc import Iterator
from typing import Any

from ..kube.labels import RESTART
from ..kube.manifest import Shared, manifest
from ..plan.types import ClusterPlan, MeshPlan
from . import paths
from .document import Document


def agent_hosts(mesh: MeshPlan) -> Iterator[Document]:
    """One patch for each cluster."""
    entries = _Entries()
    for cluster in mesh.clusters:
        template = {
            "metadata": {"annotations": {RESTART: cluster.agent_digest}},
            "spec": {"hostAliases": _host_aliases(cluster, entries)},
        }
        yield Document(
            paths=(f"{cluster.name}/{paths.AGENT_PATCH}",),
            content=manifest("apps/v1", "DaemonSet", "cilium", spec={"template": template}),
        )


class _Entries(dict[tuple[str, tuple[str, ...]], Shared]):
    """The entries of the list, each made once for all the clusters that have it."""

    def __missing__(self, alias: tuple[str, tuple[str, ...]]) -> Shared:
        ip, names = alias
        made = self[alias] = Shared({"ip": ip, "hostnames": list(names)})
        return made


def _host_aliases(cluster: ClusterPlan, entries: _Entries) -> list[dict[str, Any]] | None:
    # NOTE: a strategic merge matches this list by ip and never removes an entry, and an empty list
    # changes nothing; hence `$patch: replace`, and null where nothing is left.
    if not cluster.host_aliases:
        return None
    return [{"$patch": "replace"}, *[entries[alias] for alias in cluster.host_aliases]]
