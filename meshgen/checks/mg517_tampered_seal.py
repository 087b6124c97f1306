"""MG517: a sealed value is not the one that the lock knows."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey
from ..trust.place import place

RULE = Rule(
    code="MG517",
    name="tampered-seal",
    severity=Severity.ERROR,
    ignorable=False,
    doc="""
A sealed value is not the one that the lock knows.

## Why it matters
Somebody changed or swapped the ciphertext in the store, or a merge took one file and not the other.
What is inside cannot be seen without an identity, so it is not built into anything.

## How to fix
Restore `meshgen.lock` and the file below `pki/sealed/` from Git, both of one commit.
If the new value is meant, delete the file and seal again: `meshgen build --identity FILE`.
""",
)


def tampered_seal(survey: Survey) -> Iterator[Problem]:
    """One problem for each Secret."""
    if survey.inventory is None:
        return
    index = {name: position for position, name in enumerate(survey.names)}
    for cluster, secret in survey.inventory.tampered:
        yield RULE.problem(
            place(index[cluster]),
            f"the sealed value of {secret} in {cluster} is not the one that meshgen.lock knows",
        )
