"""A directory that is a mount of its own, such as a volume of a container, is written like any other."""

import os
import subprocess
from collections.abc import Iterator

import pytest
from builders import cluster, mesh, service
from workspace import Workspace, files

OLD = mesh(services=[service("kept"), service("stale")])
NEW = mesh(cluster(2), cluster(3), services=[service("kept", ports=[81])])


@pytest.fixture
def volume(work: Workspace) -> Iterator[Workspace]:
    """A workspace whose out/ is an empty mount."""
    work.out.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "meshgen", work.out], capture_output=True, check=False)
    if os.geteuid() or mounted.returncode:
        pytest.skip("only root may mount, and not in every container")
    yield work
    subprocess.run(["umount", "--lazy", work.out], check=True)


def test_it_is_built_and_changed_with_nothing_left(volume: Workspace) -> None:
    volume.built(OLD)
    volume.built(NEW, "--allow-removal", "cluster1")

    assert volume.build("--check").status == 0
    assert volume.build("-o", "fresh").status == 0
    assert files(volume.out) == files(volume.folder / "fresh")
    assert {path.name for path in volume.out.iterdir()} == {
        path.name for path in (volume.folder / "fresh").iterdir()
    }
    assert volume.beside() == {"fresh"}


def test_what_an_interrupted_first_build_left_in_it_is_not_foreign(volume: Workspace) -> None:
    (volume.out / ".out.meshgen/new").mkdir(parents=True)
    (volume.out / ".out.meshgen/new/ROLLOUT.md").write_text("half of")
    volume.write(OLD)

    assert volume.build("--check").lines[0].startswith("interrupted  out")
    assert "out: repaired" in volume.build().err
    assert not (volume.out / ".out.meshgen").exists()
    assert volume.build("--check").status == 0


def test_files_of_somebody_else_in_it_are_foreign(volume: Workspace) -> None:
    (volume.out / ".out.meshgen").mkdir()
    (volume.out / "notes").write_text("mine")
    volume.write(OLD)

    assert "error[MG701]: out holds files" in volume.build().out
