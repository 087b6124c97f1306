"""The meshes under examples/ are sound without a finding, and build."""

from pathlib import Path

import pytest

from meshgen.cli.run import main

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
MESHES = [pytest.param(path, id=path.name) for path in sorted(EXAMPLES.glob("*.yaml"))]


@pytest.mark.parametrize("path", MESHES)
def test_an_example_has_no_finding_even_when_warnings_count(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "--strict", "--as-of", "2026-11-26", str(path)]) == 0
    assert capsys.readouterr().out == f"{path}: no findings\n"


@pytest.mark.parametrize("path", MESHES)
def test_an_example_builds(path: Path, tmp_path: Path) -> None:
    assert main(["build", "-q", str(path), "-o", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "ROLLOUT.md").is_file()


def test_the_production_example_shows_what_it_says() -> None:
    """Five clusters, three providers, a node port, labels, limited backends, and nothing to excuse."""
    text = (EXAMPLES / "five-clusters.yaml").read_text("utf-8")
    assert text.count("\n    id: ") == 5
    assert {line.split()[1] for line in text.splitlines() if "provider:" in line} == {"gcp", "aws", "generic"}
    for key in ("type: NodePort", "labels:", "backends:", "manage: annotation"):
        assert key in text
    assert "ignore:" not in text
