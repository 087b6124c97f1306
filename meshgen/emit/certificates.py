"""What asks cert-manager for the certificates of a cluster; the keys never leave it."""

from collections.abc import Iterator
from typing import Any

from ..kube.labels import CHART_GUARDS
from ..kube.manifest import manifest
from ..plan.types import Certificate, Issuer, MeshPlan
from . import paths
from .document import Document


def certificates(mesh: MeshPlan) -> Iterator[Document]:
    """One Certificate for each Secret with a key, where these are made in the cluster."""
    if mesh.issuer is None:
        return
    for cluster in mesh.clusters:
        for certificate in cluster.certificates:
            yield Document(
                paths=(f"{cluster.name}/{paths.certificate(certificate.name)}",),
                source="/tls",
                content=manifest(
                    "cert-manager.io/v1",
                    "Certificate",
                    certificate.name,
                    namespace=cluster.namespace,
                    annotations=CHART_GUARDS,
                    spec=_spec(certificate, mesh.issuer),
                ),
            )


def _spec(certificate: Certificate, issuer: Issuer) -> dict[str, Any]:
    names: dict[str, Any] = {
        "dnsNames": list(certificate.dns_names),
        "ipAddresses": list(certificate.addresses),
    }
    return {
        "secretName": certificate.name,
        "secretTemplate": {"annotations": dict(CHART_GUARDS)},
        "commonName": certificate.common_name,
        **{key: value for key, value in names.items() if value},
        "duration": f"{issuer.days * 24}h",
        # NOTE: what cert-manager asks for by default has differed between its versions, and etcd refuses
        # a client whose certificate is for servers only.
        "usages": ["digital signature", "key encipherment", "server auth", "client auth"],
        "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"},
        "issuerRef": {"group": issuer.group, "kind": issuer.kind, "name": issuer.name},
    }
