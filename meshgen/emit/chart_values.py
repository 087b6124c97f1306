"""The overlay for the official chart, for teams whose Cilium is a Helm release."""

from collections.abc import Iterator

from ..plan.types import MeshPlan
from . import paths
from .document import Document


def chart_values(mesh: MeshPlan) -> Iterator[Document]:
    """One values.yaml for each cluster."""
    for cluster in mesh.clusters:
        # Source: cilium v1.6.9, install/kubernetes/cilium/values.yaml
        values = {
            "global": {
                "cluster": {"name": cluster.name, "id": cluster.id},
                "identityAllocationMode": cluster.profile.identity_mode,
            }
        }
        yield Document(paths=(f"{cluster.name}/{paths.VALUES}",), content=values)
