"""Secrets in clear text never land in the output directory, by whichever way."""

import os
import shutil
import subprocess
from collections.abc import Callable

import pytest
from builders import cluster, mesh
from workspace import Workspace, extracted, files, state

MESH = mesh(cluster(1), cluster(2), name="rebels", tls={"source": "files"})
PLAIN = mesh(cluster(1), cluster(2), name="rebels")


def mesh_in_out(work: Workspace) -> list[str]:
    work.built(PLAIN)
    (work.out / "mesh.yaml").write_bytes((work.folder / "mesh.yaml").read_bytes())
    return ["out/mesh.yaml", "-o", "out"]


def mesh_deep_in_out(work: Workspace) -> list[str]:
    work.built(PLAIN)
    (work.out / "cluster1/deep").mkdir()
    return ["out/cluster1/deep/mesh.yaml", "-o", "out"]


def output_above(work: Workspace) -> list[str]:
    (work.folder / "a/b").mkdir(parents=True)
    return ["a/b/mesh.yaml", "-o", "a"]


def output_is_the_folder(work: Workspace) -> list[str]:
    (work.folder / "a").mkdir()
    return ["a/mesh.yaml", "-o", "a"]


def output_is_secrets(_work: Workspace) -> list[str]:
    return ["mesh.yaml", "-o", "secrets"]


def output_is_the_mesh_s_secrets(_work: Workspace) -> list[str]:
    return ["mesh.yaml", "-o", "secrets/rebels"]


def secrets_link_into_output(work: Workspace) -> list[str]:
    work.built(PLAIN)
    (work.out / "hidden").mkdir()
    (work.folder / "secrets").symlink_to("out/hidden")
    return ["mesh.yaml", "-o", "out"]


def secrets_link_into_output_to_come(work: Workspace) -> list[str]:
    (work.folder / "secrets").symlink_to("out/hidden")
    return ["mesh.yaml", "-o", "out"]


def the_mesh_s_secrets_link_into_output(work: Workspace) -> list[str]:
    (work.folder / "secrets").mkdir()
    (work.folder / "secrets/rebels").symlink_to("../out/cluster1")
    return ["mesh.yaml", "-o", "out"]


def output_links_to_secrets(work: Workspace) -> list[str]:
    (work.folder / "secrets/rebels").mkdir(parents=True)
    work.out.symlink_to("secrets")
    return ["mesh.yaml", "-o", "out"]


@pytest.mark.parametrize(
    "arrange",
    [
        pytest.param(mesh_in_out, id="mesh.yaml lies in the directory"),
        pytest.param(mesh_deep_in_out, id="mesh.yaml lies deep in the directory"),
        pytest.param(output_above, id="the directory is above mesh.yaml"),
        pytest.param(output_is_the_folder, id="the directory is that of mesh.yaml"),
        pytest.param(output_is_secrets, id="the directory is secrets"),
        pytest.param(output_is_the_mesh_s_secrets, id="the directory is the folder for the mesh's secrets"),
        pytest.param(secrets_link_into_output, id="secrets is a link into the directory"),
        pytest.param(
            secrets_link_into_output_to_come, id="secrets is a link into a directory yet to be made"
        ),
        pytest.param(
            the_mesh_s_secrets_link_into_output, id="the mesh's secrets are a link into the directory"
        ),
        pytest.param(output_links_to_secrets, id="the directory is a link to secrets"),
    ],
)
def test_a_folder_for_secrets_in_the_directory_is_refused(
    work: Workspace, arrange: Callable[[Workspace], list[str]]
) -> None:
    arguments = arrange(work)
    place = (work.folder / arguments[0]).parent
    extracted(place / "config", "cluster1", "cluster2")
    work.write(MESH, arguments[0])
    before = state(work.folder)

    for more in ([], ["--force"], ["--check"]):
        run = work.build(*arguments, *more)
        assert (run.status, run.out) == (3, "")
        assert "private keys are never written there; choose another directory with -o" in run.err
        assert run.err.count("\n") == 1
        assert state(work.folder) == before


def test_a_mount_of_the_directory_as_secrets_is_refused(work: Workspace) -> None:
    work.built(PLAIN)
    extracted(work.folder / "config", "cluster1", "cluster2")
    work.write(MESH)
    secrets = work.folder / "secrets"
    secrets.mkdir()
    mounted = subprocess.run(["mount", "--bind", work.out, secrets], capture_output=True, check=False)
    if os.geteuid() or mounted.returncode:
        pytest.skip("only root may mount, and not in every container")
    try:
        before = files(work.out)
        run = work.build()
        assert run.status == 3
        assert "private keys are never written there" in run.err
        assert files(work.out) == before
    finally:
        subprocess.run(["umount", secrets], check=True)


@pytest.mark.parametrize("force", [[], ["--force"]], ids=["", "with force"])
def test_a_link_inside_of_the_secrets_is_not_followed_into_the_directory(
    work: Workspace, force: list[str]
) -> None:
    work.built(PLAIN)
    extracted(work.folder / "config", "cluster1", "cluster2")
    work.write(MESH)
    (work.folder / "secrets/rebels").mkdir(parents=True)
    (work.folder / "secrets/rebels/cluster1").symlink_to(work.out / "cluster1")
    before = files(work.out)

    assert work.build(*force).status == 1
    assert files(work.out) == before


def test_a_directory_below_secrets_is_none_of_our_business(work: Workspace) -> None:
    extracted(work.folder / "config", "cluster1", "cluster2")
    work.write(MESH)

    assert work.build("-o", "secrets/elsewhere").status == 0
    assert not [path for path in (work.folder / "secrets/elsewhere").rglob("*") if "secret.yaml" in path.name]


@pytest.mark.parametrize(
    ("content", "accepted"),
    [
        pytest.param("*\n", True, id="everything"),
        pytest.param("# keys\n\n*\n!.gitignore\n", True, id="everything but itself"),
        pytest.param("", True, id="an empty file, as a killed build may leave it"),
        pytest.param("# nothing yet\n", True, id="a comment alone"),
        pytest.param("# nothing yet", True, id="a comment without an end"),
        pytest.param("*  \n", True, id="everything, and spaces that Git drops"),
        pytest.param("*\r\n", False, id="a carriage return, which Git keeps"),
        pytest.param("*\t\n", False, id="a tab, which Git keeps"),
        pytest.param(" *\n", False, id="a space before, which Git keeps"),
        pytest.param("x\x0b*\n", False, id="what Git takes for one line"),
        pytest.param("#\u2028*\n*.key\n", False, id="a comment with a line separator"),
        pytest.param("\ufeff!rebels/**\n*\n", False, id="an exception behind a byte order mark"),
        pytest.param("*.key\n", False, id="some files"),
        pytest.param("# * is everything\n*.key\n", False, id="everything in a comment alone"),
        pytest.param("*\n!*.yaml\n", False, id="everything but what counts"),
    ],
)
def test_a_gitignore_of_somebody_s_own_has_to_ignore_everything(
    work: Workspace, content: str, *, accepted: bool
) -> None:
    extracted(work.folder / "config", "cluster1", "cluster2")
    work.write(MESH)
    ignore = work.folder / "secrets/.gitignore"
    ignore.parent.mkdir()
    ignore.write_bytes(content.encode())
    run = work.build()
    subprocess.run(["git", "init", "-q"], check=True)
    listed = subprocess.run(
        ["git", "status", "--porcelain", "--untracked-files=all"], capture_output=True, text=True, check=True
    ).stdout

    assert "secret.yaml" not in listed
    if accepted:
        assert run.status == 0
        assert ignore.read_bytes().startswith(content.encode())
    else:
        assert (run.status, run.out) == (3, "")
        assert run.err == (
            f"meshgen: {ignore} does not ignore everything; private keys are written there only if it does\n"
        )
        assert not work.out.exists()
        assert files(ignore.parent) == {".gitignore": content.encode()}


def test_a_gitignore_that_is_a_link_is_not_followed(
    work: Workspace, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other")
    extracted(work.folder / "config", "cluster1", "cluster2")
    work.write(MESH)
    (work.folder / "secrets").mkdir()
    (work.folder / "secrets/.gitignore").symlink_to(other / "made")
    run = work.build()

    assert run.status == 3
    assert run.err.startswith("meshgen: cannot write secrets/rebels: ")
    assert list(other.iterdir()) == []
    shutil.rmtree(work.folder / "secrets")
    assert work.build().status == 0
