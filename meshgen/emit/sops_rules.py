""".sops.yaml: who can open the Secrets of which cluster, for `sops` on the command line."""

from collections.abc import Iterator

from ..plan.types import MeshPlan
from ..trust.private_keys import creation_rule
from . import paths
from .document import Document


def sops_rules(mesh: MeshPlan) -> Iterator[Document]:
    """One file for the mesh, with one creation rule for each cluster."""
    if mesh.backend != "sops":
        return
    rules = [
        {"path_regex": f"^{cluster.name}/[^/]+\\.sops\\.yaml$", **creation_rule(dict(cluster.sops_keys))}
        for cluster in mesh.clusters
    ]
    yield Document(paths=(paths.SOPS_RULES,), content={"creation_rules": rules})
