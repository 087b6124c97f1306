"""Policies: each its own file, and the files that are copied as they are."""

from collections.abc import Iterator

from ..plan.types import MeshPlan
from . import paths
from .document import Document


def policies(mesh: MeshPlan) -> Iterator[Document]:
    """The policies of each cluster; without prune guards, so that what leaves mesh.yaml is deleted."""
    for policy in mesh.policies:
        path = paths.policy(policy.namespace, policy.name)
        yield Document(
            paths=tuple(f"{cluster}/{path}" for cluster in policy.clusters),
            source=policy.source,
            content=policy.manifest,
            names=policy.clusters,
        )
    copies = dict.fromkeys(copy for cluster in mesh.clusters for copy in cluster.raw_policies)
    for copy in copies:
        folders = [cluster.name for cluster in mesh.clusters if copy in cluster.raw_policies]
        yield Document(
            paths=tuple(f"{folder}/{paths.raw_policy(copy.file)}" for folder in folders),
            content=copy.content,
        )
