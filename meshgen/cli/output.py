"""Showing a report: on standard output, and in files."""

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

import click

from ..diagnostics import Diagnostic, Severity
from ..inspection import Inspection
from ..location import beside
from ..reporting.report import Report
from .options import Options
from .run import CannotRunError, Exit

_MODULES = {"json": "machine"}


def report_of(inspection: Inspection, more: tuple[Diagnostic, ...], options: Options) -> Report:
    """The report of a run; with --strict, warnings are errors."""
    found = sorted((*inspection.diagnostics, *more), key=lambda diagnostic: diagnostic.sort_key)
    if options.strict:
        found = [
            one._replace(severity=Severity.ERROR) if one.severity is Severity.WARNING else one
            for one in found
        ]
    lines = inspection.text.lines if inspection.text and found else []
    raw = {beside(inspection.name, one.file): one.documents for one in inspection.raw}
    texts = {one.file: raw[one.file][0].text.lines for one in found if raw.get(one.file)}
    return Report(name=inspection.name, diagnostics=tuple(found), lines=lines, beside=texts)


def show(report: Report, options: Options, *, when_empty: bool = True) -> Exit:
    """Write the report in every format asked for; gives the exit status."""
    for name, path in options.outputs:
        if path is not None:
            write_file(path, _rendered(report, name, colour=False))
    people = options.format in {"text", "concise"}
    if report.diagnostics or not people or (when_empty and not options.quiet):
        say(_rendered(report, options.format, colour=options.colour))
    return Exit.FINDINGS if report.counts()[Severity.ERROR] else Exit.CLEAN


def write_outputs(options: Options, rendered: Callable[[str], str]) -> None:
    """Write what a format's name gives: into files, and to standard output."""
    for name, path in options.outputs:
        if path is not None:
            write_file(path, rendered(name))
    say(rendered(options.format))


def write_file(path: str, text: str) -> None:
    """
    Write a report into a file.

    Raises:
        CannotRunError: naming the file, when it cannot be written.

    """
    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        # NOTE: what fails while it is written, such as on a full disk, does not say where.
        message = f"{path}: {error.strerror}"
        raise CannotRunError(message) from error


def _rendered(report: Report, name: str, *, colour: bool) -> str:
    module: Any = import_module(f"meshgen.reporting.{_MODULES.get(name, name)}")
    paint = {"colour": colour} if name == "text" else {}
    rendered: str = module.render(report, **paint)
    return rendered


def say(text: str) -> None:
    """Write to standard output, in UTF-8 whatever the locale is."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))


def tell(options: Options, text: str) -> None:
    """A line of progress, on standard error."""
    if not options.quiet:
        click.echo(text, err=True)
