"""MG507: a certificate is expired, or not valid yet."""

from collections.abc import Iterator
from datetime import date

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey
from ..trust.facts import CertificateFacts
from ..trust.inventory import Held
from ..trust.place import place_of, renewal

RULE = Rule(
    code="MG507",
    name="certificate-not-valid",
    severity=Severity.ERROR,
    doc="""
A certificate is expired, or not valid yet.

## Why it matters
Connections that stand go on, so nothing is noticed until the next reconnect, which then fails for good.
The date is that of `--as-of`, or today in `meshgen check`; `build` knows no date unless it is told.

## How to fix
Renew the certificates of a cluster with `meshgen pki rotate NAME`, and replace an authority with the three steps of `meshgen pki rotate --ca`.
With an authority that has expired, connections are failing already: take the three steps at once.
With `tls.source: files`, renew the certificate where it was made, and extract it again.
""",
)


def certificate_not_valid(survey: Survey) -> Iterator[Problem]:
    """One problem for each certificate, authorities and intermediates among them."""
    if survey.inventory is None or survey.today is None:
        return
    for one in survey.inventory.certificates:
        between = one.between if isinstance(one, Held) else ()
        shown = [
            (one.path, one.facts),
            *((f"an intermediate certificate in {one.path}", two) for two in between),
        ]
        for what, facts in shown:
            if when := _fault(facts, survey.today):
                yield RULE.problem(
                    place_of(survey.mesh, one.cluster),
                    f"{what} {when}",
                    help=renewal(survey.mesh, one.cluster),
                )


def _fault(facts: CertificateFacts, today: date) -> str | None:
    begins, ends = facts.not_before.date(), facts.not_after.date()
    if begins <= today <= ends:
        return None
    return f"is valid only from {begins}" if today < begins else f"expired on {ends}"
