"""MG424: a rule past its date."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG424",
    name="expired-rule",
    severity=Severity.WARNING,
    doc="""
A rule is past the date until which it was wanted.

## Why it matters
An exception with a date was granted for a time, and nobody asks for it back.
The rule goes on working, so that a date never cuts a connection by itself.

## How to fix
Remove the rule, or renew `expires` together with `why`.
The date is looked at by `check`, and elsewhere with `--as-of`.
""",
)


def expired_rule(survey: Survey) -> Iterator[Problem]:
    """One problem for each rule past its date."""
    policy, today = survey.mesh.policy, survey.today
    if policy is None or today is None:
        return
    for index, rule in enumerate(policy.rules):
        if rule.expires and rule.expires < today:
            owner = f"; it belongs to {rule.owner}" if rule.owner else ""
            yield RULE.problem(
                ("policy", "rules", index, "expires"),
                f"the rule {rule.name} was wanted until {rule.expires}{owner}",
                help="remove the rule, or renew the date and its reason",
            )
