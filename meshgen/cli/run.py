"""The entry point: every way a run can end, as an exit status."""

import os
import sys
from enum import IntEnum

import click

from .. import __version__
from ..location import legible
from . import interrupts

_COMPLETION = "_MESHGEN_COMPLETE"
"""The variable by which a shell asks for completions; the name is click's."""


class Exit(IntEnum):
    """
    Exit statuses, the same for every command.

    That of an interrupt is what a shell gives a program which SIGINT ends: 128 and the signal's number.
    """

    CLEAN = 0
    FINDINGS = 1
    USAGE = 2
    FAILED = 3
    UNKNOWN = 4
    INTERRUPTED = 130


class CannotRunError(Exception):
    """Nothing is wrong with the mesh, but the command could not do its work."""


class Commands(click.Group):
    """The commands, each imported when it is called, so that `--help` stays quick."""

    HELP = {  # noqa: RUF012 - a constant table
        "check": "Prove a mesh.yaml sound; write nothing.",
        "build": "Check, then write what every cluster applies.",
        "reach": "Show who can reach whom.",
        "trace": "Show what decides whether one can reach another.",
        "test": "Hold the mesh against the entries under `expect`.",
        "diff": "Review what a change of mesh.yaml does.",
        "explain": "Show the page of a finding's code.",
        "schema": "Print the JSON Schema of mesh.yaml, for editors.",
        "init": "Write a commented mesh.yaml to start from.",
        "import": "Write a mesh.yaml of what clusters are now.",
        "suggest": "Print the next free cluster ID or PodCIDR.",
        "pki": "Make and renew the mesh's certificates.",
    }
    PACKAGE = __package__

    def list_commands(self, _context: click.Context) -> list[str]:
        """The commands in the order in which they are met."""
        return list(self.HELP)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        """Import a command."""
        if name not in self.HELP:
            return None
        from importlib import import_module

        module = import_module(f".{name}", self.PACKAGE)
        command: click.Command = module.command
        return command

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self.HELP.items()))


def main(arguments: list[str] | None = None) -> int:
    """Run meshgen; gives the exit status."""
    return _guarded(sys.argv[1:] if arguments is None else arguments)


def _guarded(arguments: list[str]) -> int:  # noqa: PLR0911 - one for each way to end
    try:
        return int(_run(arguments))
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.ClickException as wrong:
        told = _shown(wrong.message)
        (wrong if told == wrong.message else click.ClickException(told)).show()
        return Exit.USAGE
    except BrokenPipeError:
        _give_up_output()
        return Exit.FAILED
    except CannotRunError as failed:
        return _failed(str(failed), arguments)
    except OSError as failed:
        _give_up_output()
        return _failed(_reason(failed), arguments)
    except BaseException as bug:  # noqa: BLE001 - the last line of defence
        if interrupts.came() or isinstance(bug, click.Abort | KeyboardInterrupt):
            click.echo("meshgen: interrupted", err=True)
            return Exit.INTERRUPTED
        text = f"this is a bug in meshgen, please report it: {type(bug).__name__} (--debug shows where)"
        return _failed(text, arguments)


def _run(arguments: list[str]) -> int:
    from .no_plugins import switch_plugins_off
    from .options import common_options

    switch_plugins_off()
    if sys.stdout is None:
        message = "standard output is closed"
        raise CannotRunError(message)
    group = Commands(
        name="meshgen",
        help="The compiler for Cilium Cluster Mesh: one mesh.yaml in, what each cluster applies out.",
        epilog=(
            "Exit status: 0 no error finding, 1 findings or differences, 2 usage, 3 could not run, "
            "4 unknown, 130 interrupted."
        ),
        params=common_options(),
        callback=lambda **_: None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    group = click.version_option(__version__, prog_name="meshgen")(group)
    if instruction := os.environ.get(_COMPLETION):
        from click.shell_completion import shell_complete

        return shell_complete(group, {}, "meshgen", _COMPLETION, instruction)
    if not arguments:
        click.echo(group.get_help(click.Context(group, info_name="meshgen")), err=True)
        return Exit.USAGE
    with group.make_context("meshgen", list(arguments)) as context:
        status: int = group.invoke(context)
    sys.stdout.flush()
    return status


def _reason(error: OSError) -> str:
    place = error.filename2 or error.filename
    told = error.strerror or str(error)
    return f"{place}: {told}" if place else told


def _failed(text: str, arguments: list[str]) -> int:
    if "--debug" in arguments:
        click.echo(_traceback(), err=True, nl=False)
    click.echo(f"meshgen: {legible(_shown(text))}", err=True)
    return Exit.FAILED


def _traceback() -> str:
    """Where a failure happened; without its words where they hold a private key."""
    import traceback

    told = traceback.format_exc()
    if _shown(told) == told:
        return told
    return "".join([told.partition("\n")[0], "\n", *traceback.format_tb(sys.exc_info()[2])])


def _shown(text: str) -> str:
    """A text that may name a file or a URL that was given, without what must not be shown."""
    from ..redaction import presentable

    return presentable(text)


def _give_up_output() -> None:
    """Drop what standard output does not take any more; else the interpreter would fail on it at its end."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
