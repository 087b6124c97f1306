"""Places with a mesh and its store."""

import os
from pathlib import Path

import pytest
from pki_place import OPERATOR, STRANGER, Place, copied, generated

from meshgen.cli.run import main


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Place:
    """An empty folder but for the identities."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SOPS_AGE_KEY", raising=False)
    monkeypatch.delenv("SOPS_AGE_KEY_FILE", raising=False)
    _write_identities(tmp_path)
    return Place(tmp_path, capsys)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A mesh of two clusters with everything issued and sealed; not to be changed."""
    folder = tmp_path_factory.mktemp("made")
    _write_identities(folder)
    before = Path.cwd()
    os.chdir(folder)
    try:
        place = Place(folder, None)  # type: ignore[arg-type] - it only writes
        place.write(generated())
        assert main(["pki", "init", "-q"]) == 0
        assert main(["pki", "issue", "-q", "--identity", "operator.txt"]) == 0
    finally:
        os.chdir(before)
    return folder


@pytest.fixture
def ready(place: Place, made: Path) -> Place:
    """The mesh of two clusters with everything issued and sealed today, to be played with."""
    copied(made, place.folder)
    return place


def _write_identities(folder: Path) -> None:
    (folder / "operator.txt").write_text(f"# the operator\n{OPERATOR}\n", "utf-8")
    (folder / "stranger.txt").write_text(f"{STRANGER}\n", "utf-8")
