"""
GitHub workflow commands: findings as annotations of a pull request.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from ..diagnostics import Diagnostic
from .report import Report

PER_STEP = 10
"""GitHub shows so many annotations of each level for a step, and drops the rest in silence."""

_LEVELS = {"error": "error", "warning": "warning", "info": "notice"}


def render(report: Report) -> str:
    """The report as annotations; what GitHub would drop is counted in plain text."""
    lines, cut = [], 0
    shown = dict.fromkeys(_LEVELS.values(), 0)
    for found in report.diagnostics:
        level = _LEVELS[found.severity]
        shown[level] += 1
        if shown[level] > PER_STEP:
            cut += 1
        else:
            lines.append(_command(level, found))
    if cut:
        lines.append(f"{cut} more findings are not shown: GitHub takes {PER_STEP} of each level a step")
    return "\n".join([*lines, report.summary()]) + "\n"


def _command(level: str, found: Diagnostic) -> str:
    properties = {"file": found.file}
    if found.span:
        start, end = found.span
        properties |= {"line": str(start.line), "endLine": str(end.line)}
        if start.line == end.line:
            properties |= {"col": str(start.column), "endColumn": str(end.column)}
    properties["title"] = f"{found.code} {found.name}"
    listed = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    text = f"{found.message}\n{found.help}" if found.help else found.message
    return f"::{level} {listed}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
