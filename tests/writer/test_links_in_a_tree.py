"""Symbolic links inside the output directory are never followed out of it, and nothing hangs."""

import os
import shutil
import socket
from pathlib import Path

import pytest
from builders import cluster, mesh, service
from workspace import Workspace, files, state

MESH = mesh(services=[service()])
CHANGED = mesh(cluster(1, service={"port": 2380}), cluster(2), services=[service(ports=[81])])
FILE = "cluster1/global-services/default.rebel-base.service.yaml"


@pytest.fixture
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that is nobody's business."""
    folder = tmp_path_factory.mktemp("outside")
    (folder / "precious").write_text("mine")
    (folder / "apply.sh").write_text("mine")
    return folder


def target(kind: str, work: Workspace, outside: Path) -> str:
    """Where a link of this kind leads."""
    return {
        "to a file outside": str(outside / "precious"),
        "to a folder outside": str(outside),
        "to another file of ours": str(work.out / "ROLLOUT.md"),
        "to another folder of ours": str(work.out / "cluster2"),
        "to nowhere": "nowhere",
        "to itself": "default.rebel-base.service.yaml",
    }[kind]


KINDS = [
    "to a file outside",
    "to a folder outside",
    "to another file of ours",
    "to another folder of ours",
    "to nowhere",
    "to itself",
]


@pytest.mark.parametrize("kind", KINDS)
def test_a_link_in_place_of_a_file_counts_as_edited(work: Workspace, outside: Path, kind: str) -> None:
    work.built(MESH)
    (work.out / FILE).unlink()
    (work.out / FILE).symlink_to(target(kind, work, outside))
    work.write(CHANGED)
    before = state(work.folder), state(outside)
    run = work.build()

    assert run.status == 1
    assert f"error[MG702]: {FILE} was edited by hand" in run.out
    assert f"hand-edited  out/{FILE}" in work.build("--check").lines
    assert (state(work.folder), state(outside)) == before

    assert work.build("--force").status == 0
    assert not (work.out / FILE).is_symlink()
    assert state(outside) == before[1]
    assert work.build("--check").status == 0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("folder", ["cluster1", "cluster1/patches"])
def test_a_link_in_place_of_a_folder_counts_as_edited(
    work: Workspace, outside: Path, kind: str, folder: str
) -> None:
    built = work.built(MESH)
    shutil.rmtree(work.out / folder)
    (work.out / folder).symlink_to(target(kind, work, outside))
    work.write(CHANGED)
    before = state(work.folder), state(outside)
    run = work.build()

    assert run.status == 1
    assert [line for line in run.lines if line.startswith("error")] == [
        f"error[MG702]: {folder} was edited by hand"
    ]
    assert f"hand-edited  out/{folder}" in work.build("--check").lines
    assert (state(work.folder), state(outside)) == before

    assert work.build("--force").status == 0
    assert (work.out / folder).is_dir()
    assert not (work.out / folder).is_symlink()
    assert files(work.out).keys() == built.keys()
    assert state(outside) == before[1]
    assert work.beside() == set()


def test_a_link_in_place_of_a_folder_that_is_to_go_is_removed_and_not_followed(
    work: Workspace, outside: Path
) -> None:
    work.built(MESH)
    for path, content in files(work.out / "cluster2").items():
        (outside / path).parent.mkdir(parents=True, exist_ok=True)
        (outside / path).write_bytes(content)
    shutil.rmtree(work.out / "cluster2")
    (work.out / "cluster2").symlink_to(outside)
    before = state(outside)
    work.write(mesh(cluster(1), cluster(3)))

    assert work.build("--allow-removal", "cluster2").status == 1
    assert work.build("--allow-removal", "cluster2", "--force").status == 0
    assert not (work.out / "cluster2").is_symlink()
    assert state(outside) == before


def test_a_link_where_a_new_folder_is_to_be_is_foreign(work: Workspace, outside: Path) -> None:
    work.built(MESH)
    (work.out / "cluster3").symlink_to(outside)
    work.write(mesh(cluster(1), cluster(2), cluster(3)))
    before = state(work.folder), state(outside)

    for force in ([], ["--force"]):
        assert "error[MG701]: cluster3 is in the way, and not meshgen's" in work.build(*force).out
        assert (state(work.folder), state(outside)) == before


def test_a_link_where_a_new_file_is_to_be_is_foreign(work: Workspace, outside: Path) -> None:
    work.built(mesh())
    (work.out / FILE).parent.mkdir()
    (work.out / FILE).symlink_to(outside / "precious")
    work.write(MESH)
    before = state(work.folder), state(outside)

    for force in ([], ["--force"]):
        assert f"error[MG701]: {FILE} is in the way" in work.build(*force).out
        assert (state(work.folder), state(outside)) == before


def test_a_link_in_place_of_the_index_is_not_read(work: Workspace, outside: Path) -> None:
    work.built(MESH)
    (work.out / ".meshgen.json").rename(outside / "index")
    (work.out / ".meshgen.json").symlink_to(outside / "index")
    before = state(work.folder), state(outside)

    assert "error[MG701]" in work.build("--force").out
    assert (state(work.folder), state(outside)) == before


IN_THE_WAY = [
    *((kind, place) for kind in ("a FIFO", "a socket") for place in (FILE, "cluster1", "cluster1/patches")),
    ("a FIFO", ".meshgen.json"),
    ("a folder", FILE),
    ("a folder", ".meshgen.json"),
    ("a file", "cluster1"),
    ("a file", "cluster1/patches"),
]


@pytest.mark.parametrize(("kind", "place"), IN_THE_WAY)
def test_what_is_no_file_of_ours_is_in_the_way_and_nothing_hangs(
    work: Workspace, monkeypatch: pytest.MonkeyPatch, kind: str, place: str
) -> None:
    work.built(MESH)
    path = work.out / place
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    if kind == "a FIFO":
        os.mkfifo(path)
    elif kind == "a folder":
        path.mkdir()
    elif kind == "a file":
        path.write_text("mine")
    else:
        # NOTE: a socket's address has to be short.
        monkeypatch.chdir(path.parent)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(path.name)
        monkeypatch.chdir(work.folder)
    work.write(CHANGED)
    before = state(work.folder)

    for arguments in ([], ["--force"], ["--check"]):
        run = work.build(*arguments)
        assert run.status == 1
        assert ("in the way" if arguments == ["--check"] else "error[MG701]") in run.out
        assert state(work.folder) == before
