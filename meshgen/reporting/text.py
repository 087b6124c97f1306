"""Findings for people: message, source frame with both places, the way out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from unicodedata import combining, east_asian_width

from ..diagnostics import Diagnostic
from ..location import Span
from ..redaction import holds_private_key, without_credentials, without_queries
from .report import Report

Paint = Callable[[str, str], str]

_WIDTH = 100
_TAB = "    "
_LONGEST_KEY = 200
"""Lines of a private key in PEM; RSA with 16,384 bits has 196."""
_HIDDEN = "[not shown: a private key]"
_COLOURS = {"error": "31;1", "warning": "33;1", "info": "36;1", "quiet": "34;1", "bold": "1"}


def render(report: Report, *, colour: bool = False) -> str:
    """The report with a frame for each finding; the last line counts."""
    paint = _painted if colour else _plain
    lines = {file: report.lines_of(file) for file in {found.file for found in report.diagnostics}}
    blocks = ["\n".join(_block(found, lines[found.file], paint)) + "\n\n" for found in report.diagnostics]
    return "".join(blocks) + report.summary() + "\n"


def _plain(text: str, _style: str) -> str:
    return text


def _painted(text: str, style: str) -> str:
    return f"\x1b[{_COLOURS[style]}m{text}\x1b[0m"


@dataclass(frozen=True, slots=True)
class _Mark:
    """A place to be shown under its line, from column `start` to before `end`."""

    line: int
    start: int
    end: int
    label: str
    style: str


def _block(found: Diagnostic, lines: Sequence[str], paint: Paint) -> Iterator[str]:
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
    for related in found.related:
        if related.file != found.file:
            start = related.span.start
            yield f"{equals} note: {related.file}:{start.line}:{start.column}: {related.message}"
    if found.help:
        yield f"{equals} help: {found.help}"
    yield f"{equals} see: meshgen explain {found.code}"


def _marks(found: Diagnostic, lines: Sequence[str]) -> list[_Mark]:
    if found.span is None or not lines:
        return []
    marks = [
        _mark(place.span, place.message, "quiet", lines)
        for place in found.related
        if place.file == found.file
    ]
    marks.append(_mark(found.span, found.label, found.severity, lines))
    return sorted(marks, key=lambda mark: (mark.line, mark.start))


def _mark(span: Span, label: str, style: str, lines: Sequence[str]) -> _Mark:
    """The mark of a span, or of the part of it that is on its first line."""
    line, start = span.start
    end = span.end.column if span.end.line == line else len(lines[line - 1]) + 1
    return _Mark(line, start, end, label, style)


def _frame(marks: list[_Mark], lines: Sequence[str], gutter: int, paint: Paint) -> Iterator[str]:
    before = None
    for number, group in groupby(marks, key=lambda mark: mark.line):
        if before is not None and number > before + 1:
            yield "..."
        before = number
        for view in _views(_shown(lines, number), list(group)):
            yield f"{paint(f'{number:<{gutter}}|', 'quiet')} {_visible(view.text)}".rstrip()
            for mark in view.marks:
                yield f"{paint(' ' * gutter + '|', 'quiet')} {_under(view, mark, paint)}"


def _shown(lines: Sequence[str], number: int) -> str:
    """A line without passwords, unless it is one of a private key."""
    line = without_queries(without_credentials(lines[number - 1]))
    if holds_private_key(line):
        return _HIDDEN
    for above in reversed(lines[max(0, number - _LONGEST_KEY) : number - 1]):
        if "-----END" in above:
            break
        if "-----BEGIN" in above:
            return _HIDDEN if holds_private_key(above) else line
    return line


@dataclass(frozen=True, slots=True)
class _View:
    """The part of a line that is shown, the column of its first character, and the marks in it."""

    text: str
    column: int
    marks: list[_Mark]


def _views(line: str, marks: list[_Mark]) -> Iterator[_View]:
    """The line if it is short; else a part around each mark, or around several that are close."""
    if line == _HIDDEN:
        marks = [replace(mark, start=1, end=len(_HIDDEN) + 1) for mark in marks]
    while marks:
        begin = max(0, min(marks[0].start - 1 - _WIDTH // 3, len(line) - _WIDTH))
        end = begin + _WIDTH
        inside = [mark for mark in marks if mark is marks[0] or mark.end <= end + 1]
        marks = [mark for mark in marks if mark not in inside]
        head, tail = "…" if begin else "", "…" if end < len(line) else ""
        yield _View(head + line[begin:end] + tail, begin + 1 - len(head), inside)


def _under(view: _View, mark: _Mark, paint: Paint) -> str:
    start, end = mark.start - view.column, mark.end - view.column
    sign = "-" if mark.style == "quiet" else "^"
    signs = sign * max(1, _columns(view.text[start:end]))
    return " " * _columns(view.text[:start]) + paint(f"{signs} {mark.label}".rstrip(), mark.style)


def _visible(text: str) -> str:
    return "".join(_TAB if char == "\t" else char if char.isprintable() else "\ufffd" for char in text)


def _columns(text: str) -> int:
    """How many columns of a terminal the visible text takes."""
    return sum(
        2 if east_asian_width(char) in "WF" else 0 if combining(char) else 1
        for char in text.replace("\t", _TAB)
    )
