"""The Secret with which agents reach the other clusters' etcds."""

from base64 import b64encode
from collections.abc import Iterator

from ..kube.labels import PRUNE_GUARDS
from ..kube.manifest import manifest
from ..plan.types import MeshPlan
from . import paths
from .document import Document


def peer_secret(mesh: MeshPlan) -> Iterator[Document]:
    """
    One Secret, the same for every cluster but for its namespace; never part of the output tree.

    An agent skips the entry of its own cluster, as it does with the guide's Secret.
    """
    if not mesh.secret:
        return
    data = {file.key: b64encode(file.content).decode("ascii") for file in mesh.secret}
    for cluster in mesh.clusters:
        yield Document(
            paths=(f"{cluster.name}/{paths.SECRET}",),
            source="/tls",
            content=manifest(
                "v1",
                "Secret",
                cluster.profile.secret_name,
                namespace=cluster.namespace,
                annotations=PRUNE_GUARDS,
                type="Opaque",
                data=data,
            ),
        )
