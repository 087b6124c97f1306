"""MG512: there is TLS material for a cluster that the mesh does not have."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG512",
    name="unknown-tls-entry",
    severity=Severity.WARNING,
    doc="""
There is TLS material for a cluster that the mesh does not have.

## Why it matters
It is not built into anything, but it may be the key of a cluster that left, or of one whose name is misspelt in mesh.yaml.

## How to fix
If the cluster left, delete the file or folder; up to Cilium 1.8 also its user in the etcds of the others, which goes by itself with clustermesh-apiserver.
If its name is misspelt, correct it in mesh.yaml.
""",
)


def unknown_tls_entry(survey: Survey) -> Iterator[Problem]:
    """One problem for each file or folder."""
    for path in survey.inventory.strangers if survey.inventory else ():
        yield RULE.problem(("tls",), f"{path} is of no cluster of the mesh", on_key=True)
