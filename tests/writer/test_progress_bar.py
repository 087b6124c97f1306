"""Long work shows its progress on a terminal, and nowhere else."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from builders import cluster, mesh, service, text
from workspace import Workspace, files

from meshgen.cli import build as build_command

LONG = mesh(
    *(cluster(number) for number in range(1, 31)), services=[service(f"s{number}") for number in range(60)]
)


def on_a_terminal(folder: Path, *arguments: str) -> str:
    """What a build shows on the terminal that is its standard error."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "meshgen", "build", *arguments]
    with subprocess.Popen(command, cwd=folder, stderr=theirs, stdout=subprocess.PIPE) as process:
        os.close(theirs)
        shown = b""
        while True:
            try:
                more = os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
            if not more:
                break
            shown += more
    os.close(ours)
    assert process.returncode == 0
    return shown.decode()


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a mesh of two thousand files."""
    folder = tmp_path_factory.mktemp("long")
    (folder / "mesh.yaml").write_bytes(text(LONG))
    return folder


@pytest.mark.slow
def test_a_terminal_sees_how_it_goes_to_the_end(long: Path) -> None:
    shown = on_a_terminal(long, "-o", "seen")

    assert shown.count("writing") > 2
    assert "100%" in shown
    assert shown.splitlines()[-1].startswith("no tls section")
    written = len(files(long / "seen")) - 1
    assert f"seen: {written} written" in shown
    again = on_a_terminal(long, "-o", "seen").splitlines()
    assert again[0] == f"seen: 0 written, 0 removed, {written} unchanged"


@pytest.mark.slow
def test_a_terminal_sees_nothing_when_it_is_to_be_quiet(long: Path) -> None:
    assert on_a_terminal(long, "-o", "quiet", "--quiet") == ""
    assert len(files(long / "quiet")) > 2000


def test_short_work_shows_no_bar(work: Workspace) -> None:
    work.write()

    assert re.match(r"out: \d+ written, 0 removed, 0 unchanged\r\n", on_a_terminal(work.folder))


def test_a_pipe_sees_no_bar(work: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_command, "_LONG", 0)
    work.write()

    assert re.match(r"out: \d+ written, 0 removed, 0 unchanged\n", work.build().err)


def test_a_bar_counts_what_is_written_and_not_what_is_removed(
    work: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build_command, "_LONG", 0)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    work.built(mesh(services=[service()]))
    work.write()
    run = work.build()

    assert run.status == 0
    assert "100%" in run.err
    assert re.search(r"^out: \d+ written, 2 removed", run.err, re.MULTILINE)
