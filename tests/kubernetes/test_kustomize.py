"""kubectl's kustomize builds every cluster's folder, and lays the Component over Cilium's own objects."""

import copy
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from builders import mesh, service
from cilium_base import BASE, base_objects, with_component
from kubectl_types import Build, Kubectl

GOLDEN = Path(__file__).parent.parent / "golden"
FOLDERS = [
    pytest.param(path.parent, id=f"{path.parts[-4]}/{path.parts[-2]}")
    for path in sorted(GOLDEN.glob("*/out/*/kustomization.yaml"))
]

PATCHED = [one for one in FOLDERS if (one.values[0] / "patches").exists()]  # type: ignore[operator]


def _by_name(item: Any) -> tuple[str, ...]:
    metadata = item["metadata"]
    return (item["kind"], metadata.get("namespace", ""), metadata["name"])


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_folder_of_a_cluster_builds_to_exactly_the_objects_in_it(kubectl: Kubectl, folder: Path) -> None:
    written = [
        path
        for path in folder.rglob("*.y*ml")
        if path.parent == folder or path.parent.name in {"certificates", "global-services", "policies"}
        if path.name not in {"kustomization.yaml", "values.yaml"} and "patches" not in path.parts
    ]
    expected = [one for path in written for one in yaml.safe_load_all(path.read_text("utf-8"))]
    found = list(yaml.safe_load_all(kubectl("kustomize", folder)))
    assert sorted(found, key=_by_name) == sorted(expected, key=_by_name)


@pytest.mark.parametrize("folder", PATCHED)
def test_the_component_changes_exactly_what_the_guide_changes(
    kubectl: Kubectl, tmp_path: Path, folder: Path
) -> None:
    patches = folder / "patches"
    expected = base_objects()
    if (patches / "cilium-config.configmap.yaml").exists():
        _patched_cilium(patches, expected)
    if (patches / "clustermesh-apiserver.deployment.yaml").exists():
        _patched_apiserver(patches, expected)
    for path in [*patches.glob("global-services/*.yaml"), *patches.glob("namespaces/*.yaml")]:
        patch = yaml.safe_load(path.read_text("utf-8"))
        changed = expected[patch["kind"], patch["metadata"]["name"]]["metadata"]
        changed["annotations"] |= patch["metadata"]["annotations"]

    assert with_component(kubectl, tmp_path, patches) == expected


def _patched_cilium(patches: Path, expected: dict[tuple[str, str], Any]) -> None:
    config = yaml.safe_load((patches / "cilium-config.configmap.yaml").read_text("utf-8"))
    agents = yaml.safe_load((patches / "cilium.daemonset.yaml").read_text("utf-8"))["spec"]["template"]
    operator = yaml.safe_load((patches / "cilium-operator.deployment.yaml").read_text("utf-8"))

    expected["ConfigMap", "cilium-config"]["data"] |= config["data"]
    pods = expected["DaemonSet", "cilium"]["spec"]["template"]
    pods["metadata"]["annotations"] |= agents["metadata"]["annotations"]
    _replace_aliases(pods["spec"], agents["spec"]["hostAliases"])
    expected["Deployment", "cilium-operator"]["spec"]["template"]["metadata"]["annotations"] = operator[
        "spec"
    ]["template"]["metadata"]["annotations"]


def _patched_apiserver(patches: Path, expected: dict[tuple[str, str], Any]) -> None:
    deployment = yaml.safe_load((patches / "clustermesh-apiserver.deployment.yaml").read_text("utf-8"))
    pods = expected["Deployment", "clustermesh-apiserver"]["spec"]["template"]
    pods["metadata"]["annotations"] |= deployment["spec"]["template"]["metadata"]["annotations"]
    _replace_aliases(pods["spec"], deployment["spec"]["template"]["spec"]["hostAliases"])
    patch = yaml.safe_load((patches / "clustermesh-apiserver.service.yaml").read_text("utf-8"))
    service = expected["Service", "clustermesh-apiserver"]
    for part in ("labels", "annotations"):
        service["metadata"][part] |= patch["metadata"].get(part, {})
    service["spec"] |= patch["spec"]


def _replace_aliases(pod: dict[str, Any], aliases: list[dict[str, Any]] | None) -> None:
    if aliases is None:
        del pod["hostAliases"]
    else:
        assert aliases[0] == {"$patch": "replace"}
        pod["hostAliases"] = aliases[1:]


def test_the_component_of_two_clusters_says_who_they_are_and_whom_they_dial(
    kubectl: Kubectl, tmp_path: Path, build: Build
) -> None:
    out = build(mesh())
    found = with_component(kubectl, tmp_path, out / "cluster1" / "patches")
    data = found["ConfigMap", "cilium-config"]["data"]
    assert (data["cluster-name"], data["cluster-id"], data["identity-allocation-mode"]) == (
        "cluster1",
        "1",
        "kvstore",
    )
    assert data["kvstore"] == "etcd"
    assert found["DaemonSet", "cilium"]["spec"]["template"]["spec"]["hostAliases"] == [
        {"ip": "172.16.2.10", "hostnames": ["cluster2.mesh.cilium.io"]}
    ]
    assert found["DaemonSet", "cilium"]["metadata"] == base_objects()["DaemonSet", "cilium"]["metadata"]


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"namespace": "cilium"}, id="that moves them to another namespace"),
        pytest.param({"commonAnnotations": {"a": "b"}}, id="that annotates them"),
    ],
)
def test_the_component_fits_over_a_kustomization(
    kubectl: Kubectl, tmp_path: Path, build: Build, settings: dict[str, Any]
) -> None:
    out = build(mesh())
    found = with_component(kubectl, tmp_path, out / "cluster1" / "patches", **settings)
    assert found["ConfigMap", "cilium-config"]["data"]["cluster-name"] == "cluster1"
    assert found["DaemonSet", "cilium"]["spec"]["template"]["spec"]["hostAliases"][0]["ip"] == "172.16.2.10"


def test_an_applications_own_service_gets_annotations_and_keeps_the_rest(
    kubectl: Kubectl, tmp_path: Path, build: Build
) -> None:
    own = service(
        "applications-own", manage="annotation", backends=["cluster2"], annotations={"at": "12:30:45"}
    )
    out = build(mesh(services=[own]))
    found = with_component(kubectl, tmp_path, out / "cluster1" / "patches")["Service", "applications-own"]
    expected = copy.deepcopy(base_objects()["Service", "applications-own"])
    expected["metadata"]["annotations"] |= {
        "at": "12:30:45",
        "io.cilium/global-service": "true",
        "io.cilium/shared-service": "false",
    }
    assert found == expected


def test_a_service_of_the_same_name_in_another_namespace_is_left_alone(
    kubectl: Kubectl, tmp_path: Path, build: Build
) -> None:
    own = service("applications-own", manage="annotation", namespace="other")
    out = build(mesh(services=[own]))
    patches = out / "cluster1" / "patches"
    shutil.copytree(BASE, tmp_path / "base")
    shutil.copytree(patches, tmp_path / "patches")
    other = copy.deepcopy(base_objects()["Service", "applications-own"])
    other["metadata"]["namespace"] = "other"
    (tmp_path / "other.yaml").write_text(yaml.safe_dump(other), "utf-8")
    overlay = {"resources": ["base", "other.yaml"], "components": ["patches"]}
    (tmp_path / "kustomization.yaml").write_text(yaml.safe_dump(overlay), "utf-8")
    services = [
        document
        for document in yaml.safe_load_all(
            kubectl("kustomize", "--load-restrictor=LoadRestrictionsNone", tmp_path)
        )
        if document["kind"] == "Service" and document["metadata"]["name"] == "applications-own"
    ]
    marked = {
        item["metadata"]["namespace"]: item["metadata"]["annotations"].get("io.cilium/global-service")
        for item in services
    }
    assert marked == {"default": None, "other": "true"}


def test_the_component_alone_is_nothing(kubectl: Kubectl, build: Build) -> None:
    assert kubectl("kustomize", build(mesh()) / "cluster1" / "patches").strip() == ""


def test_a_base_in_which_the_component_found_everything_has_two_restart_triggers(
    kubectl: Kubectl, tmp_path: Path, build: Build
) -> None:
    """VERIFY.md tells people to count them, since kustomize skips in silence what it does not find."""
    found = with_component(kubectl, tmp_path, build(mesh()) / "cluster1" / "patches")
    assert yaml.safe_dump_all(found.values()).count("meshgen.io/restart") == 2
