"""`meshgen.findings/v1`: one versioned JSON object."""

import json
from typing import Any

from ..diagnostics import Diagnostic
from ..location import Position, Span
from .report import Report

SCHEMA = "meshgen.findings/v1"


def render(report: Report) -> str:
    """The report as JSON; lines and columns count from 1, and are null where there is no place."""
    document = {
        "schema": SCHEMA,
        "findings": [_finding(found) for found in report.diagnostics],
        "summary": {str(severity): count for severity, count in report.counts().items()},
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _finding(found: Diagnostic) -> dict[str, Any]:
    return {
        "code": found.code,
        "name": found.name,
        "severity": str(found.severity),
        "message": found.message,
        "help": found.help,
        "file": found.file,
        "path": found.path,
        **_span(found.span),
        "related": [
            {"message": place.message, "file": place.file, "path": place.path, **_span(place.span)}
            for place in found.related
        ],
    }


def _span(span: Span | None) -> dict[str, Any]:
    return {"start": _position(span and span.start), "end": _position(span and span.end)}


def _position(position: Position | None) -> dict[str, int] | None:
    return None if position is None else {"line": position.line, "column": position.column}
