""".sops.yaml: who can open the Secrets of which cluster, for `sops` on the command line."""

from collections.abc import Iterator

from ..plan.types import ClusterPlan, MeshPlan
from ..trust.private_keys import creation_rule, pattern_of
from . import paths
from .document import Document


def sops_rules(mesh: MeshPlan) -> Iterator[Document]:
    """One file for the mesh, with one creation rule for each cluster."""
    if mesh.backend != "sops":
        return
    rules = [
        {"path_regex": f"^{cluster.name}/[^/]+\\.sops\\.yaml$", **_rule(cluster)} for cluster in mesh.clusters
    ]
    yield Document(paths=(paths.SOPS_RULES,), content={"creation_rules": rules})


def _rule(cluster: ClusterPlan) -> dict[str, str | bool]:
    data_keys = {key for secret in cluster.tls for key in secret.private_keys}
    return creation_rule(dict(cluster.sops_keys), pattern_of(data_keys))
