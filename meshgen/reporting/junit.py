"""JUnit XML: a test case for each code that was looked at, failed where it was found."""

from collections import defaultdict
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from ..catalogue import RULES
from ..diagnostics import Diagnostic, Severity
from .report import Report


def render(report: Report) -> str:
    """The report as one test suite; only errors fail a case, other findings are its output."""
    by_code: dict[str, list[Diagnostic]] = defaultdict(list)
    for found in report.diagnostics:
        by_code[found.code].append(found)
    failed = sum(any(_is_error(found) for found in all_of) for all_of in by_code.values())
    suite = Element(
        "testsuite",
        name="meshgen",
        tests=str(len(RULES)),
        failures=str(failed),
        errors="0",
        skipped="0",
    )
    for rule in RULES:
        case = SubElement(suite, "testcase", classname=report.name, name=f"{rule.code} {rule.name}")
        errors = [found for found in by_code[rule.code] if _is_error(found)]
        others = [found for found in by_code[rule.code] if not _is_error(found)]
        if errors:
            failure = SubElement(case, "failure", message=errors[0].message, type=rule.code)
            failure.text = _lines(errors)
        if others:
            SubElement(case, "system-out").text = _lines(others)
    suites = Element("testsuites", name="meshgen", tests=str(len(RULES)), failures=str(failed))
    suites.append(suite)
    indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(suites, encoding="unicode") + "\n"


def _is_error(found: Diagnostic) -> bool:
    return found.severity is Severity.ERROR


def _lines(all_of: list[Diagnostic]) -> str:
    lines = []
    for found in all_of:
        place = f":{found.span.start.line}:{found.span.start.column}" if found.span else ""
        way_out = f" ({found.help})" if found.help else ""
        lines.append(f"{found.file}{place}: {found.message}{way_out}")
    return "\n".join(lines)
