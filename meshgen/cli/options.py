"""Options that every command takes, before or after its name."""

import os
import sys
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple

import click
from click.shell_completion import CompletionItem

from .overwriting import refuse_overwriting

FORMATS = ("text", "concise", "json", "sarif", "github", "junit")
"""The formats of findings."""

_EVERY_FORMAT = (*FORMATS, "markdown", "csv", "dot", "html")


class Options(NamedTuple):
    """What the common options were set to; `outputs` are formats with a path, or None for stdout."""

    outputs: tuple[tuple[str, str | None], ...]
    color: str
    strict: bool
    quiet: bool
    debug: bool

    @property
    def format(self) -> str:
        """The format of standard output."""
        return next((name for name, path in self.outputs if path is None), "text")

    @property
    def of_findings(self) -> "Options":
        """The same for findings in place of what the command shows: on standard output, in no file."""
        return self._replace(outputs=((self.format if self.format in FORMATS else "text", None),))

    @property
    def colour(self) -> bool:
        """Whether standard output is to be coloured."""
        if self.color != "auto":
            return self.color == "always"
        # NOTE: a dumb terminal shows the codes for colours as text, as that of an editor.
        plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
        return sys.stdout.isatty() and not plain


class Kind(click.ParamType):  # type: ignore[type-arg]  # only newer versions of click have one
    """What an option or an argument takes."""


class FormatType(Kind):
    """`json`, or `json=path`."""

    name = "FORMAT[=PATH]"

    def __init__(self, formats: tuple[str, ...]) -> None:
        self._formats = formats

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, str | None]:
        """The format's name and its path."""
        name, equals, path = value.partition("=")
        if name not in self._formats or (equals and not path):
            self.fail(f"{value!r} is none of {', '.join(self._formats)}, alone or with =PATH", param, ctx)
        return name, path or None

    def shell_complete(self, _ctx: Any, _param: Any, incomplete: str) -> list[CompletionItem]:
        """The formats that begin so."""
        return [CompletionItem(name) for name in self._formats if name.startswith(incomplete)]


class FileName(Kind):
    """A path; whether there is such a file is seen when it is read."""

    name = "PATH"

    def shell_complete(self, _ctx: Any, _param: Any, incomplete: str) -> list[CompletionItem]:
        """The shell's own completion of files."""
        return [CompletionItem(incomplete, type="file")]


class AsOf(Kind):
    """A date."""

    name = "DATE"

    def convert(self, value: Any, param: Any, ctx: Any) -> date:
        """The date."""
        try:
            # NOTE: fromisoformat also takes 20270131 and 2027-W04-7; strptime does not.
            return datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 - a date has no zone
        except ValueError:
            self.fail(f"{value!r} is not a date such as 2027-01-31", param, ctx)


def common_options(formats: tuple[str, ...] = _EVERY_FORMAT) -> list[click.Parameter]:
    """The options, for the group and for each command; `formats` are those that it has, if it has any."""
    return [
        *([_format_option(formats)] if formats else []),
        click.Option(
            ["--color"],
            type=click.Choice(["auto", "always", "never"]),
            help="Colour the report; auto looks at the terminal and NO_COLOR.",
        ),
        click.Option(["--strict"], is_flag=True, help="Treat warnings as errors."),
        click.Option(["--quiet", "-q"], is_flag=True, help="Say nothing but findings and failures."),
        click.Option(["--debug"], is_flag=True, help="Show where a failure happened."),
    ]


def _format_option(formats: tuple[str, ...]) -> click.Option:
    """In which formats a command shows what it shows."""
    listed = FORMATS if formats is _EVERY_FORMAT else formats
    what = "Findings as " if listed is FORMATS else ""
    one_of = " or ".join(filter(None, (", ".join(listed[:-1]), listed[-1])))
    return click.Option(
        ["--format", "formats"],
        type=FormatType(formats),
        multiple=True,
        help=f"{what}{one_of}; repeatable, as json=PATH into a file.",
    )


def takes_options(function: Callable[..., int], accepted: tuple[str, ...] = FORMATS) -> Callable[..., int]:
    """Gather the common options, of the group and of the command, into `options`."""

    def call(
        color: str | None,
        *,
        formats: tuple[tuple[str, str | None], ...] = (),
        strict: bool,
        quiet: bool,
        debug: bool,
        **arguments: Any,
    ) -> int:
        group = _of_groups(click.get_current_context().parent)
        outputs = (*group.get("formats", ()), *formats)
        for name, _ in outputs:
            if name not in accepted:
                has = f"it has {', '.join(accepted)}" if accepted else "it takes no --format"
                message = f"this command has no format {name}; {has}"
                raise click.UsageError(message)
        if sum(path is None for _, path in outputs) > 1:
            message = "only one --format can go to standard output; give the others a path"
            raise click.UsageError(message)
        refuse_overwriting(outputs, arguments)
        options = Options(
            outputs=outputs,
            color=color or group.get("color") or "auto",
            strict=strict or bool(group.get("strict")),
            quiet=quiet or bool(group.get("quiet")),
            debug=debug or bool(group.get("debug")),
        )
        return function(options=options, **arguments)

    call.__doc__ = function.__doc__
    return call


def _of_groups(context: click.Context | None) -> dict[str, Any]:
    """The options given to the groups around a command."""
    if context is None:
        return {}
    return _of_groups(context.parent) | context.params


def make_command(
    name: str,
    function: Callable[..., int],
    parameters: list[click.Parameter],
    examples: str,
    *,
    formats: tuple[str, ...] = FORMATS,
) -> click.Command:
    """A command with the common options, its docstring as help, and examples below."""
    return click.Command(
        name,
        callback=takes_options(function, formats),
        params=[*parameters, *common_options(formats)],
        help=function.__doc__,
        epilog=example_lines(examples),
        context_settings={"help_option_names": ["-h", "--help"]},
    )


def example_lines(examples: str) -> str:
    """Examples as they stand below a command's help, one a line."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in examples.strip().splitlines())


def mesh_argument() -> click.Argument:
    """The mesh.yaml to read."""
    return click.Argument(["mesh"], type=FileName(), default="mesh.yaml", metavar="[MESH]")


def mesh_option(meaning: str) -> click.Option:
    """The mesh.yaml, where arguments name something else."""
    return click.Option(
        ["--mesh"], type=FileName(), default="mesh.yaml", show_default=True, metavar="MESH", help=meaning
    )


def as_of_option(meaning: str = "The date for findings that depend on one (YYYY-MM-DD).") -> click.Option:
    """The date that takes the place of today."""
    return click.Option(["--as-of"], type=AsOf(), help=meaning)
