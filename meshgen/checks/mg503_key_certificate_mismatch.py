"""MG503: a private key does not belong to its certificate."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey
from ..trust.inventory import certificates
from ..trust.place import place, renewal

RULE = Rule(
    code="MG503",
    name="key-certificate-mismatch",
    severity=Severity.ERROR,
    doc="""
A private key does not belong to its certificate.

## Why it matters
The TLS handshake fails with `tls: internal error` on whichever side holds the pair, and no log names the reason.
Sealed keys, and what was sealed of them for the Secrets, are compared only where an identity opens them: a build without one cannot see it.

## How to fix
Restore the file from Git, or make a fresh pair: `meshgen pki rotate NAME`.
With `tls.source: files`, extract both files of the cluster again.
If a sealed value is meant, restore it and `meshgen.lock`, or delete it and seal again: `meshgen build --identity FILE`.
""",
)


def key_certificate_mismatch(survey: Survey) -> Iterator[Problem]:
    """One problem for each pair."""
    for held in certificates(survey.inventory):
        if held.key_matches is False:
            yield RULE.problem(
                place(held.cluster),
                f"the key {held.key_path} does not belong to {held.path}",
                help=renewal(survey.mesh, held.cluster),
            )
    for misfit in survey.inventory.misfits if survey.inventory else ():
        cluster, secret, key = misfit.place
        yield RULE.problem(
            place(misfit.cluster),
            f"what is sealed as {key} of {secret} in {cluster} is not the key of {misfit.path}",
            help="restore meshgen.lock and the sealed value from Git",
        )
