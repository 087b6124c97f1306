"""
The cases of each code, and how they are run.

A case is a mesh.yaml, or a folder with a mesh.yaml and what meshgen finds there:
`before.yaml` was built into out/ first, `edit.txt` names files of out/ that are edited then.
`store.txt` names a folder of stores/ whose files lie there too; those of `without.txt` do not, and
those of `longer.txt` are padded to a size. `run.txt` is the command, `build` where there is none.
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
    command = ["check"]
    if case.is_dir():
        _lay_store(case, folder)
        shutil.copytree(case, folder, dirs_exist_ok=True)
        _prepare(folder)
        command = _words(case / "run.txt") or ["build"]
    else:
        shutil.copy(case, folder / "mesh.yaml")
    date = re.search(r"as-of: (\S+)", (folder / "mesh.yaml").read_text("utf-8"))
    capsys.readouterr()
    main([*options, *command, "--as-of", date[1] if date else "2026-11-24"])
    return capsys.readouterr().out


def _words(path: Path) -> list[str]:
    return path.read_text("utf-8").split() if path.exists() else []


def _lay_store(case: Path, folder: Path) -> None:
    for name in _words(case / "store.txt"):
        shutil.copytree(HERE / "stores" / name, folder, dirs_exist_ok=True)
    for pattern in _words(case / "without.txt"):
        for path in list(folder.glob(pattern)):
            path.unlink()
    words = _words(case / "longer.txt")
    for name, size in zip(words[::2], words[1::2], strict=True):
        path = folder / name
        path.write_bytes(path.read_bytes().ljust(int(size), b"\n"))


def _prepare(folder: Path) -> None:
    before, edits = folder / "before.yaml", folder / "edit.txt"
    if before.exists():
        main(["build", "-q", "before.yaml"])
    if edits.exists():
        main(["build", "-q"])
        for path in edits.read_text("utf-8").split():
            with (folder / "out" / path).open("a", encoding="utf-8") as file:
                file.write("# edited\n")
