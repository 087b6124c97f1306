"""kubectl's kustomize builds what GitOps tools read: folders of clusters, and an overlay of Argo CD's."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from kubectl_types import Kubectl

GOLDEN = Path(__file__).parent.parent / "gitops" / "golden"
FOLDERS = sorted(path.parent for path in GOLDEN.glob("*/out/*/kustomization.yaml"))


def by_name(documents: Any) -> dict[tuple[str, str], Any]:
    return {(one["kind"], one["metadata"]["name"]): one for one in documents}


def built(kubectl: Kubectl, folder: Path) -> dict[tuple[str, str], Any]:
    return by_name(yaml.safe_load_all(kubectl("kustomize", folder)))


@pytest.mark.parametrize("folder", [pytest.param(one, id=f"{one.parts[-3]}/{one.name}") for one in FOLDERS])
def test_the_folder_of_a_cluster_builds_to_the_objects_that_it_lists(kubectl: Kubectl, folder: Path) -> None:
    listed = yaml.safe_load((folder / "kustomization.yaml").read_text("utf-8"))["resources"]
    expected = by_name(yaml.safe_load((folder / path).read_text("utf-8")) for path in listed)
    found = built(kubectl, folder)
    found.pop(("ConfigMap", "cilium-mesh-values"), None)
    assert found == expected


def test_flux_finds_the_values_in_the_config_map_that_the_release_names(kubectl: Kubectl) -> None:
    folder = GOLDEN / "flux" / "out" / "west"
    found = built(kubectl, folder)
    release = found["HelmRelease", "cilium"]
    (source,) = release["spec"]["valuesFrom"]
    values = found[source["kind"], source["name"]]
    assert values["metadata"]["namespace"] == release["metadata"]["namespace"]
    assert values["data"][source["valuesKey"]] == (folder / "values.yaml").read_text("utf-8")
    assert values["metadata"]["labels"]["reconcile.fluxcd.io/watch"] == "Enabled"
    assert values["metadata"]["annotations"]["kustomize.toolkit.fluxcd.io/prune"] == "disabled"


def test_the_overlay_of_the_guide_changes_project_and_destination(kubectl: Kubectl, tmp_path: Path) -> None:
    out = GOLDEN / "argocd" / "out"
    overlay = re.search(r"```yaml\n(.*?)```", (out / "_gitops/README.md").read_text("utf-8"), re.DOTALL)
    assert overlay is not None
    base = tmp_path / "meshes" / "rebels" / "_gitops" / "argocd"
    base.mkdir(parents=True)
    for path in (out / "_gitops" / "argocd").iterdir():
        (base / path.name).write_text(path.read_text("utf-8"), "utf-8")
    (tmp_path / "argocd").mkdir()
    (tmp_path / "argocd" / "kustomization.yaml").write_text(overlay[1], "utf-8")

    found = built(kubectl, tmp_path / "argocd")
    assert set(found) == {("ApplicationSet", "mesh-rebel-fleet"), ("ApplicationSet", "cilium-rebel-fleet")}
    for one in found.values():
        assert one["spec"]["template"]["spec"]["project"] == "network"
    elements = found["ApplicationSet", "mesh-rebel-fleet"]["spec"]["generators"][0]["list"]["elements"]
    assert [one["destination"] for one in elements] == ["east-in-argocd", "west"]
