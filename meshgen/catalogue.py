"""Every code there is."""

from .checks import CHECKS
from .diagnostics import Rule
from .rules import ignores, output, shape, text, trust

RULES: tuple[Rule, ...] = tuple(
    sorted(
        (
            *text.RULES,
            *shape.RULES,
            *(check.rule for check in CHECKS),
            *trust.RULES,
            *output.RULES,
            *ignores.RULES,
        ),
        key=lambda rule: rule.code,
    )
)
