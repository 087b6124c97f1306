"""Changes of what all clusters have in common."""

from collections.abc import Iterator

from .beside import Meshes
from .changes import Impact, MeshChange, Restarts
from .described import described


def whole_mesh_changes(meshes: Meshes) -> Iterator[MeshChange]:
    """The domain, who applies the tree, and the numbering of identities."""
    base, head = meshes
    if base.domain != head.domain:
        named = meshes.readdressed()
        yield MeshChange(
            "mesh", "domain", base.domain, head.domain, named.impact,
            "every cluster dials the others by new names, and their certificates must cover them",
            ("domain",), named,
        )  # fmt: skip
    was, is_now = described(base.gitops), described(head.gitops)
    if was != is_now:
        yield MeshChange(
            "mesh", "gitops", was.beside(is_now), is_now.beside(was), Impact.NONE,
            "the tool applies the tree otherwise, or from elsewhere: `_gitops/` is applied again by hand",
            ("gitops",),
        )  # fmt: skip
    most = base.cilium.max_connected_clusters, head.cilium.max_connected_clusters
    if most[0] != most[1]:
        yield MeshChange(
            "mesh", "maxConnectedClusters", str(most[0]), str(most[1]), Impact.UNSUPPORTED,
            "identities are numbered otherwise: every cluster is installed anew",
            ("cilium", "maxConnectedClusters"),
            Restarts(meshes.others(), meshes.with_apiserver(meshes.others())), "identity",
        )  # fmt: skip
