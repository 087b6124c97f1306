"""How the tests of the command line run it: in this process, and as a program of its own."""

import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from meshgen.cli.run import main

PROGRAM = str(Path(sys.executable).with_name("meshgen"))


class Ran(NamedTuple):
    """How a run ended, and what it wrote."""

    status: int
    out: str
    err: str


Run = Callable[..., Ran]


def runner(capsys: pytest.CaptureFixture[str]) -> Run:
    """A function that runs meshgen with arguments, in this process."""

    def run(*arguments: str) -> Ran:
        capsys.readouterr()
        status = main(list(arguments))
        return Ran(status, *capsys.readouterr())

    return run


def program(
    *arguments: str, folder: Path, variables: Mapping[str, str] | None = None, given: bytes = b""
) -> Ran:
    """Run meshgen as a shell does, in a folder."""
    done = subprocess.run(
        ["env", *(f"{name}={value}" for name, value in (variables or {}).items()), PROGRAM, *arguments],
        cwd=folder,
        input=given,
        capture_output=True,
        check=False,
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())
