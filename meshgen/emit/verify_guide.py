"""VERIFY.md: what must be there before, what healthy looks like after, and what firewalls must let through."""

from collections.abc import Iterator

from ..plan.types import MeshPlan
from . import paths
from .document import Document
from .health import health, rows_of
from .policy_health import policy_health
from .preconditions import preconditions
from .trust_guide import trust_guide


def verify_guide(mesh: MeshPlan) -> Iterator[Document]:
    """One guide for each cluster."""
    rows = rows_of(mesh)
    for cluster in mesh.clusters:
        text = (
            preconditions(mesh, cluster)
            + trust_guide(mesh, cluster)
            + health(cluster, rows)
            + policy_health(cluster)
        )
        yield Document(paths=(f"{cluster.name}/{paths.VERIFY}",), content=text)
