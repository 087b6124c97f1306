"""One line a finding: `mesh.yaml:31:18: error[MG203] message`."""

from .report import Report


def render(report: Report) -> str:
    """The report in lines that editors and grep understand."""
    lines = []
    for found in report.diagnostics:
        place = f":{found.span.start.line}:{found.span.start.column}" if found.span else ""
        way_out = f" ({found.help})" if found.help else ""
        lines.append(f"{found.file}{place}: {found.severity}[{found.code}] {found.message}{way_out}\n")
    return "".join(lines) + report.summary() + "\n"
