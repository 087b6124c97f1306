"""A folder with a sound mesh.yaml for each test of the command line."""

from pathlib import Path

import pytest
from builders import mesh, text
from commands import Run, runner


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, in which the test works."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def sound(folder: Path) -> Path:
    """A mesh.yaml without findings."""
    path = folder / "mesh.yaml"
    path.write_bytes(text(mesh()))
    return path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], folder: Path) -> Run:
    """Meshgen in this process, in the test's folder."""
    del folder
    return runner(capsys)
