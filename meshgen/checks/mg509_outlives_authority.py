"""MG509: a certificate is valid for longer than the authority that signed it."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey
from ..trust.place import place, renewal

RULE = Rule(
    code="MG509",
    name="outlives-authority",
    severity=Severity.WARNING,
    doc="""
A certificate is valid for longer than the authority that signed it.

## Why it matters
It ends with the authority all the same, so the date on it misleads whoever plans the renewal.

## How to fix
Issue it anew with `meshgen pki rotate NAME`, which never makes such a certificate.
""",
)


def outlives_authority(survey: Survey) -> Iterator[Problem]:
    """One problem for each certificate."""
    if survey.inventory is None:
        return
    ends = {one.facts.fingerprint: one.facts.not_after for one in survey.inventory.authorities}
    for held in survey.inventory.held:
        last = ends.get(held.facts.issuer or "")
        if last is not None and held.facts.not_after > last:
            yield RULE.problem(
                place(held.cluster),
                f"{held.path} is valid until {held.facts.not_after:%Y-%m-%d}, its authority until {last:%Y-%m-%d}",
                help=renewal(survey.mesh, held.cluster),
            )
