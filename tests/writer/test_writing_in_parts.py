"""Files that the system takes only in part."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from builders import mesh, text

from meshgen.cli.run import main


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """The system takes this many bytes of a file, and refuses the rest."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_file_that_is_taken_only_in_part_is_a_failure_that_leaves_nothing_behind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "mesh.yaml"
    source.write_bytes(text(mesh()))
    with files_of_at_most(1_000):
        status = main(["build", str(source), "-o", str(tmp_path / "out")])
    assert status == 3
    assert "File too large" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [source]
