"""Certificates that are made in the clusters themselves: whom they are for, and who signs."""

from ..chart.values import brings_certificates
from ..cilium.version import parse_version
from ..model import Cluster, Mesh
from ..trust.naming import addresses, common_name, names, tls_secrets
from .types import Certificate, Issuer


def certificates_of(mesh: Mesh, cluster: Cluster) -> tuple[Certificate, ...]:
    """The certificates of a cluster, for source `in-cluster`; none where the chart asks for them itself."""
    if mesh.tls.source != "in-cluster" or not brings_certificates(parse_version(cluster.cilium.version)):
        return ()
    return tuple(
        Certificate(
            name=secret.name,
            common_name=common_name(cluster, secret.role),
            dns_names=names(mesh, cluster, secret.role),
            addresses=addresses(cluster, secret.role),
        )
        for secret in tls_secrets(cluster)
    )


def issuer_of(mesh: Mesh) -> Issuer | None:
    """Who signs them."""
    if mesh.tls.source != "in-cluster":
        return None
    issuer = mesh.tls.issuer
    days = int(mesh.tls.validity.leaf.removesuffix("d"))
    return Issuer(group=issuer.group, kind=issuer.kind, name=issuer.name, days=days)
