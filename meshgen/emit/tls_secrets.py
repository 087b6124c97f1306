"""Secrets with TLS material: sealed for Git, or in clear for nobody else's eyes."""

from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from typing import Any

from ..kube.go_template import literal
from ..kube.labels import CHART_GUARDS, CONTENT, PRUNE_GUARDS
from ..kube.manifest import Manifest, manifest
from ..kube.order import in_order
from ..plan.digests import content_digest
from ..plan.types import ClusterPlan, MeshPlan, TlsObject
from . import paths
from .document import Document

_SOURCE = "/tls"


def sealed_tls_secrets(mesh: MeshPlan) -> Iterator[Document]:
    """What the output tree holds: one object for each Secret, in the form of the mesh's backend."""
    for cluster in mesh.clusters:
        for secret in cluster.tls:
            path = paths.tls_secret(mesh.backend, secret.name)
            if path is not None:
                yield Document(
                    paths=(f"{cluster.name}/{path}",),
                    source=_SOURCE,
                    content=_FORMS[mesh.backend](mesh, cluster, secret),
                )


def clear_tls_secrets(mesh: MeshPlan) -> Iterator[Document]:
    """
    Backend `plaintext`: whole Secrets, never part of the output tree.

    An agent skips the entry of its own cluster, as it does with the guide's Secret.
    """
    if mesh.backend == "plaintext":
        for cluster in mesh.clusters:
            for secret in cluster.tls:
                yield Document(
                    paths=(f"{cluster.name}/{paths.clear_secret(secret.name)}",),
                    source=_SOURCE,
                    content=_secret(cluster, secret, dict(secret.private)),
                )


def _secret(cluster: ClusterPlan, secret: TlsObject, private: dict[str, bytes]) -> Manifest:
    values = {key: _base64(value) for key, value in (dict(secret.clear) | private).items()}
    return _manifest(cluster, secret, {key: values[key] for key in in_order(values)})


def _manifest(cluster: ClusterPlan, secret: TlsObject, data: dict[str, str]) -> Manifest:
    return manifest(
        "v1",
        "Secret",
        secret.name,
        namespace=cluster.namespace,
        annotations=_guards(cluster),
        type=secret.type,
        data=data,
    )


def _sops(_mesh: MeshPlan, cluster: ClusterPlan, secret: TlsObject) -> Manifest:
    assert secret.sealed is not None, "nothing is emitted before everything is sealed"
    values = {key: _base64(value) for key, value in secret.clear} | dict(secret.sealed.values)
    # NOTE: the MAC is over the sealed values in the order in which they were sealed.
    private = iter(secret.sealed.values)
    keys = [next(private) if key in secret.sealed.values else key for key in in_order(values)]
    document = _manifest(cluster, secret, {key: values[key] for key in keys})
    return {**document, "sops": dict(secret.sealed.envelope)}


def _sealed_secret(_mesh: MeshPlan, cluster: ClusterPlan, secret: TlsObject) -> Manifest:
    # Source: bitnami-labs/sealed-secrets, pkg/apis/sealedsecrets/v1alpha1; strict scope has no annotation.
    assert secret.sealed is not None, "nothing is emitted before everything is sealed"
    template: dict[str, Any] = {
        "metadata": {"annotations": _annotations(cluster, secret)},
        "type": secret.type,
        "data": {key: literal(value) for key, value in secret.clear},
    }
    return manifest(
        "bitnami.com/v1alpha1",
        "SealedSecret",
        secret.name,
        namespace=cluster.namespace,
        annotations=_guards(cluster),
        spec={"encryptedData": dict(secret.sealed.values), "template": template},
    )


def _external_secret(mesh: MeshPlan, cluster: ClusterPlan, secret: TlsObject) -> Manifest:
    # Source: external-secrets, apis/externalsecrets/v1; Merge, since Replace drops what was fetched.
    assert mesh.external is not None, "the model asks for a store with this backend"
    path = mesh.external.path.replace("{cluster}", cluster.name)
    return manifest(
        "external-secrets.io/v1",
        "ExternalSecret",
        secret.name,
        namespace=cluster.namespace,
        annotations=_guards(cluster),
        spec={
            "refreshInterval": "1h0m0s",
            "secretStoreRef": {"kind": mesh.external.kind, "name": mesh.external.name},
            "target": {
                "name": secret.name,
                "creationPolicy": "Owner",
                # A path that vanished from the store must not cut the mesh.
                "deletionPolicy": "Retain",
                "template": {
                    "engineVersion": "v2",
                    "mergePolicy": "Merge",
                    "metadata": {"annotations": _annotations(cluster, secret)},
                    "type": secret.type,
                    "data": {key: literal(value) for key, value in secret.clear},
                },
            },
            "data": [
                {"secretKey": key, "remoteRef": {"key": path, "property": f"{secret.name}.{key}"}}
                for key in secret.private_keys
            ],
        },
    )


_FORMS = {"sops": _sops, "sealed-secrets": _sealed_secret, "external-secrets": _external_secret}


@cache
def _base64(value: bytes) -> str:
    return b64encode(value).decode("ascii")


def _guards(cluster: ClusterPlan) -> dict[str, str]:
    return CHART_GUARDS if cluster.has_apiserver else PRUNE_GUARDS


def _annotations(cluster: ClusterPlan, secret: TlsObject) -> dict[str, str]:
    """What the Secret itself carries where a controller makes it."""
    return dict(sorted({**_guards(cluster), CONTENT: content_digest(secret)}.items()))
