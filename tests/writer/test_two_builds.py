"""Of two builds of one directory at once, one writes and the other says so."""

import errno
import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest
from builders import cluster, mesh, service, text
from workspace import Workspace, files, state

from meshgen.lock import BusyError, locked
from meshgen.swap import create

OLD = mesh(services=[service()])
NEW = mesh(services=[service(ports=[81])])


@contextmanager
def held(folder: Path, kind: int) -> Iterator[None]:
    """A folder as another build holds it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, kind)
        yield
    finally:
        os.close(handle)


def test_a_directory_that_another_build_is_writing_is_left_alone(work: Workspace) -> None:
    work.built(OLD)
    work.write(NEW)
    before = state(work.folder)

    with held(work.out, fcntl.LOCK_EX):
        for arguments in ([], ["--force"], ["--check"]):
            run = work.build(*arguments)
            assert (run.status, run.out, run.err) == (3, "", "meshgen: another build is writing out\n")
    assert state(work.folder) == before
    assert work.build().status == 0


def test_a_first_build_waits_for_no_other(work: Workspace) -> None:
    work.write(OLD)
    staging = work.folder / ".out.meshgen"
    staging.mkdir()
    (staging / "ROLLOUT.md").write_text("half of")

    with held(staging, fcntl.LOCK_EX):
        for arguments in ([], ["--check"]):
            run = work.build(*arguments)
            assert (run.status, run.out, run.err) == (3, "", "meshgen: another build is writing out\n")
    assert files(staging) == {"ROLLOUT.md": b"half of"}
    assert work.build().status == 0


def test_two_checks_do_not_disturb_each_other(work: Workspace) -> None:
    work.built(OLD)

    with held(work.out, fcntl.LOCK_SH):
        assert work.build("--check").status == 0
        assert work.build().err == "meshgen: another build is writing out\n"


def test_a_build_of_another_directory_is_no_hindrance(work: Workspace) -> None:
    work.built(OLD)

    with held(work.out, fcntl.LOCK_EX):
        assert work.build("-o", "other").status == 0


@pytest.mark.parametrize("replaced", [True, False], ids=["and replaced", "and not replaced"])
def test_a_folder_that_was_moved_while_it_was_waited_for_is_busy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, replaced: bool
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    flock = fcntl.flock

    def lock_when_it_is_gone(handle: int, kind: int) -> None:
        flock(handle, kind)
        folder.rename(tmp_path / "moved")
        if replaced:
            folder.mkdir()

    monkeypatch.setattr(fcntl, "flock", lock_when_it_is_gone)
    with pytest.raises(BusyError), locked(str(folder)):
        pass


def test_a_folder_that_is_gone_before_it_can_be_waited_for_is_busy(tmp_path: Path) -> None:
    with pytest.raises(BusyError), locked(str(tmp_path / "gone")):
        pass


def test_where_folders_cannot_be_locked_a_build_goes_on(
    work: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_handle: int, _kind: int) -> None:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))

    monkeypatch.setattr(fcntl, "flock", refuse)

    work.built(OLD)
    work.built(NEW)
    assert work.build("--check").status == 0


def test_a_first_build_that_comes_second_removes_what_it_had_prepared(work: Workspace) -> None:
    before = work.built(OLD)
    with pytest.raises(BusyError):
        create(str(work.out), {"ROLLOUT.md": b""}, set(), nullcontext)

    assert files(work.out) == before
    assert work.beside() == set()


@pytest.mark.slow
@pytest.mark.parametrize("first", [True, False], ids=["first builds", "updates"])
def test_builds_at_once_give_one_whole_tree(tmp_path: Path, *, first: bool) -> None:
    trees = []
    for number in range(2):
        meshed = mesh(
            *(cluster(one) for one in range(1, 13)),
            services=[service(f"s{n}", ports=[80 + number]) for n in range(9)],
        )
        (tmp_path / f"{number}.yaml").write_bytes(text(meshed))
    command = [sys.executable, "-m", "meshgen", "build", "-q"]
    for number in range(2):
        subprocess.run([*command, f"{number}.yaml", "-o", f"tree{number}"], cwd=tmp_path, check=True)
        trees.append(files(tmp_path / f"tree{number}"))
    for turn in range(2):
        if not first and turn == 0:
            subprocess.run([*command, "0.yaml"], cwd=tmp_path, check=True)
        running = [
            subprocess.Popen([*command, f"{number}.yaml"], cwd=tmp_path, stderr=subprocess.PIPE, text=True)
            for number in (1, 0, 1)
        ]
        ended = [(process.communicate()[1], process.returncode) for process in running]

        assert 0 in [status for _, status in ended]
        for said, status in ended:
            assert (said, status) in {("", 0), ("meshgen: another build is writing out\n", 3)}
        assert files(tmp_path / "out") in trees
        assert {path.name for path in tmp_path.glob(".*")} == set()
