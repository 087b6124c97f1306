"""MG521: certificates that are made in the clusters, and nothing that says whom these trust."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG521",
    name="unpinned-authority",
    severity=Severity.WARNING,
    doc="""
Certificates are made in the clusters, and mesh.yaml does not say which authority signs them.

## Why it matters
Each cluster then trusts the authority that its own issuer left beside the certificate.
Two clusters with issuers of their own refuse each other, and that is seen only at the first connection.
cert-manager replaces that copy when it renews a certificate, so a new authority is trusted in one cluster before the others have heard of it.

## How to fix
Write the certificates of all authorities that sign into one file of PEM, and name it under `tls.caBundle`: every cluster gets the same ConfigMap.
To replace an authority, add the new one to the file first, and drop the old one once every certificate is renewed.
Hubble's relay reads that ConfigMap, too, so what signs Hubble's certificates belongs into it ([MG522](MG522.md)).
""",
)


def unpinned_authority(survey: Survey) -> Iterator[Problem]:
    """At most one problem."""
    tls = survey.mesh.tls
    if tls.source == "in-cluster" and tls.ca_bundle is None:
        yield RULE.problem(
            ("tls", "source"),
            "nothing says which authority signs the certificates that are made in the clusters",
            help="name a file of their certificates under tls.caBundle",
        )
