"""Changes of what all clusters have in common."""

from collections.abc import Iterator
from typing import Any

from ..chart.values import delivery_of
from .beside import Meshes
from .changes import Impact, MeshChange, Restarts


def whole_mesh_changes(meshes: Meshes) -> Iterator[MeshChange]:
    """The domain, the numbering of identities, where certificates come from and whom clusters trust."""
    base, head = meshes
    if base.domain != head.domain:
        named = meshes.readdressed()
        yield MeshChange(
            "mesh", "domain", base.domain, head.domain, named.impact,
            "every cluster dials the others by new names, and their certificates must cover them",
            ("domain",), named,
        )  # fmt: skip
    most = base.cilium.max_connected_clusters, head.cilium.max_connected_clusters
    if most[0] != most[1]:
        yield MeshChange(
            "mesh", "maxConnectedClusters", str(most[0]), str(most[1]), Impact.UNSUPPORTED,
            "identities are numbered otherwise: every cluster is installed anew",
            ("cilium", "maxConnectedClusters"), Restarts(meshes.others()), "identity",
        )  # fmt: skip
    yield from _of_trust(meshes)


def _of_trust(meshes: Meshes) -> Iterator[MeshChange]:
    """Where certificates come from, and whom the clusters trust."""
    before, after = meshes.base.tls, meshes.head.tls
    if before.source != after.source:
        yield MeshChange(
            "mesh", "tls.source", before.source or "none", after.source or "none", Impact.RECONNECT,
            "certificates and their users are others: clusters with old and with new ones refuse each other "
            "unless both trust both authorities; let all trust both first, or change all at once",
            ("tls", "source"), meshes.files(),
        )  # fmt: skip
    in_cluster = [each.source == "in-cluster" for each in (before, after)]
    if all(in_cluster) and before.issuer != after.issuer:
        yield MeshChange(
            "mesh", "tls.issuer", _issuer(before.issuer), _issuer(after.issuer), Impact.RECONNECT,
            "certificates are signed anew: where the issuer has another authority, every cluster must trust "
            "both authorities first",
            ("tls", "issuer"),
        )  # fmt: skip
    if any(in_cluster) and before.ca_bundle != after.ca_bundle:
        # NOTE: the chart's pods have an annotation with the authorities; manifests have it on one Deployment.
        restarting = (each.name for each in meshes.head.clusters if delivery_of(each) == "helm")
        yield MeshChange(
            "mesh", "tls.caBundle", before.ca_bundle or "none", after.ca_bundle or "none", Impact.RECONNECT,
            "every cluster trusts what is in the new file: if the authority that signed a certificate in use "
            "is not in it, that cluster is refused",
            ("tls", "caBundle"), Restarts(tuple(sorted({*restarting} & {*meshes.others()}))),
        )  # fmt: skip


def _issuer(issuer: Any) -> str:
    return f"{issuer.kind} {issuer.name} of {issuer.group}"
