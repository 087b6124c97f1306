"""Meshes that are made once and copied, since most tests here begin with one that is complete."""

from pathlib import Path

import pytest
from workplaces import Workplace, generated


@pytest.fixture(autouse=True)
def _no_identity_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SOPS_AGE_KEY", "SOPS_AGE_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def two_clusters(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    return Workplace(tmp_path_factory.mktemp("two") / "mesh", generated()).made()


@pytest.fixture
def sealed(two_clusters: Workplace, tmp_path: Path) -> Workplace:
    """Two clusters with generated certificates, sealed by sops and built."""
    return two_clusters.copied(tmp_path / "mesh")
