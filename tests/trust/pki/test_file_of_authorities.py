"""The file of `tls.caBundle`, and what may stand in its place."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from builders import mesh, text
from faults import authority

from meshgen.cli.input import Beside
from meshgen.inspection import inspect

NAME = "pki/authorities.pem"


def found(folder: Path | str, name: str = NAME) -> list[str]:
    """The code, the message and the marked text of each finding about the file."""
    data = mesh(cilium={"version": "1.19.6"}, tls={"source": "in-cluster", "caBundle": name})
    inspection = inspect(text(data), "mesh.yaml", folder=Beside(str(folder)))
    assert {one.path for one in inspection.diagnostics} <= {"tls.caBundle"}
    return [f"{one.code} {one.message}" for one in inspection.diagnostics]


def good(path: Path) -> None:
    path.write_bytes(authority("mesh CA").pem)


def large(path: Path) -> None:
    path.write_bytes(authority("mesh CA").pem.ljust(1024 * 1024 + 1, b"\n"))


def outside(path: Path) -> None:
    there = path.parent.parent.parent / "elsewhere.pem"
    good(there)
    path.symlink_to(there)


def inside(path: Path) -> None:
    good(path.with_name("mesh.pem"))
    path.symlink_to("mesh.pem")


def many(path: Path) -> None:
    path.write_bytes(authority("mesh CA").pem * 33)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        pytest.param(good, [], id="a file"),
        pytest.param(inside, [], id="a link inside"),
        pytest.param(lambda _: None, [f"MG501 the TLS file {NAME} is missing"], id="nothing"),
        pytest.param(Path.mkdir, [f"MG502 {NAME} is a folder, and no file"], id="a folder"),
        pytest.param(
            os.mkfifo,
            [f"MG502 {NAME} is no file that can be read (a pipe, or a link to itself or to nothing)"],
            id="a pipe",
        ),
        pytest.param(
            lambda path: path.symlink_to(path.name),
            [f"MG502 {NAME} is no file that can be read (a pipe, or a link to itself or to nothing)"],
            id="a link to itself",
        ),
        pytest.param(
            outside,
            [f"MG502 {NAME} is reached by a symbolic link out of the folder of mesh.yaml"],
            id="a link out of the folder",
        ),
        pytest.param(large, [f"MG502 {NAME} is larger than a ConfigMap can be (1 MiB)"], id="too large"),
        pytest.param(many, [f"MG502 {NAME} holds more than 32 certificates"], id="too many"),
    ],
)
def test_what_is_wrong_with_it_is_told_where_it_is_named(
    tmp_path: Path, make: Callable[[Path], None], told: list[str]
) -> None:
    folder = tmp_path / "mesh"
    (folder / "pki").mkdir(parents=True)
    make(folder / NAME)

    assert found(folder) == told


def test_it_may_lie_beside_a_mesh_of_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("authorities.pem").mkdir()

    assert found("", "authorities.pem") == ["MG502 authorities.pem is a folder, and no file"]
