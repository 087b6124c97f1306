"""What a small run does not load, so that it starts quickly."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from builders import cluster, mesh, text

from meshgen.cli import no_plugins

RUN = """
import sys
from meshgen.cli.run import main
status = main(sys.argv[1:])
print(" ".join(sys.modules), file=sys.stderr)
sys.exit(status)
"""


@pytest.fixture
def loaded(tmp_path: Path) -> set[str]:
    """The modules that a build of two clusters without TLS has loaded at its end."""
    (tmp_path / "mesh.yaml").write_bytes(text(mesh(cluster(1), cluster(2))))
    ran = subprocess.run(
        [sys.executable, "-c", RUN, "build", "--quiet"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(ran.stderr.split())


def test_a_small_build_loads_nothing_that_it_does_not_need(loaded: set[str]) -> None:
    slow = {"cryptography", "difflib", "importlib.metadata", "pyrage", "shutil", "socket", "zipfile"}

    assert "pydantic_core" in loaded
    assert not loaded & {*slow, "meshgen.trust.inventory"}
    assert not loaded & {f"meshgen.checks.{name}" for name in ("policies", "services", "tls", "values")}
    assert not loaded & {f"meshgen.model.{name}" for name in ("external", "host_alias", "ignore", "policy")}


def test_what_pydantic_asks_for_besides_plugins_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pydantic.plugin._loader", no_plugins)

    assert no_plugins.PYDANTIC_ENTRY_POINT_GROUP == "pydantic"
    assert no_plugins.PYDANTIC_ENTRY_POINT_GROUP == "pydantic"
    assert import_module("pydantic.plugin._loader") is not no_plugins
    assert no_plugins.get_plugins() == ()
