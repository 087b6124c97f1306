"""MG504: a certificate does not lead to an authority that the other side trusts."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey
from ..trust.inventory import certificates
from ..trust.place import place, renewal

RULE = Rule(
    code="MG504",
    name="untrusted-certificate",
    severity=Severity.ERROR,
    doc="""
A certificate does not lead to an authority that the other side trusts.

## Why it matters
The other side refuses it: `x509: certificate signed by unknown authority` for a server, a bare `bad certificate` for a client, whose reason only etcd's own log tells.
Intermediate certificates count when they stand in the same file, behind the certificate.
Whoever stands above it must leave room for its usage and its names, and have no critical extension that Go does not know; neither may the certificate itself.

## How to fix
Issue the certificate anew: `meshgen pki rotate NAME`.
With `tls.source: files`, extract the three files of the cluster again, together: its etcd may have made a new authority since.
While an authority is replaced, follow the phases of `meshgen pki rotate --ca`.
""",
)


def untrusted_certificate(survey: Survey) -> Iterator[Problem]:
    """One problem for each certificate."""
    for held in certificates(survey.inventory):
        if held.facts.issuer is None:
            yield RULE.problem(
                place(held.cluster),
                f"{held.path} was not signed by a trusted authority",
                help=renewal(survey.mesh, held.cluster),
            )
