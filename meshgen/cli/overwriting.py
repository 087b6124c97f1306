"""Reports are not written over what a command reads, nor over each other."""

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import click

_USUAL = "mesh.yaml"
"""What commands read where no mesh is named."""


def refuse_overwriting(outputs: Iterable[tuple[str, str | None]], arguments: Mapping[str, Any]) -> None:
    """
    See to it that no report goes into a file that the arguments of a command name, or into that of another.

    Raises:
        click.UsageError: naming the format and the file.

    """
    taken: dict[str, str] = {}
    for name, path in outputs:
        # NOTE: devices and pipes take a report and lose nothing.
        if path is None or (os.path.exists(path) and not os.path.isfile(path)):
            continue
        place = os.path.realpath(path)
        if other := taken.get(place):
            message = f"--format {name}={path} would write over the report of --format {other}"
            raise click.UsageError(message)
        taken[place] = f"{name}={path}"
        for file in _named(arguments):
            if os.path.isfile(file) and os.path.exists(path) and os.path.samefile(path, file):
                message = f"--format {name}={path} would write over {file}, which is no report of meshgen"
                raise click.UsageError(message)


def _named(arguments: Mapping[str, Any]) -> Iterator[str]:
    """Every path that may be read; a folder stands for the mesh in it."""
    mesh = arguments.get("mesh") or _USUAL
    yield _USUAL
    for value in arguments.values():
        for text in value if isinstance(value, tuple) else (value,):
            if isinstance(text, str):
                yield text
                yield os.path.join(text, os.path.basename(mesh))
