"""meshgen in an empty folder, and a way to read what it wrote."""

from pathlib import Path

import pytest
from commands import Run, runner


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, in which the test works."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], folder: Path) -> Run:
    """Meshgen in this process, in the test's folder."""
    del folder
    return runner(capsys)
