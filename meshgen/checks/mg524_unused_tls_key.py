"""MG524: a key under `tls` that the source does not use."""

from collections.abc import Iterator

from ..diagnostics import Problem, Related, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG524",
    name="unused-tls-key",
    severity=Severity.WARNING,
    doc="""
`tls.issuer` or `tls.caBundle` with a source that does not use it.

## Why it matters
Both belong to `source: in-cluster`, where an issuer in each cluster signs and the authorities are told to all.
With any other source they change nothing, and the mesh trusts whom it trusted before.

## How to fix
Write `source: in-cluster`, or leave the key out.
With `source: generate` the authority is the one of the store; `meshgen pki import` brings your own.
""",
)


def unused_tls_key(survey: Survey) -> Iterator[Problem]:
    """One problem for each such key."""
    tls = survey.mesh.tls
    if tls.source == "in-cluster":
        return
    for key, written in (
        ("issuer", "issuer" in tls.model_fields_set),
        ("caBundle", tls.ca_bundle is not None),
    ):
        if written:
            yield RULE.problem(
                ("tls", key),
                f"tls.{key} is for source in-cluster, and has no effect here",
                help="write source: in-cluster, or leave it out",
                related=(Related(("tls", "source"), "the source"),) if tls.source else (),
                on_key=True,
            )
