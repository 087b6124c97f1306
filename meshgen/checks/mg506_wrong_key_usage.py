"""MG506: a certificate may not be used for what it is there for."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey
from ..trust.inventory import certificates
from ..trust.naming import USAGES
from ..trust.place import place, renewal

RULE = Rule(
    code="MG506",
    name="wrong-key-usage",
    severity=Severity.ERROR,
    doc="""
A certificate may not be used for what it is there for.

## Why it matters
etcd refuses a client whose certificate is for servers only, and agents refuse a server whose certificate is for clients only: `certificate specifies an incompatible key usage`.
A server of etcd needs both usages, since its own gateway is a client of it.

## How to fix
Issue the certificate anew: `meshgen pki rotate NAME`.
With `tls.source: files`, extract a certificate that is for clients, from the Secret of the cluster that is for clients: `cilium-etcd-secrets`, from Cilium 1.10 on `clustermesh-apiserver-remote-cert`.
""",
)


def wrong_key_usage(survey: Survey) -> Iterator[Problem]:
    """One problem for each certificate."""
    for held in certificates(survey.inventory):
        lacking = sorted(usage for usage in USAGES[held.role] if not held.facts.allows(usage))
        if lacking:
            yield RULE.problem(
                place(held.cluster),
                f"{held.path} may not be used as {' and '.join(lacking)} certificate",
                help=renewal(survey.mesh, held.cluster),
            )
