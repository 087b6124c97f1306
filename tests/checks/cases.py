"""
The cases of each code, and how they are run.

A case is a mesh.yaml, or a folder with a mesh.yaml and what a build finds there:
`before.yaml` was built into out/ first, `edit.txt` names files of out/ that are edited then.
"""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from meshgen.cli.run import main

HERE = Path(__file__).parent
CODES = sorted(folder.name for folder in HERE.iterdir() if re.fullmatch(r"MG\d{3}", folder.name))


def cases(pattern: str) -> Iterator[Path]:
    """The files or folders of cases, by a pattern below a code's folder."""
    for code in CODES:
        for path in sorted((HERE / code).glob(pattern)):
            if path.is_dir() or path.suffix == ".yaml":
                yield path


def report(
    case: Path,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: tuple[str, ...] = (),
) -> str:
    """What meshgen prints for a case, in a folder of its own."""
    monkeypatch.chdir(folder)
    if case.is_dir():
        shutil.copytree(case, folder, dirs_exist_ok=True)
        _prepare(folder)
        capsys.readouterr()
        main([*options, "build", "--as-of", "2026-11-24"])
    else:
        shutil.copy(case, folder / "mesh.yaml")
        date = re.search(r"as-of: (\S+)", case.read_text("utf-8"))
        main([*options, "check", "--as-of", date[1] if date else "2026-11-24"])
    return capsys.readouterr().out


def _prepare(folder: Path) -> None:
    before, edits = folder / "before.yaml", folder / "edit.txt"
    if before.exists():
        main(["build", "-q", "before.yaml"])
    if edits.exists():
        main(["build", "-q"])
        for path in edits.read_text("utf-8").split():
            with (folder / "out" / path).open("a", encoding="utf-8") as file:
                file.write("# edited\n")
