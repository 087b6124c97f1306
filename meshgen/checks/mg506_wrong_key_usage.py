"""MG506: a certificate may not be used for what it is there for."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey
from ..trust.inventory import certificates
from ..trust.naming import USAGES
from ..trust.place import place, place_of, renewal

RULE = Rule(
    code="MG506",
    name="wrong-key-usage",
    severity=Severity.ERROR,
    doc="""
A certificate may not be used for what it is there for.

## Why it matters
etcd refuses a client whose certificate is for servers only, and agents refuse a server whose certificate is for clients only: `certificate specifies an incompatible key usage`.
A server of etcd needs both usages, since its own gateway is a client of it.
A certificate under `tls.caBundle` that may not sign (`CA:FALSE`) makes nothing trusted that an authority signs.

## How to fix
Issue the certificate anew: `meshgen pki rotate NAME`.
With `tls.source: files`, extract a certificate that is for clients, from the Secret of the cluster that is for clients: `cilium-etcd-secrets`, from Cilium 1.10 on `clustermesh-apiserver-remote-cert`.
Into the file of `tls.caBundle` write the certificate of what signs, and not one that it signed.
""",
)


def wrong_key_usage(survey: Survey) -> Iterator[Problem]:
    """One problem for each certificate."""
    yield from _not_authorities(survey)
    for held in certificates(survey.inventory):
        lacking = sorted(usage for usage in USAGES[held.role] if not held.facts.allows(usage))
        if lacking:
            yield RULE.problem(
                place(held.cluster),
                f"{held.path} may not be used as {' and '.join(lacking)} certificate",
                help=renewal(survey.mesh, held.cluster),
            )


def _not_authorities(survey: Survey) -> Iterator[Problem]:
    """Source: Go's crypto/x509, Certificate.CheckSignatureFrom."""
    if survey.mesh.tls.source != "in-cluster" or survey.inventory is None:
        return
    for number, one in enumerate(survey.inventory.authorities, 1):
        if not one.facts.is_authority:
            yield RULE.problem(
                place_of(survey.mesh, None),
                f"certificate {number} of {one.path} is no authority: it may not sign others",
                help="write the certificate of the authority that signs in its place",
            )
