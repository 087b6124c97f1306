"""Age identities: from --identity and from the variables that sops reads."""

import os
from collections.abc import Callable
from functools import cache
from typing import Any

import click

from .options import FileName
from .run import CannotRunError

_MOST_BYTES = 1 << 20

Identities = Callable[[], list[Any]]
"""Gives the identities when they are needed: reading them costs time that most runs can save."""


def identity_option() -> click.Option:
    """Who opens sealed keys."""
    return click.Option(
        ["--identity"],
        type=FileName(),
        multiple=True,
        metavar="FILE",
        help="An age identity that opens sealed keys; also from SOPS_AGE_KEY_FILE and SOPS_AGE_KEY.",
    )


def identities_of(files: tuple[str, ...]) -> Identities:
    """The identities of files and of the environment; each file is read once, as it may be a pipe."""

    @cache
    def read() -> list[Any]:
        from ..trust.seals.age import IdentityError, read_identities

        found: list[Any] = []
        for name, text in _texts(files):
            try:
                found += read_identities(text)
            except IdentityError as error:
                message = f"{name}: {error}"
                raise CannotRunError(message) from None
        return found

    return read


def identity_files(files: tuple[str, ...]) -> tuple[str, ...]:
    """What the next command is given for --identity; `FILE` where nothing says which, here or around it."""
    around = os.environ.get("SOPS_AGE_KEY_FILE") or os.environ.get("SOPS_AGE_KEY")
    return files or (() if around else ("FILE",))


def _texts(files: tuple[str, ...]) -> list[tuple[str, str]]:
    named = os.environ.get("SOPS_AGE_KEY_FILE")
    paths = [*files, *([named] if named else [])]
    texts = [(path, _read(path)) for path in paths]
    if text := os.environ.get("SOPS_AGE_KEY"):
        texts.append(("SOPS_AGE_KEY", text))
    return texts


def _read(path: str) -> str:
    return read_bounded(path).decode(errors="replace")


def read_bounded(path: str) -> bytes:
    """
    What a file of keys or certificates holds; it may be a pipe.

    Raises:
        CannotRunError: when it is larger than any such file is.

    """
    with open(path, "rb") as file:
        content = file.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        message = f"{path}: larger than {_MOST_BYTES >> 20} MiB"
        raise CannotRunError(message)
    return content
