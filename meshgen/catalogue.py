"""Every check and every code there is."""

from .checking import Check
from .checks import CHECKS
from .checks.policies import ENFORCEMENT_CHECKS, VOCABULARY_CHECKS
from .checks.services import SERVICE_CHECKS
from .checks.tls import TLS_CHECKS
from .checks.values import VALUE_CHECKS
from .diagnostics import Rule
from .rules import ignores, output, shape, text, trust

ALL_CHECKS: tuple[Check, ...] = (
    *CHECKS,
    *SERVICE_CHECKS,
    *VOCABULARY_CHECKS,
    *ENFORCEMENT_CHECKS,
    *TLS_CHECKS,
    *VALUE_CHECKS,
)

RULES: tuple[Rule, ...] = tuple(
    sorted(
        (
            *text.RULES,
            *shape.RULES,
            *(check.rule for check in ALL_CHECKS),
            *trust.RULES,
            *output.RULES,
            *ignores.RULES,
        ),
        key=lambda rule: rule.code,
    )
)
