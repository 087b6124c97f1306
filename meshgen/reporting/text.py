"""Findings for people: message, source frame with both places, the way out."""

from collections.abc import Callable, Iterator
from unicodedata import east_asian_width

from ..diagnostics import Diagnostic
from ..location import Span
from ..redaction import holds_private_key
from .report import Report

Paint = Callable[[str, str], str]

_WIDTH = 100
_HIDDEN = "[not shown: a private key]"
_COLOURS = {"error": "31;1", "warning": "33;1", "info": "36;1", "quiet": "34;1", "bold": "1"}


def render(report: Report, *, colour: bool = False) -> str:
    """The report with a frame for each finding; the last line counts."""
    paint = _painted if colour else _plain
    blocks = ["\n".join(_block(found, report.lines, paint)) + "\n\n" for found in report.diagnostics]
    return "".join(blocks) + report.summary() + "\n"


def _plain(text: str, _style: str) -> str:
    return text


def _painted(text: str, style: str) -> str:
    return f"\x1b[{_COLOURS[style]}m{text}\x1b[0m"


class _Mark:
    """A place to be shown under its line; `primary` is where the problem is."""

    def __init__(self, span: Span, label: str, style: str) -> None:
        self.line = span.start.line
        self.start = span.start.column
        self.end = span.end.column if span.end.line == span.start.line else None
        self.label = label
        self.style = style


def _block(found: Diagnostic, lines: list[str], paint: Paint) -> Iterator[str]:
    yield f"{paint(f'{found.severity}[{found.code}]', found.severity)}: {paint(found.message, 'bold')}"
    place = f":{found.span.start.line}:{found.span.start.column}" if found.span else ""
    marks = _marks(found, lines)
    gutter = len(str(max((mark.line for mark in marks), default=0))) + 1
    yield f"{' ' * gutter}{paint('-->', 'quiet')} {found.file}{place}"
    bar = paint(f"{' ' * gutter}|", "quiet")
    if marks:
        yield bar
        yield from _frame(marks, lines, gutter, paint)
        yield bar
    equals = paint(f"{' ' * gutter}=", "quiet")
    if found.help:
        yield f"{equals} help: {found.help}"
    yield f"{equals} see: meshgen explain {found.code}"


def _marks(found: Diagnostic, lines: list[str]) -> list[_Mark]:
    if found.span is None or not lines:
        return []
    marks = [_Mark(place.span, place.message, "quiet") for place in found.related]
    marks.append(_Mark(found.span, found.label, found.severity))
    return sorted(marks, key=lambda mark: (mark.line, mark.start))


def _frame(marks: list[_Mark], lines: list[str], gutter: int, paint: Paint) -> Iterator[str]:
    before = None
    for mark in marks:
        if before is not None and mark.line > before + 1:
            yield "..."
        line = lines[mark.line - 1]
        hidden = holds_private_key(line)
        text, offset = (_HIDDEN, 0) if hidden else _window(line, mark.start)
        if mark.line != before:
            yield f"{paint(f'{mark.line:<{gutter}}|', 'quiet')} {_visible(text)}".rstrip()
        before = mark.line
        sign = "-" if mark.style == "quiet" else "^"
        end = len(line) + 1 if mark.end is None else mark.end
        start = 0 if hidden else mark.start - 1 - offset
        covered = text if hidden else text[start : end - 1 - offset]
        indent = " " * _columns(text[:start])
        under = f"{sign * max(1, _columns(covered))} {mark.label}".rstrip()
        yield f"{paint(' ' * gutter + '|', 'quiet')} {indent}{paint(under, mark.style)}"


def _window(line: str, column: int) -> tuple[str, int]:
    """The part of a long line around a column, and how many characters are cut before it."""
    if len(line) <= _WIDTH:
        return line, 0
    offset = max(0, min(column - 1 - _WIDTH // 3, len(line) - _WIDTH))
    return line[offset : offset + _WIDTH], offset


def _visible(text: str) -> str:
    return "".join("    " if char == "\t" else char if char.isprintable() else "�" for char in text)


def _columns(text: str) -> int:
    return sum(4 if c == "\t" else 2 if east_asian_width(c) in "WF" else 1 for c in text)
