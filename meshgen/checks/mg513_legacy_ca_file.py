"""MG513: an etcd configuration uses `ca-file` and has no `trusted-ca-file`."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey
from ..trust.place import place

RULE = Rule(
    code="MG513",
    name="legacy-ca-file",
    severity=Severity.ERROR,
    doc="""
An etcd configuration uses `ca-file` and has no `trusted-ca-file`.

## Why it matters
etcd's client ignores `ca-file`; Cilium up to 1.16 reads it by a detour of its own, and later versions fall back to the system's authorities in silence, so the mesh breaks with an upgrade.

## How to fix
Write `trusted-ca-file` instead; the guide's extract script does so.
""",
)


def legacy_ca_file(survey: Survey) -> Iterator[Problem]:
    """One problem for each configuration."""
    for entry in survey.inventory.entries if survey.inventory else ():
        if entry.config.legacy:
            yield RULE.problem(
                place(entry.cluster), f"{entry.path} has ca-file", help="write trusted-ca-file"
            )
