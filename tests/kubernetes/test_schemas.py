"""Whole objects, and Cilium's own once patched, are valid in the oldest and newest Kubernetes known here."""

from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from cilium_base import with_component
from kubectl_types import Kubectl
from kubernetes_validate.utils import all_versions

GOLDEN = Path(__file__).parent.parent / "golden"
MESHES = [pytest.param(path.parent, id=path.parent.name) for path in sorted(GOLDEN.glob("*/mesh.yaml"))]
PATCHED = [one for one in MESHES if any(Path(str(one.values[0])).glob("out/*/patches"))]
VERSIONS = (all_versions()[0], all_versions()[-1])


def validate(manifest: dict[str, Any]) -> None:
    for version in VERSIONS:
        kubernetes_validate.validate(manifest, version, strict=True)


@pytest.mark.parametrize("case", MESHES)
def test_whole_objects_are_valid(case: Path) -> None:
    files = [
        *case.glob("out/*/*.service.yaml"),
        *case.glob("out/*/*.secret.yaml"),
        *case.glob("out/*/*.configmap.yaml"),
        *case.glob("out/*/global-services/*.yaml"),
        *case.glob("expected-secrets/*/*.yaml"),
    ]
    assert files
    for path in files:
        validate(yaml.safe_load(path.read_text("utf-8")))


@pytest.mark.parametrize("case", PATCHED)
def test_ciliums_objects_are_valid_once_patched(kubectl: Kubectl, tmp_path: Path, case: Path) -> None:
    for manifest in with_component(kubectl, tmp_path, min(case.glob("out/*/patches"))).values():
        validate(manifest)


def test_the_versions_are_far_apart_and_an_unknown_field_is_refused() -> None:
    assert VERSIONS[0] != VERSIONS[1]
    patch = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "a", "description": "no such field"},
    }
    with pytest.raises(kubernetes_validate.ValidationError):
        validate(patch)
