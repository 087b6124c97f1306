"""MG503: a private key does not belong to its certificate."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey
from ..trust.place import place, renewal

RULE = Rule(
    code="MG503",
    name="key-certificate-mismatch",
    severity=Severity.ERROR,
    doc="""
A private key does not belong to its certificate.

## Why it matters
The TLS handshake fails with `tls: internal error` on whichever side holds the pair, and no log names the reason.
With the key of an authority nothing can be issued.
Sealed keys, and what was sealed of them for the Secrets, are compared only where an identity opens them: a build without one cannot see it.

## How to fix
Restore the file from Git, or make a fresh pair: `meshgen pki rotate NAME`, and for an authority `meshgen pki rotate --ca trust`.
A file of age that holds nothing, or anything but a private key, is such a key as well.
With `tls.source: files`, extract both files of the cluster again.
If a sealed value is meant, restore it and `meshgen.lock`, or delete it and seal again: `meshgen build --identity FILE`.
""",
)


def key_certificate_mismatch(survey: Survey) -> Iterator[Problem]:
    """One problem for each pair."""
    if survey.inventory is None:
        return
    for one in survey.inventory.certificates:
        if one.key_matches is False:
            again = renewal(survey.mesh, one.cluster)
            yield RULE.problem(
                place(one.cluster),
                f"the key {one.key_path} does not belong to {one.path}",
                help=f"restore it from Git, or {again}" if one.key_path.endswith(".age") else again,
            )
    for misfit in survey.inventory.misfits:
        cluster, secret, key = misfit.place
        yield RULE.problem(
            place(misfit.cluster),
            f"what is sealed as {key} of {secret} in {cluster} is not the key of {misfit.path}",
            help="restore meshgen.lock and the sealed value from Git",
        )
