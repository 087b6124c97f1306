"""`meshgen init`."""

import os
import shlex
from typing import Any

import click

from ..diagnostics import Severity
from ..inspection import inspect
from ..starter import starter
from .options import Options, make_command, mesh_argument
from .output import say, tell
from .providers import provider_option
from .run import CannotRunError, Exit

_OPTIONS = {"name": "--name", "cilium.version": "--cilium"}


def init(
    *, options: Options, mesh: str, clusters: int, provider: str, name: str, cilium: str, **_: Any
) -> int:
    """
    Write a commented mesh.yaml to start from.

    Never over an existing file; `-` prints it.
    """
    _refuse_undecodable(("--name", name), ("--cilium", cilium))
    text = starter(name=name, clusters=clusters, provider=provider, cilium=cilium)
    _refuse_unsound(text)
    if mesh == "-":
        say(text)
        return Exit.CLEAN
    try:
        handle = os.open(mesh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    except FileExistsError:
        message = f"{mesh} exists already; it is left as it is"
        raise CannotRunError(message) from None
    try:
        with open(handle, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError:
        # Half of a file would keep the next try from writing it.
        os.unlink(mesh)
        raise
    tell(options, f"{mesh}: written; next: meshgen check {shlex.quote(mesh)}")
    return Exit.CLEAN


def _refuse_undecodable(*values: tuple[str, str]) -> None:
    for option, value in values:
        try:
            value.encode()
        except UnicodeEncodeError:
            message = f"Invalid value for '{option}': {value!r} is not UTF-8"
            raise click.UsageError(message) from None


def _refuse_unsound(text: str) -> None:
    """
    See to it that `meshgen check` will accept what is written.

    Raises:
        click.UsageError: naming the option whose value it would not accept.

    """
    inspection = inspect(text.encode(), "mesh.yaml")
    for found in inspection.diagnostics:
        if found.severity is Severity.ERROR:
            option = _OPTIONS.get(found.path, "--provider")
            way_out = f" ({found.help})" if found.help else ""
            message = f"Invalid value for '{option}': {found.message}{way_out}"
            raise click.UsageError(message)


command = make_command(
    "init",
    init,
    [
        mesh_argument(),
        click.Option(
            ["--clusters"],
            type=click.IntRange(1, 200),
            default=2,
            show_default=True,
            help="How many.",
        ),
        provider_option("Their provider", default="generic", show_default=True),
        click.Option(["--name"], default="my-mesh", show_default=True, help="The mesh's name."),
        click.Option(["--cilium"], default="1.19.6", show_default=True, help="The version of Cilium."),
    ],
    """
meshgen init
meshgen init --clusters 3 --provider aws
meshgen init - --name production
""",
    formats=(),
)
