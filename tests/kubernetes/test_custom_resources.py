"""Every custom resource of every committed tree is valid by its published definition."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from builders import ROOT
from definitions import definition

TREES = sorted(
    path
    for pattern in ("tests/golden/*", "tests/gitops/golden/*", "examples/production", ".")
    for path in ROOT.glob(f"{pattern}/out")
)
KINDS = {
    "Certificate": ("cert-manager-certificate", "v1"),
    "ApplicationSet": ("argocd-applicationset", "v1alpha1"),
    "Kustomization": ("flux-kustomization", "v1"),
    "HelmRelease": ("flux-helmrelease", "v2"),
    "SealedSecret": ("sealed-secrets-sealedsecret", "v1alpha1"),
    "ExternalSecret": ("external-secrets-externalsecret", "v1"),
}
POLICIES = {"CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy"}
OTHERS = {"ConfigMap", "GitRepository", "HelmRepository", "NetworkPolicy", "Secret", "Service"}
KUSTOMIZE = "kustomize.config.k8s.io/"


@cache
def validator(name: str, version: str) -> jsonschema.protocols.Validator:
    return definition(name, version)


def documents(tree: Path) -> Iterator[tuple[Path, Any]]:
    for path in sorted(tree.rglob("*.y*ml")):
        if path.name != ".sops.yaml" and "patches" not in path.parts:
            for document in yaml.safe_load_all(path.read_text("utf-8")):
                if isinstance(document, dict) and not str(document.get("apiVersion", KUSTOMIZE)).startswith(
                    KUSTOMIZE
                ):
                    yield path, document


def minor(tree: Path, cluster: str) -> str | None:
    """The minor line of a cluster, as its VERIFY.md has it."""
    guide = tree / cluster / "VERIFY.md"
    found = re.search(r"Cilium (1\.\d+)", guide.read_text("utf-8")) if guide.exists() else None
    return found[1] if found else None


@pytest.mark.parametrize("tree", TREES, ids=lambda tree: tree.parent.name)
def test_custom_resources_are_valid(tree: Path) -> None:
    for path, document in documents(tree):
        kind = document["kind"]
        if kind in KINDS:
            validator(*KINDS[kind]).validate(document)
        elif kind in POLICIES:
            line = minor(tree, path.relative_to(tree).parts[0])
            # NOTE: what is published of older ones has no schema.
            if line is not None and int(line.partition(".")[2]) >= 14:
                name = kind.lower().replace("policy", "policies")
                validator(f"cilium-{line}-{name}", "v2").validate(document)
        else:
            assert kind in OTHERS


def test_each_kind_stands_in_some_tree() -> None:
    found = {document["kind"] for tree in TREES for _, document in documents(tree)}
    assert found >= {*KINDS, "CiliumNetworkPolicy"} - {"SealedSecret"}
