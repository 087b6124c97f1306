"""Secrets that say how other clusters are dialled; they hold no key, and stand in Git as they are."""

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256

from ..cilium.profile import Dialled, PeerSecret
from ..kube.labels import CHART_GUARDS
from ..kube.manifest import Manifest, manifest
from ..plan.types import ClusterPlan, MeshPlan
from ..trust.etcd_config import write_config
from . import paths
from .document import Document

_OWN_PORT = 2379  # chart 1.20.0, templates/clustermesh-apiserver/service.yaml


def peer_configs(mesh: MeshPlan) -> Iterator[Document]:
    """The Secrets of each cluster where meshgen owns them, and not the chart."""
    texts = _Texts(mesh)
    for cluster in mesh.clusters:
        for secret in cluster.profile.peer_secrets if cluster.patched else ():
            yield Document(
                paths=(f"{cluster.name}/{paths.peers(secret.name)}",),
                source=f"/clusters/{cluster.name}",
                content=_secret(cluster, secret, mesh, texts),
            )


def _secret(cluster: ClusterPlan, secret: PeerSecret, mesh: MeshPlan, texts: "_Texts") -> Manifest:
    others = mesh.others(cluster)
    if secret.dialled is Dialled.LOCAL:
        own = texts.own(cluster, secret)
        data = {other.name: own for other in others}
    else:
        data = {other.name: texts.remote(other, secret, cluster) for other in others}
    return manifest(
        "v1",
        "Secret",
        secret.name,
        namespace=cluster.namespace,
        annotations=CHART_GUARDS,
        type="Opaque",
        data=data,
    )


class _Texts:
    """The files, in base64, each made once for all the clusters that have it."""

    def __init__(self, mesh: MeshPlan) -> None:
        # NOTE: an agent reads its authorities when it connects, and connects anew when this file changes.
        self._note = f"ca-bundle: sha256:{sha256(mesh.bundle).hexdigest()}" if mesh.bundle else ""
        self._remote: dict[tuple[str, str, bool], str] = {}

    def own(self, cluster: ClusterPlan, secret: PeerSecret) -> str:
        """The file that leads to a cluster's own copy of what the others publish."""
        host = f"{cluster.profile.service_name}.{cluster.namespace}.svc"
        return self._text(secret, host, _OWN_PORT, ())

    def remote(self, other: ClusterPlan, secret: PeerSecret, reader: ClusterPlan) -> str:
        """The file that leads to another cluster, as one cluster reads it."""
        with_addresses = reader.profile.addresses_in_files
        key = (other.name, secret.prefix, with_addresses)
        if key not in self._remote:
            to = other.endpoint
            addresses = to.addresses if with_addresses else ()
            self._remote[key] = self._text(secret, to.host, to.port, addresses)
        return self._remote[key]

    def _text(self, secret: PeerSecret, host: str, port: int, addresses: tuple[str, ...]) -> str:
        text = write_config(
            host,
            port,
            authority=f"{secret.prefix}etcd-client-ca.crt",
            key=f"{secret.prefix}etcd-client.key",
            certificate=f"{secret.prefix}etcd-client.crt",
            note=self._note,
            addresses=addresses,
        )
        return b64encode(text).decode("ascii")
