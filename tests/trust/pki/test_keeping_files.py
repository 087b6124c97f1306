"""Files beside mesh.yaml: each is replaced whole, those with keys are for their owner alone."""

import fcntl
import os
import resource
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from etcd_stage import PATH
from pki_place import Place, generated, stored

from meshgen.keeping import keep_files


def mode(path: str) -> int:
    return stat.S_IMODE(Path(path).stat().st_mode)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_modes_do_not_depend_on_the_umask(place: Place, umask: int) -> None:
    before = os.umask(umask)
    try:
        keep_files("", {"pki/ca/1.key.age": b"sealed", "pki/ca/1.crt": b"public", "meshgen.lock": b"{}"})
    finally:
        os.umask(before)

    assert [mode(path) for path in ("pki/ca/1.key.age", "pki/ca/1.crt", "meshgen.lock")] == [
        0o600,
        0o644,
        0o644,
    ]
    assert place.file("pki/ca/1.crt").read_bytes() == b"public"


def test_a_file_is_replaced_and_not_written_into(place: Place) -> None:
    Path("pki").mkdir()
    Path("pki/a.key.age").write_bytes(b"old")
    Path("pki/a.key.age").chmod(0o666)
    Path("other").hardlink_to("pki/a.key.age")

    keep_files("", {"pki/a.key.age": b"new"})

    assert place.file("pki/a.key.age").read_bytes() == b"new"
    assert mode("pki/a.key.age") == 0o600
    assert Path("other").read_bytes() == b"old"


def test_a_link_is_replaced_and_not_followed(place: Place) -> None:
    Path("pki").mkdir()
    Path("elsewhere").write_bytes(b"of somebody else")
    Path("pki/a.crt").symlink_to("../elsewhere")

    keep_files("", {"pki/a.crt": b"new"})

    assert not place.file("pki/a.crt").is_symlink()
    assert Path("elsewhere").read_bytes() == b"of somebody else"


def test_what_is_to_go_goes_even_if_it_is_gone(place: Place) -> None:
    keep_files("", {"pki/a.crt": b"a", "pki/b.crt": b"b"})
    keep_files("", {"pki/a.crt": None})
    keep_files("", {"pki/a.crt": None})

    assert list(stored(place.folder)) == ["pki/b.crt"]


def test_nothing_to_keep_touches_nothing(place: Place) -> None:
    place.folder.chmod(0o500)
    try:
        keep_files("nowhere", {})
    finally:
        place.folder.chmod(0o700)

    assert not Path("nowhere").exists()


def test_drafts_of_killed_runs_are_cleared_and_nothing_else(place: Place) -> None:
    ours = ["pki/ca/1.crt.0123abcd.new", "pki/ca/1.ff.key.age.0123abcd.new", "meshgen.lock.0123abcd.new"]
    others = [
        "pki/ca/notes.new",
        "pki/ca/1.crt.0123abc.new",
        "my.0123abcd.new",
        "pki/other/1.crt.0123abcd.new",
    ]
    for path in ours + others:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(b"half")

    keep_files("", {"pki/ca/1.crt": b"whole", "meshgen.lock": b"{}"})

    assert [path for path in ours if Path(path).exists()] == []
    assert [path for path in others if not Path(path).exists()] == []
    assert place.file("pki/ca/1.crt").read_bytes() == b"whole"


def test_a_failure_leaves_the_file_as_it_was_and_no_draft(place: Place) -> None:
    keep_files("", {"pki/ca/1.crt": b"old"})
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, before[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            keep_files("", {"pki/ca/0.crt": b"before", "pki/ca/1.crt": bytes(2048), "pki/ca/2.crt": b"after"})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert stored(place.folder) == {"pki/ca/0.crt": b"before", "pki/ca/1.crt": b"old"}


@pytest.mark.parametrize("umask", [0o000, 0o077, 0o777])
def test_folders_can_be_entered_whatever_the_umask(place: Place, umask: int) -> None:
    before = os.umask(umask)
    try:
        keep_files("", {"pki/clusters/east/peer.crt": b"public"})
    finally:
        os.umask(before)

    assert [mode(path) for path in ("pki", "pki/clusters", "pki/clusters/east")] == [0o755] * 3
    assert list(stored(place.folder)) == ["pki/clusters/east/peer.crt"]


@pytest.mark.parametrize("linked", ["pki", "pki/clusters", "pki/clusters/cluster1", "pki/sealed"])
def test_nothing_is_written_or_removed_through_a_linked_folder(
    ready: Place, tmp_path_factory: pytest.TempPathFactory, linked: str
) -> None:
    victim = tmp_path_factory.mktemp("victim")
    shutil.copytree(linked, victim, dirs_exist_ok=True)
    shutil.rmtree(linked)
    Path(linked).symlink_to(victim)
    before = _contents(victim), _contents(ready.folder)

    done = ready.run("pki", "rotate", "cluster1", "--identity", "operator.txt")

    assert (done.status, done.err.count("\n")) == (3, 1)
    assert done.err.startswith("meshgen: ")
    assert (_contents(victim), _contents(ready.folder)) == before


@pytest.mark.parametrize("pattern", ["meshgen.lock", "pki/sealed/cluster1/*.json"])
def test_a_folder_in_place_of_a_file_stops_the_run_before_the_first_write(ready: Place, pattern: str) -> None:
    target = min(ready.folder.glob(pattern)).relative_to(ready.folder)
    target.unlink()
    target.mkdir()
    before = _contents(ready.folder)

    done = ready.run("pki", "rotate", "cluster1", "--identity", "operator.txt")

    assert (done.status, done.err) == (
        3,
        f"meshgen: {target}: is in the way and not a file; move it away\n",
    )
    assert _contents(ready.folder) == before


def test_a_file_in_place_of_a_folder_is_told(place: Place) -> None:
    Path("pki").write_bytes(b"of somebody else")

    with pytest.raises(OSError, match="is not a folder"):
        keep_files("", {"meshgen.lock": b"{}", "pki/a.crt": b"a"})

    assert stored(place.folder) == {}


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_two_runs_at_once_do_not_mix(ready: Place) -> None:
    before = stored(ready.folder)
    handle = os.open(".", os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        done = ready.run("pki", "rotate", "cluster1", "--identity", "operator.txt")
    finally:
        os.close(handle)

    assert (done.status, done.err) == (3, "meshgen: .: another meshgen is writing here\n")
    assert stored(ready.folder) == before
    ready.ok("pki", "rotate", "cluster1", "--identity", "operator.txt")


def test_a_full_disk_is_one_clear_line_and_the_command_can_be_repeated(place: Place) -> None:
    place.write(generated())
    place.ok("pki", "init")
    limit = 'ulimit -f 2; exec "$@"'  # blocks: sealed values are larger, certificates are not

    done = subprocess.run(
        [
            "sh",
            "-c",
            limit,
            "sh",
            sys.executable,
            "-m",
            "meshgen",
            "pki",
            "issue",
            "--identity",
            "operator.txt",
        ],
        env=PATH | {"PYTHONDONTWRITEBYTECODE": "1"},  # which would be cut off too, in the sources
        capture_output=True,
        check=False,
        text=True,
    )

    assert done.returncode == 3
    assert len(done.stderr.splitlines()) == 1
    assert "File too large" in done.stderr
    assert not list(Path("pki").rglob("*.new"))
    place.ok("pki", "issue", "--identity", "operator.txt")
    assert place.codes("--identity", "operator.txt") == []
