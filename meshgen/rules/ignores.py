"""MG9xx: findings about findings."""

from ..diagnostics import Rule, Severity

IGNORED_FINDING_EXPIRED = Rule(
    code="MG901",
    name="ignored-finding-expired",
    severity=Severity.WARNING,
    doc="""
An `ignore` entry is past its date, or hides nothing.

## Why it matters
An accepted finding is a debt with a reason; once the reason or the finding is gone, the entry only waits to hide the next one.
An entry past its date still hides its findings, so that `build`, which knows no date, and `check` agree.

## How to fix
Remove the entry, or renew its `until` together with its `reason`.
""",
)

RULES = (IGNORED_FINDING_EXPIRED,)
