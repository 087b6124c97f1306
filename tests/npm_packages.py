"""Packages from npm that tests drive, installed once beside this Python."""

import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest


def node() -> str:
    """The node to run; without it the test is skipped."""
    found = shutil.which("node")
    if found is None:
        pytest.skip("no node (Debian: apt-get install nodejs)")
    return found


def npm_package(name: str, version: str) -> Path:
    """The folder of node_modules that holds a package; where it cannot be had, the test is skipped."""
    folder = Path(sys.prefix) / f"{name.rpartition('/')[2]}-{version}"
    npm = shutil.which("npm")
    there = (folder / "node_modules").exists()
    if not there and npm is None:
        pytest.skip(f"no npm (Debian: apt-get install npm): {name} cannot be installed")
    if not there:
        # Another worker may install at the same time: the first to finish is used.
        with tempfile.TemporaryDirectory(dir=sys.prefix, ignore_cleanup_errors=True) as own:
            options = ["--prefix", own, "--no-audit", "--no-fund", "--fetch-retries=0"]
            try:
                subprocess.run(
                    [npm, "install", *options, f"{name}@{version}"],
                    check=True,
                    capture_output=True,
                    timeout=180,
                )
            except subprocess.SubprocessError as error:
                pytest.skip(f"npm cannot install {name}@{version}: {error}")
            folder.mkdir(exist_ok=True)
            with suppress(OSError):
                (Path(own) / "node_modules").rename(folder / "node_modules")
    return folder / "node_modules"
