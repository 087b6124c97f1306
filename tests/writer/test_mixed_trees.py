"""What an interrupted build left is neither hand-edited nor foreign."""

import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from builders import cluster, mesh, service
from workspace import Workspace, files, state

KILLER = Path(__file__).parent / "killer.py"

OLD = mesh(cluster(1), cluster(2), cluster(3), services=[service("kept"), service("stale")])
NEW = mesh(cluster(2), cluster(3), cluster(4), services=[service("kept", ports=[81]), service("added")])
THIRD = mesh(cluster(2), cluster(3), cluster(5), services=[service("kept", ports=[82]), service("third")])
REPAIRED = "out: repaired what an interrupted build had left"


def kill(work: Workspace, *arguments: str, how: str = "once", status: int = -signal.SIGKILL) -> None:
    """Kill a build with half of its files moved in."""
    command = [sys.executable, KILLER, work.folder, how, *arguments]
    assert subprocess.run(command, capture_output=True, check=False).returncode == status


@pytest.fixture
def mixed(work: Workspace) -> Workspace:
    """A workspace whose out/ is half of OLD and half of NEW."""
    old = work.built(OLD)
    work.write(NEW)
    kill(work, "--allow-removal", "cluster1")
    assert files(work.out) != old
    assert work.beside() == {".out.meshgen"}
    return work


@pytest.mark.parametrize(
    "now",
    [
        pytest.param(NEW, id="as it is"),
        pytest.param(THIRD, id="after another change of mesh.yaml"),
        pytest.param(OLD, id="after mesh.yaml was taken back"),
    ],
)
def test_a_check_blames_nobody_and_names_the_command_that_repairs(
    mixed: Workspace, now: dict[str, object]
) -> None:
    mixed.write(now)
    before = state(mixed.folder)
    run = mixed.build("--check")

    assert run.status == 1
    assert run.lines[0] == "interrupted  out: an earlier build did not come to its end"
    assert {line.split()[0] for line in run.lines} <= {
        "interrupted",
        "changed",
        "missing",
        "extra",
        "meshgen",
    }
    assert state(mixed.folder) == before

    repair = mixed.run(*shlex.split(run.lines[-1])[1:])
    assert repair.status == 0
    assert REPAIRED in repair.err
    assert mixed.beside() == set()
    assert mixed.build("--check").status == 0

    assert mixed.build("-o", "fresh").status == 0
    assert files(mixed.out) == files(mixed.folder / "fresh")
    assert {path.name for path in mixed.out.iterdir()} == {
        path.name for path in (mixed.folder / "fresh").iterdir()
    }


def test_a_removal_that_was_allowed_needs_no_second_leave(mixed: Workspace) -> None:
    run = mixed.build()

    assert run.status == 0
    assert REPAIRED in run.err
    assert not (mixed.out / "cluster1").exists()


def test_a_removal_of_yet_another_cluster_needs_leave(mixed: Workspace) -> None:
    mixed.write(mesh(cluster(3), cluster(4)))

    assert "the cluster cluster2 is not in the mesh any more" in mixed.build().out
    assert mixed.build("--allow-removal", "cluster2").status == 0
    assert mixed.beside() == set()


def test_an_edit_made_since_is_found(mixed: Workspace) -> None:
    (mixed.out / "cluster3/values.yaml").write_text("mine")

    check = mixed.build("--check")
    assert "hand-edited  out/cluster3/values.yaml" in check.lines
    assert check.lines[-1] == "meshgen build mesh.yaml -o out --force"
    refused = mixed.build()
    assert refused.status == 1
    assert [line for line in refused.lines if line.startswith("error")] == [
        "error[MG702]: cluster3/values.yaml was edited by hand"
    ]
    assert (mixed.out / "cluster3/values.yaml").read_text() == "mine"
    assert REPAIRED in mixed.build("--force").err


def test_a_file_put_in_the_way_since_is_foreign(mixed: Workspace) -> None:
    mixed.write(THIRD)
    (mixed.out / "cluster5").mkdir()
    (mixed.out / "cluster5/apply.sh").write_text("mine")

    assert "error[MG701]: cluster5/apply.sh is in the way" in mixed.build("--force").out
    (mixed.out / "cluster5/apply.sh").unlink()
    assert mixed.build().status == 0


def test_a_repair_that_is_killed_leaves_what_the_next_one_needs(mixed: Workspace) -> None:
    mixed.write(THIRD)
    kill(mixed)
    mixed.write(OLD)

    run = mixed.build()
    assert run.status == 0
    assert REPAIRED in run.err
    assert mixed.build("-o", "fresh").status == 0
    assert files(mixed.out) == files(mixed.folder / "fresh")


def test_an_undoing_that_is_interrupted_as_well_is_left_for_the_next_build(work: Workspace) -> None:
    old = work.built(OLD)
    work.write(NEW)
    kill(work, "--allow-removal", "cluster1", how="twice", status=130)
    assert files(work.out) != old
    assert work.beside() == {".out.meshgen"}

    assert REPAIRED in work.build().err
    assert work.build("-o", "fresh").status == 0
    assert files(work.out) == files(work.folder / "fresh")


def test_without_the_notes_what_is_not_as_the_index_says_counts_as_edited(mixed: Workspace) -> None:
    for note in (mixed.folder / ".out.meshgen").glob("index-*"):
        note.write_bytes(b"torn")
    mixed.write(THIRD)
    run = mixed.build("--allow-removal", "cluster1")

    assert run.status == 1
    assert {line[:12] for line in run.lines if line.startswith("error")} == {"error[MG702]"}
    assert (mixed.folder / ".out.meshgen").exists()


def test_what_a_first_build_left_is_found_and_cleared_away(work: Workspace) -> None:
    work.write()
    (work.folder / ".out.meshgen/cluster1").mkdir(parents=True)
    (work.folder / ".out.meshgen/cluster1/values.yaml").write_text("half of")
    (work.folder / ".out.meshgen/ROLLOUT.md").write_text("half of")
    check = work.build("--check")

    assert check.lines[0] == "interrupted  out: an earlier build did not come to its end"
    assert "missing      out/cluster1/values.yaml" in check.lines
    assert not work.out.exists()
    assert REPAIRED in work.build().err
    assert work.beside() == set()
    assert work.build("--check").status == 0


def test_leftovers_beside_a_tree_that_is_up_to_date_are_a_difference(work: Workspace) -> None:
    work.built()
    (work.folder / ".out.meshgen").mkdir()

    assert work.build("--check").lines == [
        "interrupted  out: an earlier build did not come to its end",
        "meshgen build mesh.yaml -o out",
    ]
    assert REPAIRED in work.build().err
    assert work.beside() == set()


@pytest.mark.parametrize("built", [False, True], ids=["for a first build", "for an update"])
@pytest.mark.parametrize("kind", ["a symbolic link", "a dangling link", "a file"])
def test_what_stands_in_the_folder_for_preparing_is_not_followed_or_removed(
    work: Workspace, tmp_path_factory: pytest.TempPathFactory, kind: str, *, built: bool
) -> None:
    other = tmp_path_factory.mktemp("other")
    (other / "precious").write_text("mine")
    work.write()
    if built:
        work.built(OLD)
        work.write(NEW)
    staging = work.folder / ".out.meshgen"
    if kind == "a file":
        staging.write_text("mine")
    else:
        staging.symlink_to(other if kind == "a symbolic link" else "nowhere")
    before = state(work.folder)
    run = work.build("--allow-removal", "cluster1")

    assert run.status == 3
    assert run.err.startswith("meshgen: cannot write out: ")
    assert run.err.count("\n") == 1
    assert state(work.folder)[str(staging)] == before[str(staging)]
    assert files(other) == {"precious": b"mine"}
