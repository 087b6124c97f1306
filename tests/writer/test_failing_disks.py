"""What cannot be written is said in one line, and the old tree stays."""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from builders import cluster, mesh, service, text
from workspace import Workspace, files, state

OLD = mesh(cluster(1), cluster(2), services=[service("kept"), service("stale")])
# NOTE: a file of a hundred kilobytes, so that a disk can be too full for it and not for the others.
NEW = mesh(
    cluster(1, service={"annotations": {"example.com/note": "x" * 100_000}}),
    cluster(2),
    cluster(3),
    services=[service("kept", ports=[81])],
)
NOBODY = 65534


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "meshgen", "build", "--quiet", *arguments]


def build_in(folder: Path, *arguments: str, before: Callable[[], None] | None = None) -> str:
    """Run a build that cannot be done; gives the one line that it says."""
    run = subprocess.run(
        command(*arguments),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=before,
    )
    assert (run.returncode, run.stdout) == (3, "")
    assert run.stderr.count("\n") == 1
    return run.stderr.strip()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "meshgen", folder]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk, and not in every container")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def small_files() -> None:
    """What the system does to a process that may not write large files, as on a full disk."""
    # NOTE: without it, Python would keep halves of the modules that it compiles.
    os.putenv("PYTHONDONTWRITEBYTECODE", "1")
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))


@pytest.mark.parametrize("old", [None, OLD], ids=["a first build", "an update"])
def test_a_file_that_cannot_be_written_leaves_the_old_tree(
    work: Workspace, old: dict[str, object] | None
) -> None:
    if old:
        work.built(old)
    work.write(NEW)
    before = files(work.folder)
    said = build_in(work.folder, before=small_files)

    assert said == "meshgen: cannot write out: File too large"
    assert files(work.folder) == before
    assert work.beside() == set()
    assert work.build().status == 0


@pytest.mark.parametrize("old", [None, OLD], ids=["a first build", "an update"])
def test_a_full_disk_leaves_the_old_tree(disk: Path, old: dict[str, object] | None) -> None:
    if old:
        (disk / "mesh.yaml").write_bytes(text(old))
        subprocess.run(command(), cwd=disk, check=True)
    (disk / "mesh.yaml").write_bytes(text(NEW))
    before = files(disk)
    status = os.statvfs(disk)
    (disk / "ballast").write_bytes(bytes(status.f_bavail * status.f_frsize - 50_000))
    said = build_in(disk)
    (disk / "ballast").unlink()

    assert said == "meshgen: cannot write out: No space left on device"
    assert files(disk) == before
    assert {path.name for path in disk.iterdir()} <= {"mesh.yaml", "out"}
    assert subprocess.run(command(), cwd=disk, check=False).returncode == 0


def test_a_disk_without_a_single_free_block_leaves_the_old_tree(disk: Path) -> None:
    (disk / "mesh.yaml").write_bytes(text(OLD))
    subprocess.run(command(), cwd=disk, check=True)
    (disk / "mesh.yaml").write_bytes(text(NEW))
    before = files(disk)
    status = os.statvfs(disk)
    (disk / "ballast").write_bytes(bytes(status.f_bavail * status.f_frsize))
    said = build_in(disk)
    (disk / "ballast").unlink()

    assert said.startswith("meshgen: cannot write out: ")
    assert said.endswith("No space left on device")
    assert files(disk) == before
    assert {path.name for path in disk.iterdir()} == {"mesh.yaml", "out"}


def test_a_read_only_disk_is_said_and_can_still_be_checked(disk: Path) -> None:
    (disk / "mesh.yaml").write_bytes(text(OLD))
    subprocess.run(command(), cwd=disk, check=True)
    (disk / "mesh.yaml").write_bytes(text(NEW))
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    before = state(disk)

    assert build_in(disk) == f"meshgen: cannot write out: {disk}/.out.meshgen: Read-only file system"
    check = subprocess.run(command("--check"), cwd=disk, capture_output=True, text=True, check=False)
    assert check.returncode == 1
    assert "missing      out/cluster3/apply.sh" in check.stdout.splitlines()
    assert state(disk) == before


@contextmanager
def nobody() -> Iterator[None]:
    """Be nobody for a while: to root, permissions mean nothing."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(before)


@pytest.fixture
def owned(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Workspace]:
    """A workspace with an old tree that is nobody's, where nobody can get to."""
    folder = Path(tempfile.mkdtemp())
    monkeypatch.chdir(folder)
    work = Workspace(folder, capsys)
    work.built(OLD)
    work.write(NEW)
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
    yield work
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("locked", "place"),
    [
        pytest.param(".", ".out.meshgen", id="beside the directory"),
        pytest.param("out/cluster2", "out/cluster2/VERIFY.md", id="of a cluster"),
        pytest.param("out/cluster2/patches", "out/cluster2/patches/cilium.daemonset.yaml", id="of patches"),
    ],
)
def test_a_folder_without_permission_to_write_leaves_the_old_tree(
    owned: Workspace, locked: str, place: str
) -> None:
    before = files(owned.folder)
    (owned.folder / locked).chmod(0o555)
    with nobody():
        run = owned.build()
    (owned.folder / locked).chmod(0o755)

    assert (run.status, run.out) == (3, "")
    assert run.err.startswith("meshgen: cannot write out: ")
    assert place in run.err
    assert run.err.endswith(": Permission denied\n")
    assert run.err.count("\n") == 1
    assert files(owned.folder) == before
    assert owned.beside() == set()


def test_a_file_without_permission_to_read_leaves_the_old_tree(owned: Workspace) -> None:
    before = files(owned.folder)
    secret = owned.out / "ROLLOUT.md"
    secret.chmod(0)
    with nobody():
        runs = owned.build(), owned.build("--check")
    secret.chmod(0o644)

    for run, verb in zip(runs, ("write", "read"), strict=True):
        assert (run.status, run.out) == (3, "")
        assert run.err == f"meshgen: cannot {verb} out: {secret}: Permission denied\n"
    assert files(owned.folder) == before


def test_folders_that_were_made_for_a_build_that_failed_are_removed(work: Workspace) -> None:
    work.write(NEW)
    said = build_in(work.folder, "-o", "a/b/out", before=small_files)

    assert said == "meshgen: cannot write a/b/out: File too large"
    assert work.beside() == set()


@pytest.mark.parametrize(
    ("output", "place"),
    [
        pytest.param("mesh.yaml", "mesh.yaml: Not a directory", id="a file"),
        pytest.param("mesh.yaml/out", "mesh.yaml: File exists", id="below a file"),
    ],
)
def test_a_file_in_place_of_the_directory_is_said(work: Workspace, output: str, place: str) -> None:
    work.write()
    before = state(work.folder)
    run = work.build("-o", output)

    assert (run.status, run.out) == (3, "")
    assert run.err == f"meshgen: cannot write {output}: {work.folder}/{place}\n"
    assert state(work.folder) == before


def test_an_input_that_vanished_is_said_and_the_old_tree_stays(work: Workspace) -> None:
    work.built(OLD)
    (work.folder / "mesh.yaml").unlink()
    before = state(work.folder)

    for arguments in ([], ["--check"]):
        run = work.build(*arguments)
        assert (run.status, run.out) == (3, "")
        assert run.err.startswith("meshgen: cannot read 'mesh.yaml': No such file or directory (")
        assert state(work.folder) == before


def test_a_current_folder_that_vanished_is_said(tmp_path: Path) -> None:
    (tmp_path / "mesh.yaml").write_bytes(text(OLD))
    gone = tmp_path / "gone"
    gone.mkdir()
    said = build_in(gone, str(tmp_path / "mesh.yaml"), before=gone.rmdir)

    assert said.startswith("meshgen: ")
    assert "No such file or directory" in said
    assert {path.name for path in tmp_path.iterdir()} == {"mesh.yaml"}
