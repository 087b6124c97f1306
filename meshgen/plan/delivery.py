"""Which GitOps tool applies the tree, and from where."""

from ..model import Mesh
from .types import GitOps


def gitops_of(mesh: Mesh) -> GitOps | None:
    """None without a tool; where any of the rest is missing, none of it is used (MG523 says so)."""
    written = mesh.gitops
    if written.tool is None:
        return None
    if written.repo_url is None or written.revision is None or written.path is None:
        return GitOps(written.tool)
    return GitOps(written.tool, written.repo_url, written.revision, written.path)
