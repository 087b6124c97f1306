"""mesh.yaml comes from a file, a pipe or standard input, and gives the same tree."""

import io
import os
import threading

import pytest
from builders import mesh, service, text
from workspace import Workspace, files

MESH = mesh(services=[service()])


def test_standard_input_gives_the_tree_that_the_file_gives(
    work: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = work.built(MESH)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text(MESH))))

    assert work.build("-", "-o", "piped").status == 0
    assert files(work.folder / "piped") == built


def test_standard_input_that_is_closed_is_said(work: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    run = work.build("-")

    assert (run.status, run.out) == (3, "")
    assert run.err == "meshgen: cannot read standard input: it is closed\n"


def test_a_pipe_with_a_name_is_read_to_its_end(work: Workspace) -> None:
    os.mkfifo("mesh.yaml")
    writer = threading.Thread(target=lambda: work.write(MESH))
    writer.start()
    run = work.build()
    writer.join()

    assert run.status == 0
    assert work.index()["mesh"]["file"] == "mesh.yaml"


def test_a_pipe_whose_writer_is_slow_is_waited_for(work: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("meshgen.cli.pipes.PATIENCE", 0.01)
    reading, writing = os.pipe()
    timer = threading.Timer(0.3, lambda: (os.write(writing, text(MESH)), os.close(writing)))
    timer.start()
    run = work.build(f"/dev/fd/{reading}")
    timer.join()
    os.close(reading)

    assert run.status == 0


@pytest.mark.parametrize("command", [["check"], ["build"], ["diff", "mesh.yaml"]])
def test_a_pipe_into_which_nobody_writes_is_said(
    work: Workspace, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.setattr("meshgen.cli.pipes.PATIENCE", 0.01)
    os.mkfifo("mesh.yaml")
    run = work.run(*command)

    assert (run.status, run.out) == (3, "")
    assert run.err == "meshgen: cannot read 'mesh.yaml': it is a pipe, and nobody writes into it\n"


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null"])
def test_a_device_is_no_mesh(work: Workspace, device: str) -> None:
    (work.folder / "mesh.yaml").symlink_to(device)
    run = work.run("check")

    assert (run.status, run.out) == (3, "")
    assert run.err == "meshgen: cannot read 'mesh.yaml': it is a device\n"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        pytest.param("nowhere.yaml", "No such file or directory", id="a missing file"),
        pytest.param("folder", "Is a directory", id="a folder"),
        pytest.param("mesh.yaml/mesh.yaml", "Not a directory", id="below a file"),
        pytest.param("loop.yaml", "Too many levels of symbolic links", id="a link to itself"),
        pytest.param("x" * 300, "File name too long", id="a name that is too long"),
        pytest.param("nul\0byte", "embedded null byte", id="a NUL"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(work: Workspace, name: str, told: str) -> None:
    work.write()
    (work.folder / "folder").mkdir()
    (work.folder / "loop.yaml").symlink_to("loop.yaml")

    for command in (["check"], ["build"], ["build", "--check"]):
        run = work.run(*command, name)
        assert (run.status, run.out) == (3, "")
        assert run.err == f"meshgen: cannot read {name!r}: {told}\n"
    assert not work.out.exists()
