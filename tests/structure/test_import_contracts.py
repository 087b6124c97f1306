"""The import contracts of pyproject.toml hold, and each fails when it is broken."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from builders import ROOT

_LINT = "import sys; sys.path.insert(0, ''); from importlinter.cli import lint_imports_command as run; run()"


def broken_contracts(folder: Path, module: str, line: str) -> tuple[int, str]:
    """What lint-imports says of a copy of the package in which a module begins with one more import."""
    shutil.copytree(ROOT / "meshgen", folder / "meshgen", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    changed = folder / "meshgen" / module
    before = changed.read_text("utf-8") if changed.exists() else ""
    changed.write_text(f"{line}\n{before}", "utf-8")
    run = subprocess.run(
        [sys.executable, "-c", _LINT, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False
    )
    broken = [text.removesuffix(" BROKEN") for text in run.stdout.splitlines() if text.endswith(" BROKEN")]
    return run.returncode, "".join(broken) or run.stdout + run.stderr


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        pytest.param(
            "location.py",
            "from . import model",
            "The pipeline runs one way",
            id="a low layer uses a high one",
        ),
        pytest.param("extra.py", "", "The pipeline runs one way", id="a module has no layer"),
        pytest.param(
            "checks/mg201_duplicate_cluster_name.py",
            "from . import mg202_duplicate_cluster_id",
            "No check knows another",
            id="a check uses another",
        ),
        pytest.param(
            "plan/resolve.py",
            "import click",
            "What the pipeline is made of does not print or parse",
            id="the plan prints",
        ),
        pytest.param(
            "engine/sides.py",
            "from ..model import Mesh",
            "The policy engine knows nothing of mesh.yaml",
            id="the engine asks what was written",
        ),
        pytest.param(
            "engine/ports.py",
            "import yaml",
            "The policy engine knows nothing of mesh.yaml",
            id="the engine reads YAML",
        ),
    ],
)
def test_a_broken_contract_is_noticed(tmp_path: Path, module: str, line: str, contract: str) -> None:
    status, told = broken_contracts(tmp_path, module, line)

    assert status == 1
    assert contract in told


def test_the_contracts_hold(tmp_path: Path) -> None:
    assert broken_contracts(tmp_path, "__init__.py", "")[0] == 0
