"""How an import reads and writes files: nothing of anybody's is lost, and nothing waits for ever."""

import io
import os
from pathlib import Path

import pytest
from commands import Run
from given import read, values, write

MESH = Path("mesh.yaml")
BEFORE = "version: 1\nname: shop\ncilium: {version: '1.19'}\nclusters:\n  - {name: cluster1, id: 9} # mine\n"


def importing(run: Run, *more: str) -> tuple[int, str]:
    """Import a cluster; gives the status, and what went to standard error."""
    done = run("import", write("one.yaml", values(1)), "--cilium-version", "1.19", *more)
    return done.status, done.err


def test_line_ends_and_permissions_stay(run: Run) -> None:
    MESH.write_bytes(b"\xef\xbb\xbf" + BEFORE.replace("\n", "\r\n").encode())
    MESH.chmod(0o600)
    Path("mesh.yaml.meshgen-new").write_text("mine")
    assert importing(run)[0] == 0
    content = MESH.read_bytes()
    assert content.startswith(b"\xef\xbb\xbfversion: 1\r\n")
    assert content.count(b"\n") == content.count(b"\r\n") > 4
    assert b"} # mine\r\n" in content
    assert MESH.stat().st_mode & 0o777 == 0o600
    assert Path("mesh.yaml.meshgen-new").read_text() == "mine"
    assert len(list(Path.cwd().iterdir())) == len(["mesh.yaml", "mesh.yaml.meshgen-new", "one.yaml"])


def test_what_does_not_change_is_not_written(run: Run) -> None:
    importing(run)
    MESH.chmod(0o444)
    assert importing(run) == (0, "mesh.yaml: nothing changes; next: meshgen check mesh.yaml\n")


def test_a_mesh_that_is_read_only_stays(run: Run) -> None:
    MESH.write_text(BEFORE)
    MESH.chmod(0o444)
    status, told = importing(run)
    assert (status, "mesh.yaml is read-only" in told, MESH.read_text()) == (3, True, BEFORE)


def test_a_folder_that_is_not_there_is_named(run: Run) -> None:
    status, told = importing(run, "-o", "none/mesh.yaml")
    assert (status, "none/mesh.yaml: No such file or directory\n" in told) == (3, True)


def test_a_report_is_not_written_over_the_mesh(run: Run) -> None:
    status, told = importing(run, "--format", "json=./mesh.yaml")
    assert (status, "would write over the mesh" in told, MESH.exists()) == (2, True, False)
    assert importing(run, "--format", "json=report.json", "-o", "-")[0] == 0
    assert read("report.json")["schema"] == "meshgen.import/v1"


def test_quiet_says_no_more_than_is_asked_for(run: Run) -> None:
    one = write("one.yaml", values(1))
    done = run("import", one, "--cilium-version", "1.19", "--quiet")
    assert (done.status, done.out, done.err) == (0, "", "")
    assert run("import", one, "-q", "--format", "json").out.startswith("{")


@pytest.mark.parametrize("given", ["east=-@1.19", "-"])
def test_values_may_come_from_standard_input(run: Run, monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    content = io.BytesIO(Path(write("one.yaml", values(1))).read_bytes())
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(content))
    done = run("import", given, "--cilium-version", "1.19")
    assert done.status == 0
    assert f"read     -: {'east' if '=' in given else 'cluster1'}, Cilium 1.19" in done.out


def test_pipes_in_which_nobody_writes_are_not_waited_for(run: Run) -> None:
    os.mkfifo("pipe")
    status, told = importing(run, "-o", "pipe")
    assert (status, "pipe is no file" in told) == (3, True)
    failed = run("import", "east=pipe", "--cilium-version", "1.19")
    assert (failed.status, "nobody writes into it" in failed.err) == (3, True)
