"""
Whole meshes with what they are compiled to, as plain files.

`out/` is the tree, `expected-secrets/` what is written beside it where there is a Secret.
`--update-golden` rewrites them; read the diff before you commit it.
The index .meshgen.json is left out: it holds nothing but digests of what stands beside it.
"""

import os
import shutil
from pathlib import Path

import pytest

from meshgen.cli.run import main

HERE = Path(__file__).parent
FOLDERS = (HERE, HERE.parent / "gitops" / "golden")
MESHES = sorted(path.parent for folder in FOLDERS for path in folder.glob("*/mesh.yaml"))
INDEX = ".meshgen.json"


@pytest.mark.parametrize("case", [pytest.param(folder, id=folder.name) for folder in MESHES])
def test_a_mesh_is_compiled_to_what_stands_beside_it(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, update_golden: bool
) -> None:
    copy = Path(shutil.copytree(case, tmp_path / "mesh", ignore=shutil.ignore_patterns("out", "expected-*")))
    monkeypatch.chdir(copy)
    assert main(["build", "--quiet"]) == 0

    built = {"out": copy / "out", "expected-secrets": copy / "secrets" / case.name}
    if update_golden:
        for name, folder in built.items():
            _replace(case / name, folder)
    for name, folder in built.items():
        assert _files(folder) == _files(case / name)


@pytest.mark.parametrize("case", [pytest.param(folder, id=folder.name) for folder in MESHES])
def test_a_golden_mesh_has_no_finding(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["check", "--format", "concise", "--as-of", "2026-11-26", str(case / "mesh.yaml")])
    findings = [line for line in capsys.readouterr().out.splitlines() if "MG" in line]
    expected = ["MG221"] if case.name == "one-cluster-leaving" else []
    assert status == 0
    assert [code for line in findings for code in expected if code in line] == expected
    assert len(findings) == len(expected)


def _files(folder: Path) -> dict[str, tuple[str, bool]]:
    """Each file's text, and whether it may be executed."""
    return {
        path.relative_to(folder).as_posix(): (path.read_text("utf-8"), os.access(path, os.X_OK))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != INDEX
    }


def _replace(expected: Path, built: Path) -> None:
    shutil.rmtree(expected, ignore_errors=True)
    if built.exists():
        shutil.copytree(built, expected, ignore=shutil.ignore_patterns(INDEX, ".gitignore"))
