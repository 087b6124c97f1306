"""A move that fails half-way is undone; what makes it fail comes between writing files and moving them in."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from builders import cluster, mesh, service, text
from workspace import Workspace, files

from meshgen.compiler import compile_mesh
from meshgen.drift import Job
from meshgen.inspection import inspect
from meshgen.ownership import index_of
from meshgen.swap import File, Progress
from meshgen.writer import Outcome, Permissions, target_of, write

OLD = mesh(cluster(1), cluster(2), services=[service("kept"), service("stale")])
NEW = mesh(cluster(2), cluster(3), services=[service("kept", ports=[81])])
LEAVE = Permissions(removals=frozenset({"cluster1"}))


def at_the_end(happens: Callable[[], None]) -> Progress:
    """A progress that lets something happen when all files are written, and none is moved in."""

    @contextmanager
    def progress(items: Sequence[File]) -> Iterator[Iterable[File]]:
        yield items
        happens()

    return progress


def build(out: Path, happens: Callable[[], None]) -> Outcome:
    """Build NEW, and let something happen on the way."""
    compiled = compile_mesh(inspect(text(NEW), "mesh.yaml"), source="mesh.yaml", root="out")
    index = index_of(compiled.tree.files, source="mesh.yaml", digest=compiled.digest)
    return write(Job(compiled.tree, index, target_of(str(out))), LEAVE, at_the_end(happens))


def interrupt() -> None:
    raise KeyboardInterrupt


def test_an_interrupt_from_the_keyboard_leaves_the_old_tree(work: Workspace) -> None:
    before = work.built(OLD)
    with pytest.raises(KeyboardInterrupt):
        build(work.out, interrupt)

    assert files(work.out) == before
    assert work.beside() == set()


def test_an_interrupt_of_a_first_build_leaves_nothing(work: Workspace) -> None:
    with pytest.raises(KeyboardInterrupt):
        build(work.folder / "a/b", interrupt)

    assert list(work.folder.iterdir()) == []


def test_a_move_that_fails_is_undone_with_all_before_it(work: Workspace) -> None:
    before = work.built(OLD)

    def put_a_file_in_the_way() -> None:
        (work.out / "cluster3").write_text("mine")

    with pytest.raises(FileExistsError):
        build(work.out, put_a_file_in_the_way)

    assert files(work.out) == before | {"cluster3": b"mine"}
    assert work.beside() == set()


def test_folders_that_were_made_for_files_are_removed_when_a_move_fails(work: Workspace) -> None:
    before = work.built(OLD)

    def lose_a_file() -> None:
        (work.folder / ".out.meshgen/new/cluster3/values.yaml").unlink()

    with pytest.raises(FileNotFoundError):
        build(work.out, lose_a_file)

    assert files(work.out) == before
    assert not (work.out / "cluster3").exists()
    assert work.beside() == set()


def test_a_failing_repair_stays_to_be_repaired(work: Workspace) -> None:
    work.built(OLD)
    (work.folder / ".out.meshgen").mkdir()
    before = files(work.out)
    with pytest.raises(KeyboardInterrupt):
        build(work.out, interrupt)

    assert files(work.out) == before
    assert work.beside() == {".out.meshgen"}
    assert files(work.folder / ".out.meshgen") == {}
    work.write(NEW)
    assert "out: repaired" in work.build("--allow-removal", "cluster1").err


def test_a_directory_that_somebody_made_meanwhile_is_not_written_over(work: Workspace) -> None:
    def make_it() -> None:
        work.out.mkdir()
        (work.out / "notes").write_text("mine")

    with pytest.raises(OSError, match="not empty"):
        build(work.out, make_it)

    assert files(work.out) == {"notes": b"mine"}
    assert work.beside() == set()
