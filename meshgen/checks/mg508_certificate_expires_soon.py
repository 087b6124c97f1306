"""MG508: a certificate expires within 30 days, or an authority within 90."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey
from ..trust.place import place, renewal

RULE = Rule(
    code="MG508",
    name="certificate-expires-soon",
    severity=Severity.WARNING,
    doc="""
A certificate expires within 30 days, or an authority within 90.

## Why it matters
A cluster's certificates are renewed in one step; an authority takes three, with restarts of clustermesh-apiserver (or etcd) and of every agent between them.

## How to fix
`meshgen pki rotate NAME` for a cluster, `meshgen pki rotate --ca trust` to begin with an authority.
With `tls.source: files`, renew the certificate where it was made, and extract it again.
""",
)


_AUTHORITY_DAYS = 90
_LEAF_DAYS = 30


def certificate_expires_soon(survey: Survey) -> Iterator[Problem]:
    """One problem for each certificate that is still valid."""
    if survey.inventory is None or survey.today is None:
        return
    for one in survey.inventory.certificates:
        ends = one.facts.not_after.date()
        left = (ends - survey.today).days
        if 0 <= left <= (_AUTHORITY_DAYS if one.facts.is_authority else _LEAF_DAYS):
            yield RULE.problem(
                place(one.cluster),
                f"{one.path} expires on {ends}, in {left} day{'s' * (left != 1)}",
                help=renewal(survey.mesh, one.cluster),
            )
