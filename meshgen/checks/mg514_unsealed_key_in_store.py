"""MG514: a private key lies in the store in clear text."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey
from ..trust.place import place_of

RULE = Rule(
    code="MG514",
    name="unsealed-key-in-store",
    severity=Severity.ERROR,
    ignorable=False,
    doc="""
A private key lies in clear text in the store, or in the file of `tls.caBundle`.

## Why it matters
Both are committed to Git, where a key stays for good.

## How to fix
Take the key out of the file of authorities, which needs certificates alone.
Take the file out of the store; `meshgen pki import` takes keys in and seals them.
If it was ever committed, the key is known to whoever has read the repository, and taking it out of Git's history does not change that: renew its certificate with `meshgen pki rotate NAME`, or replace the authority with `meshgen pki rotate --ca`.
""",
)


def unsealed_key_in_store(survey: Survey) -> Iterator[Problem]:
    """One problem for each file."""
    bundled = survey.mesh.tls.source == "in-cluster"
    at, way_out = place_of(survey.mesh, None), "leave nothing but certificates in it, and replace the key"
    for path in survey.inventory.unsealed if survey.inventory else ():
        yield RULE.problem(
            at,
            f"{path} holds a private key in clear text",
            help=way_out if bundled else None,
            on_key=not bundled,
        )
