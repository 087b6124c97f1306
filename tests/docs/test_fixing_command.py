"""What `build --check` says last is the command that makes the next one pass."""

import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from builders import cluster, mesh, text

from meshgen.cli.run import main

THREE = mesh(cluster(1), cluster(2), cluster(3))


def _rename(folder: Path) -> None:
    (folder / "mesh.yaml").write_bytes(text(mesh(cluster(1), cluster(2, name="renamed"), cluster(3))))


def _let_two_go(folder: Path) -> None:
    (folder / "mesh.yaml").write_bytes(text(mesh(cluster(1))))


def _edit(folder: Path) -> None:
    with (folder / "out/cluster1/values.yaml").open("a") as file:
        file.write("# edited\n")


def _lose_the_index(folder: Path) -> None:
    (folder / "out/.meshgen.json").write_text("<<<<<<< ours\n")


def _forget(folder: Path) -> None:
    (folder / "out/.meshgen.json").unlink()
    _delete(folder)


def _delete(folder: Path) -> None:
    (folder / "out/ROLLOUT.md").unlink()


def _edit_and_let_two_go(folder: Path) -> None:
    _edit(folder)
    _let_two_go(folder)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(_delete, id="a file is missing"),
        pytest.param(_edit, id="a file was edited by hand"),
        pytest.param(_lose_the_index, id="the index has a merge conflict"),
        pytest.param(_forget, id="the index and a file are missing"),
        pytest.param(_rename, id="a cluster has another name"),
        pytest.param(_let_two_go, id="two clusters left"),
        pytest.param(_edit_and_let_two_go, id="two clusters left and a file was edited"),
    ],
)
def test_the_last_line_of_build_check_is_a_command_that_makes_it_pass(
    change: Callable[[Path], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mesh.yaml").write_bytes(text(THREE))
    assert main(["build", "--quiet"]) == 0
    change(tmp_path)
    capsys.readouterr()

    assert main(["build", "--check"]) == 1
    last = capsys.readouterr().out.splitlines()[-1]
    program, *arguments = shlex.split(last)

    assert program == "meshgen"
    assert main(arguments) == 0
    assert main(["build", "--check"]) == 0
