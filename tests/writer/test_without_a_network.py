"""check and build need no network, ever."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from builders import mesh, service, text
from workspace import extracted, files

MESH = mesh(name="rebels", services=[service()], tls={"source": "files"})

WATCHED = """
import socket, sys

def refuse(event, details):
    if event.startswith("socket.") or event in {"urllib.Request", "subprocess.Popen", "os.system", "os.exec"}:
        raise SystemExit(f"not allowed: {event} {details}")

sys.addaudithook(refuse)
from meshgen.cli.run import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A mesh with everything that it needs."""
    (tmp_path / "mesh.yaml").write_bytes(text(MESH))
    extracted(tmp_path / "config", "cluster1", "cluster2")
    return tmp_path


COMMANDS = [["check"], ["build"], ["build", "--check"]]


def test_neither_a_socket_nor_another_program_is_asked_for(folder: Path) -> None:
    for arguments in COMMANDS:
        run = subprocess.run(
            [sys.executable, "-c", WATCHED, *arguments],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (run.returncode, "not allowed" in run.stderr) == (0, False), run.stderr

    seen = subprocess.run(
        [sys.executable, "-c", WATCHED.replace("sys.exit(main(sys.argv[1:]))", "socket.socket()")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "not allowed: socket." in seen.stderr


def test_where_there_is_no_network_the_same_is_built(folder: Path) -> None:
    alone = ["unshare", "--net"]
    if (
        not shutil.which("unshare")
        or subprocess.run([*alone, "true"], capture_output=True, check=False).returncode
    ):
        pytest.skip("only root may take the network away, and not in every container")
    for arguments in COMMANDS:
        command = [*alone, sys.executable, "-m", "meshgen", *arguments, "--quiet"]
        assert subprocess.run(command, cwd=folder, check=False).returncode == 0
    command = [sys.executable, "-m", "meshgen", "build", "--quiet", "-o", "with"]
    subprocess.run(command, cwd=folder, check=True)

    assert files(folder / "out") == files(folder / "with")
