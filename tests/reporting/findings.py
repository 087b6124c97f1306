"""Findings for tests of reports, made from a mesh.yaml as text or by hand."""

from typing import Any

from meshgen.catalogue import RULES
from meshgen.diagnostics import Diagnostic, RelatedPlace, Severity
from meshgen.inspection import inspect
from meshgen.location import Position, Span
from meshgen.reporting.report import Report

RULE_OF = {rule.code: rule for rule in RULES}


def span(line: int, start: int, end: int, last_line: int | None = None) -> Span:
    """A stretch of one line, or up to a later one."""
    return Span(Position(line, start), Position(last_line or line, end))


def finding(
    message: str = "a message",
    *,
    at: Span | None = None,
    related: tuple[tuple[Span, str], ...] = (),
    code: str = "MG203",
    **fields: Any,
) -> Diagnostic:
    """A finding with what matters to a test; `fields` are further ones of `Diagnostic`."""
    places = tuple(
        RelatedPlace(message=text, path="", span=place, file="mesh.yaml") for place, text in related
    )
    made = {"severity": Severity.ERROR, "help": None, "file": "mesh.yaml", "path": "", **fields}
    return Diagnostic(code=code, name=RULE_OF[code].name, message=message, span=at, related=places, **made)


def report(*found: Diagnostic, text: str = "", name: str = "mesh.yaml") -> Report:
    """A report over a text."""
    return Report(name=name, diagnostics=found, lines=text.split("\n"))


def report_of(text: str, name: str = "mesh.yaml") -> Report:
    """The report of a mesh.yaml."""
    inspection = inspect(text.encode(), name)
    lines = inspection.text.lines if inspection.text else []
    return Report(name=inspection.name, diagnostics=inspection.diagnostics, lines=lines)
