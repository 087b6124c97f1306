"""MG514: a private key lies in the store in clear text."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG514",
    name="unsealed-key-in-store",
    severity=Severity.ERROR,
    ignorable=False,
    doc="""
A private key lies in the store in clear text.

## Why it matters
The store is committed to Git, where a key stays for good.

## How to fix
Take the file out of the store; `meshgen pki import` takes keys in and seals them.
If it was ever committed, the key is known to whoever has read the repository, and taking it out of Git's history does not change that: renew its certificate with `meshgen pki rotate NAME`, or replace the authority with `meshgen pki rotate --ca`.
""",
)


def unsealed_key_in_store(survey: Survey) -> Iterator[Problem]:
    """One problem for each file."""
    for path in survey.inventory.unsealed if survey.inventory else ():
        yield RULE.problem(("tls",), f"{path} holds a private key in clear text", on_key=True)
