"""Writing a mesh.yaml: all of it or nothing, in the form and with the permissions of the one before it."""

import os
import stat
from codecs import BOM_UTF8
from collections.abc import Iterable

import click

from .run import CannotRunError


def refuse_output(output: str, reports: Iterable[tuple[str, str | None]]) -> None:
    """
    See to it that a mesh.yaml can be written there, and no report after it.

    Raises:
        CannotRunError: where there is a pipe or a device.
        click.UsageError: when a report would go into the same file.

    """
    if output == "-":
        return
    if os.path.exists(output) and not os.path.isfile(output):
        message = f"{output} is no file; with -o - the mesh is printed"
        raise CannotRunError(message)
    for name, path in reports:
        if path is not None and os.path.realpath(path) == os.path.realpath(output):
            message = f"--format {name}={path} would write over the mesh: choose another file"
            raise click.UsageError(message)


def places_beside(output: str, paths: Iterable[str]) -> dict[str, str]:
    """
    Where files beside a mesh.yaml go, by their paths.

    Raises:
        CannotRunError: where a symbolic link leads elsewhere.

    """
    folder = os.path.dirname(os.path.realpath(output))
    places = {path: os.path.normpath(os.path.join(folder, path)) for path in paths}
    for path, place in places.items():
        if os.path.realpath(os.path.dirname(place)) != os.path.dirname(place):
            message = f"{path} would be written through a symbolic link: nothing is written"
            raise CannotRunError(message)
    return places


def write_mesh(path: str, text: str) -> None:
    """
    Write a mesh.yaml; through a link, what that names.

    Raises:
        CannotRunError: when nobody may write the one that is there.

    """
    target = os.path.realpath(path)
    content = text.encode()
    mode = None
    if os.path.isfile(target):
        mode = stat.S_IMODE(os.stat(target).st_mode)
        if not mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH):
            message = f"{path} is read-only; allow that it is written, or choose another file with -o"
            raise CannotRunError(message)
        content = _in_form(content, target)
    write_whole(target, content, mode)


def _in_form(content: bytes, target: str) -> bytes:
    """The content with the line ends, and the byte order mark, of a file."""
    with open(target, "rb") as file:
        before = file.read()
    if before.count(b"\r\n") * 2 > before.count(b"\n"):
        content = content.replace(b"\n", b"\r\n")
    return BOM_UTF8 + content if before.startswith(BOM_UTF8) else content


def write_whole(target: str, content: bytes, mode: int | None = None) -> None:
    """
    Write a file all or not at all.

    Raises:
        CannotRunError: where no file can be made.
        OSError: where it cannot be filled.

    """
    # NOTE: no name that somebody's own file may have; one of a process that was killed is in nobody's way.
    beside = f"{target}.{os.getpid()}.meshgen-new"
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
    except OSError as error:
        message = f"cannot write {target}: {error.strerror}"
        raise CannotRunError(message) from None
    try:
        with open(handle, "wb") as file:
            if mode is not None:
                os.fchmod(handle, mode)
            file.write(content)
        os.replace(beside, target)
    except OSError:
        os.unlink(beside)
        raise
