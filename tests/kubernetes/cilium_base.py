"""Cilium 1.6 as a team installs it, and a cluster's Component laid over it."""

import shutil
from pathlib import Path
from typing import Any

import yaml
from kubectl_types import Kubectl

BASE = Path(__file__).parent / "base"


def objects(stream: str) -> dict[tuple[str, str], Any]:
    """Documents by kind and name."""
    documents = [document for document in yaml.safe_load_all(stream) if document]
    return {(document["kind"], document["metadata"]["name"]): document for document in documents}


def base_objects() -> dict[tuple[str, str], Any]:
    files = sorted(path for path in BASE.glob("*.yaml") if path.name != "kustomization.yaml")
    return objects("\n---\n".join(path.read_text("utf-8") for path in files))


def with_component(
    kubectl: Kubectl, folder: Path, patches: Path, **settings: Any
) -> dict[tuple[str, str], Any]:
    """The base with a cluster's Component laid over it."""
    shutil.copytree(BASE, folder / "base")
    shutil.copytree(patches, folder / "patches")
    overlay = {"resources": ["../base"], "components": ["../patches"], **settings}
    (folder / "overlay").mkdir()
    (folder / "overlay" / "kustomization.yaml").write_text(yaml.safe_dump(overlay), "utf-8")
    return objects(kubectl("kustomize", folder / "overlay"))
