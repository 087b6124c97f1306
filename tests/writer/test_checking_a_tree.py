"""`build --check` writes nothing, says what differs, and last how to put it right."""

import json
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from builders import cluster, mesh, service, text
from workspace import Workspace, files, state

MESH = mesh(services=[service()])
STALE = "cluster1/global-services/default.rebel-base.service.yaml"


def test_a_tree_that_is_up_to_date_is_no_difference(work: Workspace) -> None:
    work.built(MESH)
    before = state(work.folder)
    run = work.build("--check")

    assert (run.status, run.out, run.err) == (0, "", "out: up to date\n")
    assert work.build("--check", "--quiet").err == ""
    assert state(work.folder) == before


def test_every_kind_of_difference_is_listed_and_nothing_is_written(work: Workspace) -> None:
    work.built(MESH)
    (work.out / "cluster1/values.yaml").write_text("mine")
    (work.out / "cluster2/VERIFY.md").unlink()
    (work.out / "cluster3").mkdir()
    (work.out / "cluster3/apply.sh").write_text("mine")
    work.write(mesh(cluster(1), cluster(2), cluster(3)))
    before = state(work.folder)
    run = work.build("--check")

    assert run.status == 1
    assert {
        "changed      out/.meshgen.json",
        "changed      out/cluster1/kustomization.yaml",
        "missing      out/cluster2/VERIFY.md",
        "missing      out/cluster3/kustomization.yaml",
        f"extra        out/{STALE}",
        "hand-edited  out/cluster1/values.yaml",
        "in the way   out/cluster3/apply.sh",
    } <= set(run.lines)
    assert run.lines[-1] == "meshgen build mesh.yaml -o out --force"
    listed = [line.split()[-1] for line in run.lines[:-1]]
    assert len(listed) == len(set(listed))
    assert state(work.folder) == before


def test_a_tree_that_is_not_there_is_missing(work: Workspace) -> None:
    work.write()
    run = work.build("--check")

    assert run.status == 1
    assert {line.split()[0] for line in run.lines[:-1]} == {"missing"}
    assert "missing      out/.meshgen.json" in run.lines
    assert run.lines[-1] == "meshgen build mesh.yaml -o out"
    assert not work.out.exists()
    assert work.beside() == set()


def test_a_finding_comes_first_and_nothing_is_compared(work: Workspace) -> None:
    work.built(MESH)
    work.write(mesh(cluster(1), cluster(2, id=1)))
    run = work.build("--check")

    assert run.status == 1
    assert "error[MG202]" in run.out
    assert run.lines[-1] == "mesh.yaml: 1 error"


def test_warnings_stand_above_the_differences(work: Workspace) -> None:
    work.write(mesh(cluster(1)))
    run = work.build("--check")

    assert run.lines[0].startswith("warning[MG221]")
    assert "mesh.yaml: 1 warning" in run.lines
    assert run.lines[-1] == "meshgen build mesh.yaml -o out"
    assert work.build("--check", "--strict").lines[-1] == "mesh.yaml: 1 error"


def test_machines_get_findings_alone_on_standard_output(work: Workspace) -> None:
    work.write(MESH)
    run = work.build("--check", "--format", "json")

    assert run.status == 1
    assert json.loads(run.out)["findings"] == []
    assert run.err.splitlines()[-1] == "meshgen build mesh.yaml -o out"


def change(work: Workspace) -> None:
    work.write(mesh(cluster(1), cluster(2), cluster(5), domain="mesh.example.com"))


def edit(work: Workspace) -> None:
    (work.out / "cluster1/values.yaml").write_text("mine")


def lose(work: Workspace) -> None:
    work.write(mesh(cluster(1), cluster(3), cluster(4)))


def lose_and_edit(work: Workspace) -> None:
    lose(work)
    edit(work)


def spoil_the_index(work: Workspace) -> None:
    (work.out / ".meshgen.json").write_text("<<<<<<< HEAD")


def put_a_link(work: Workspace) -> None:
    shutil.rmtree(work.out / "cluster2")
    (work.out / "cluster2").symlink_to(work.folder)


def loosen(work: Workspace) -> None:
    (work.out / "cluster1/apply.sh").chmod(0o644)


def delete(work: Workspace) -> None:
    shutil.rmtree(work.out)


@pytest.mark.parametrize(
    ("happens", "options"),
    [
        pytest.param(change, [], id="mesh.yaml has changed"),
        pytest.param(delete, [], id="everything was deleted"),
        pytest.param(loosen, [], id="a script cannot be run"),
        pytest.param(edit, ["--force"], id="a file was edited"),
        pytest.param(spoil_the_index, ["--force"], id="the index is no index"),
        pytest.param(put_a_link, ["--force"], id="a folder became a link"),
        pytest.param(
            lose, ["--allow-removal", "cluster2", "--allow-removal", "cluster5"], id="clusters left"
        ),
        pytest.param(
            lose_and_edit,
            ["--force", "--allow-removal", "cluster2", "--allow-removal", "cluster5"],
            id="clusters left and a file was edited",
        ),
    ],
)
def test_the_last_line_puts_it_right(
    work: Workspace, happens: Callable[[Workspace], None], options: list[str]
) -> None:
    work.built(mesh(cluster(1), cluster(2), cluster(5), services=[service()]))
    happens(work)
    run = work.build("--check")

    assert run.status == 1
    assert run.lines[-1] == shlex.join(["meshgen", "build", "mesh.yaml", "-o", "out", *options])
    assert work.run(*shlex.split(run.lines[-1])[1:]).status == 0
    assert work.build("--check").status == 0


@pytest.mark.parametrize(
    ("name", "output", "shown"),
    [
        pytest.param("mesh.yaml", "my tree/", "mesh.yaml -o 'my tree'", id="a space"),
        pytest.param("my mesh's.yaml", "./out", """'my mesh'"'"'s.yaml' -o ./out""", id="a quote"),
        pytest.param("-mesh.yaml", "-out", "./-mesh.yaml -o -out", id="a dash first"),
        pytest.param("./mesh.yaml", "a/../b//", "./mesh.yaml -o a/../b", id="a detour"),
    ],
)
def test_the_last_line_can_be_pasted_into_a_shell(
    work: Workspace, name: str, output: str, shown: str
) -> None:
    (work.folder / "a").mkdir()
    work.write(MESH, name)
    run = work.build("--check", "-o", output, "--", name)

    assert run.lines[-1] == f"meshgen build {shown}"
    last = run.lines[-1].replace("meshgen", f"{shlex.quote(sys.executable)} -m meshgen", 1)
    subprocess.run(["sh", "-c", last], capture_output=True, check=True)
    assert work.build("--check", "-o", output, "--", name).status == 0


def test_the_last_line_for_standard_input_takes_the_same_input(tmp_path: Path) -> None:
    def piped(*arguments: str) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "meshgen", *arguments]
        return subprocess.run(command, cwd=tmp_path, input=text(MESH), capture_output=True, check=False)

    run = piped("build", "-", "--check")
    assert run.returncode == 1
    last = run.stdout.decode().splitlines()[-1]
    assert last == "meshgen build - -o out"
    assert piped(*shlex.split(last)[1:]).returncode == 0
    assert piped("build", "-", "--check").returncode == 0


def test_a_check_follows_the_directory_where_it_is_a_link(work: Workspace) -> None:
    (work.folder / "real").mkdir()
    work.out.symlink_to("real")
    work.write(MESH)

    assert work.build().status == 0
    assert work.out.is_symlink()
    assert work.build("--check").status == 0
    assert files(work.folder / "real").keys() == files(work.out).keys()
    assert {entry.name for entry in work.folder.iterdir()} == {"mesh.yaml", "out", "real"}


def test_a_tree_of_another_mesh_file_differs_by_its_index_and_its_sources(work: Workspace) -> None:
    work.built(MESH)
    (work.folder / "mesh.yaml").rename(work.folder / "other.yaml")
    run = work.build("--check", "other.yaml")
    changed = {line.split()[-1] for line in run.lines if line.startswith("changed")}

    assert "out/.meshgen.json" in changed
    assert f"out/{STALE}" in changed
    assert run.lines[-1] == "meshgen build other.yaml -o out"
