"""apply.sh: the guide's steps for one cluster, in order, safe to repeat."""

from collections.abc import Iterator

from ...plan.types import ClusterPlan, MeshPlan
from .. import paths
from ..document import Document
from .chart import chart_step
from .exposure import exposure_step
from .head import head
from .patches import patches_step
from .secrets import secret_step
from .services import services_step
from .step import numbered
from .workloads import workloads_step

_TAIL = """
say "done; VERIFY.md says what healthy looks like"
"""


def apply_script(mesh: MeshPlan) -> Iterator[Document]:
    """One script for each cluster."""
    for cluster in mesh.clusters:
        yield Document(
            paths=(f"{cluster.name}/{paths.APPLY}",),
            content=_script(mesh, cluster),
            executable=True,
        )


def _script(mesh: MeshPlan, cluster: ClusterPlan) -> str:
    secret, services = secret_step(mesh, cluster), services_step(cluster)
    if cluster.patched:
        middle = [exposure_step(cluster), secret.text, patches_step(cluster)]
    else:
        # NOTE: the chart makes the Service, and its pods wait for the Secrets.
        middle = [secret.text, chart_step(cluster), exposure_step(cluster)]
    steps = [
        head(mesh, cluster, secret.option),
        *middle,
        workloads_step(cluster, more=bool(services)),
        services,
    ]
    return numbered(steps) + _TAIL
