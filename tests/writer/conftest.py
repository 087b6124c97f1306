"""A folder with a mesh.yaml, and what meshgen does in it."""

from pathlib import Path

import pytest
from workspace import Workspace


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Workspace:
    """A workspace in a folder of its own, which is the current one."""
    monkeypatch.chdir(tmp_path)
    return Workspace(tmp_path, capsys)
