"""Only what is meshgen's own is written or removed."""

import os
import shutil
import stat

import pytest
from builders import cluster, mesh, service
from workspace import Workspace, files, state

SERVED = mesh(services=[service()])
STALE = "cluster1/global-services/default.rebel-base.service.yaml"


def test_a_first_build_writes_the_whole_tree_and_leaves_nothing_beside_it(work: Workspace) -> None:
    work.write()
    run = work.build()

    assert run.status == 0
    assert run.out == ""
    assert run.err.splitlines()[0] == f"out: {len(files(work.out)) - 1} written, 0 removed, 0 unchanged"
    assert {"ROLLOUT.md", ".meshgen.json", "cluster1/apply.sh", "cluster2/patches/kustomization.yaml"} <= set(
        files(work.out)
    )
    assert work.beside() == set()


def test_a_second_build_changes_nothing_on_disk(work: Workspace) -> None:
    built = work.built(SERVED)
    before = state(work.folder)
    run = work.build()

    assert run.status == 0
    assert f"out: 0 written, 0 removed, {len(built) - 1} unchanged" in run.err
    assert state(work.folder) == before


def test_unchanged_files_keep_their_times_when_others_change(work: Workspace) -> None:
    before = work.built(SERVED)
    times = {path: (work.out / path).stat().st_mtime_ns for path in before}
    after = work.built(mesh(services=[service(ports=[81])]))

    changed = {path for path in after if after[path] != before[path]}
    kept = {path for path in after if (work.out / path).stat().st_mtime_ns == times[path]}
    assert STALE in changed
    assert kept == set(after) - changed


def test_a_stale_file_is_removed_with_the_folder_that_it_leaves_empty(work: Workspace) -> None:
    work.built(SERVED)
    work.write(mesh())
    run = work.build()

    assert "2 removed" in run.err
    assert not (work.out / STALE).parent.exists()
    assert set(files(work.out)) == {*work.index()["files"], ".meshgen.json"}


def test_a_folder_keeps_what_is_not_ours(work: Workspace) -> None:
    work.built(SERVED)
    mine = (work.out / STALE).parent / "README.md"
    mine.write_text("mine")
    empty = work.out / "cluster1/kept"
    empty.mkdir()
    work.built(mesh())

    assert mine.read_text() == "mine"
    assert empty.is_dir()
    assert not (work.out / STALE).exists()


def test_files_that_are_not_ours_survive_every_build(work: Workspace) -> None:
    work.built(SERVED)
    mine = {
        "NOTES.md": b"1",
        "cluster1/own.yaml": b"2",
        "cluster1/patches/own.yaml": b"3",
        "own/deep/x": b"4",
    }
    for path, content in mine.items():
        (work.out / path).parent.mkdir(parents=True, exist_ok=True)
        (work.out / path).write_bytes(content)
    work.built(mesh(cluster(2), cluster(3)), "--allow-removal", "cluster1")
    work.built(SERVED, "--force", "--allow-removal", "cluster3")

    assert {path: files(work.out)[path] for path in mine} == mine
    assert not mine.keys() & work.index()["files"].keys()


def test_a_deleted_file_is_restored(work: Workspace) -> None:
    before = work.built()
    (work.out / "cluster1/values.yaml").unlink()
    (work.out / "ROLLOUT.md").unlink()

    run = work.build()
    assert run.status == 0
    assert "out: 2 written" in run.err
    assert files(work.out) == before


def test_a_deleted_folder_is_restored(work: Workspace) -> None:
    before = work.built()
    shutil.rmtree(work.out / "cluster2")

    assert work.build().status == 0
    assert files(work.out) == before


def test_a_hand_edited_file_stops_the_build_and_nothing_is_written(work: Workspace) -> None:
    work.built()
    edited = work.out / "cluster1/values.yaml"
    edited.write_text("mine")
    work.write(SERVED)
    before = state(work.folder)
    run = work.build()

    assert run.status == 1
    assert "error[MG702]: cluster1/values.yaml was edited by hand" in run.out
    assert run.lines[-1] == "mesh.yaml: 1 error"
    assert state(work.folder) == before


def test_force_writes_over_a_hand_edited_file(work: Workspace) -> None:
    before = work.built()
    (work.out / "cluster1/values.yaml").write_text("mine")

    assert work.build("--force").status == 0
    assert files(work.out) == before


def test_a_stale_file_that_was_edited_is_removed_only_with_force(work: Workspace) -> None:
    work.built(SERVED)
    (work.out / STALE).write_text("mine")
    work.write(mesh())

    assert work.build().status == 1
    assert (work.out / STALE).read_text() == "mine"
    assert work.build("--force").status == 0
    assert not (work.out / STALE).exists()


def test_a_file_that_was_edited_into_what_is_wanted_is_no_edit(work: Workspace) -> None:
    work.built(SERVED)
    wanted = files(work.out)
    work.built(mesh(services=[service(ports=[81])]))
    (work.out / STALE).write_bytes(wanted[STALE])
    work.write(SERVED)

    assert work.build().status == 0
    assert files(work.out) == wanted


@pytest.mark.parametrize("path", ["notes.txt", ".gitkeep", "cluster1/values.yaml"])
def test_a_directory_with_files_and_no_index_is_not_touched(work: Workspace, path: str) -> None:
    (work.out / path).parent.mkdir(parents=True)
    (work.out / path).write_text("mine")
    work.write()
    before = state(work.folder)

    for arguments in ([], ["--force"]):
        run = work.build(*arguments)
        assert run.status == 1
        assert "error[MG701]: out holds files, and no .meshgen.json" in run.out
        assert state(work.folder) == before


@pytest.mark.parametrize("force", [[], ["--force"]], ids=["as it is", "with force"])
def test_a_foreign_file_in_the_way_is_never_overwritten(work: Workspace, force: list[str]) -> None:
    work.built()
    (work.out / STALE).parent.mkdir()
    (work.out / STALE).write_text("mine")
    work.write(SERVED)
    before = state(work.folder)
    run = work.build(*force)

    assert run.status == 1
    assert f"error[MG701]: {STALE} is in the way, and not meshgen's\n  --> out/{STALE}" in run.out
    assert state(work.folder) == before


def test_an_empty_directory_is_filled_and_stays_the_same_directory(work: Workspace) -> None:
    work.out.mkdir(mode=0o2770)
    work.out.chmod(0o2770)
    inode = work.out.stat().st_ino
    work.built()

    assert work.out.stat().st_ino == inode
    assert stat.S_IMODE(work.out.stat().st_mode) == 0o2770
    assert work.beside() == set()


def test_folders_above_the_directory_are_made(work: Workspace) -> None:
    work.write()

    assert work.build("-o", "a/b/c").status == 0
    assert (work.folder / "a/b/c/ROLLOUT.md").exists()
    assert [entry.name for entry in (work.folder / "a/b").iterdir()] == ["c"]


@pytest.mark.parametrize("mask", [0o000, 0o002, 0o022, 0o077, 0o177])
def test_modes_do_not_depend_on_the_umask(work: Workspace, mask: int) -> None:
    before = os.umask(mask)
    try:
        work.built()
        work.built(SERVED)
        assert os.umask(mask) == mask
    finally:
        os.umask(before)

    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (work.out, *work.out.rglob("*"))}
    for path, mode in modes.items():
        assert mode == (0o755 if path.is_dir() or path.name == "apply.sh" else 0o644), path


def test_a_script_that_lost_its_permission_to_run_gets_it_back(work: Workspace) -> None:
    work.built()
    script = work.out / "cluster1/apply.sh"
    script.chmod(0o644)

    assert "changed      out/cluster1/apply.sh" in work.build("--check").lines
    assert work.build().status == 0
    assert stat.S_IMODE(script.stat().st_mode) == 0o755
    assert work.build("--check").status == 0


def test_files_of_a_group_that_may_write_are_left_as_they_are(work: Workspace) -> None:
    work.built()
    for path in work.out.rglob("*"):
        path.chmod(0o775 if path.is_dir() or path.name == "apply.sh" else 0o664)
    before = state(work.folder)

    assert work.build("--check").status == 0
    assert work.build().status == 0
    assert state(work.folder) == before


@pytest.mark.parametrize(
    ("folder", "arguments"),
    [
        pytest.param(".", ["mesh.yaml", "-o", "out"], id="beside it"),
        pytest.param(".", ["./mesh.yaml", "-o", "./out/"], id="with a dot"),
        pytest.param("deep/down", ["../../mesh.yaml", "-o", "../../out"], id="from below"),
        pytest.param("/", ["{}/mesh.yaml", "-o", "{}/out"], id="by absolute paths"),
        pytest.param("deep", ["../deep/../mesh.yaml", "-o", "../out//"], id="on a detour"),
    ],
)
def test_the_same_bytes_from_every_folder(
    work: Workspace, monkeypatch: pytest.MonkeyPatch, folder: str, arguments: list[str]
) -> None:
    (work.folder / "deep/down").mkdir(parents=True)
    (work.folder / "first.yaml").symlink_to("mesh.yaml")
    work.write(SERVED)
    assert work.build("-o", "first").status == 0
    monkeypatch.chdir(work.folder / folder)

    assert work.build(*[argument.format(work.folder) for argument in arguments]).status == 0
    assert files(work.out) == files(work.folder / "first")
