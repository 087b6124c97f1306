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
If the cluster left, or [has another name now](../guides/rename-a-cluster.md), delete the file or folder.
Up to Cilium 1.8 delete its user in the etcds of the others, too; with clustermesh-apiserver it goes by itself.
If its name is misspelt, correct it in mesh.yaml.
""",
)


def unknown_tls_entry(survey: Survey) -> Iterator[Problem]:
    """One problem for each file or folder."""
    for path in survey.inventory.strangers if survey.inventory else ():
        yield RULE.problem(
            ("tls",),
            f"{path} is of no cluster of the mesh",
            on_key=True,
            help="delete it if the cluster left or has another name now",
        )
