"""Global Services: where they stand, who shares pods, and who owns the object."""

from typing import Any

import pytest
from builders import cluster, mesh, service
from compilation import inspected, manifest, tree

GLOBAL = "io.cilium/global-service"
SHARED = "io.cilium/shared-service"
GUARDS = {"argocd.argoproj.io/sync-options": "Prune=false", "kustomize.toolkit.fluxcd.io/prune": "disabled"}


def stands(files: dict[str, str], path: str = "global-services/default.rebel-base.service.yaml") -> list[str]:
    """The clusters in whose folder a file is."""
    return [name for name in ("cluster1", "cluster2", "cluster3") if f"{name}/{path}" in files]


def annotations(files: dict[str, str], name: str, folder: str = "global-services") -> dict[str, str]:
    found = manifest(files, f"{name}/{folder}/default.rebel-base.service.yaml")["metadata"]["annotations"]
    return {key: value for key, value in found.items() if key.startswith("io.cilium/")}


def three(**overrides: Any) -> dict[str, Any]:
    clusters = [cluster(1, labels={"env": "prod"}), cluster(2, labels={"env": "prod"}), cluster(3)]
    return mesh(*clusters, services=[service(**overrides)])


def test_the_object_is_the_guides_with_our_labels_guards_and_source() -> None:
    assert manifest(
        tree(mesh(services=[service()])), "cluster1/global-services/default.rebel-base.service.yaml"
    ) == {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {
            "name": "rebel-base",
            "namespace": "default",
            "labels": {"app.kubernetes.io/managed-by": "meshgen", "app.kubernetes.io/part-of": "test"},
            "annotations": GUARDS
            | {GLOBAL: "true", "meshgen.io/source": "mesh.yaml#/services/default/rebel-base"},
        },
        "spec": {"type": "ClusterIP", "ports": [{"port": 80}], "selector": {"name": "rebel-base"}},
    }


@pytest.mark.parametrize(
    ("clusters", "expected"),
    [
        pytest.param("all", ["cluster1", "cluster2", "cluster3"], id="in all clusters"),
        pytest.param(["cluster3", "cluster1"], ["cluster1", "cluster3"], id="in those that are named"),
        pytest.param({"labels": {"env": "prod"}}, ["cluster1", "cluster2"], id="in those with a label"),
    ],
)
def test_a_service_stands(clusters: Any, expected: list[str]) -> None:
    assert stands(tree(three(clusters=clusters))) == expected


@pytest.mark.parametrize(
    ("backends", "sharing"),
    [
        pytest.param("all", {"cluster1", "cluster2", "cluster3"}, id="all"),
        pytest.param(["cluster2"], {"cluster2"}, id="those that are named"),
        pytest.param({"labels": {"env": "prod"}}, {"cluster1", "cluster2"}, id="those with a label"),
    ],
)
@pytest.mark.parametrize("manage", ["object", "annotation"])
def test_clusters_whose_pods_are_not_meant_say_that_they_do_not_share(
    backends: Any, sharing: set[str], manage: str
) -> None:
    files = tree(three(backends=backends, manage=manage))
    folder = "global-services" if manage == "object" else "patches/global-services"
    for name in ("cluster1", "cluster2", "cluster3"):
        expected = {GLOBAL: "true"} if name in sharing else {GLOBAL: "true", SHARED: "false"}
        assert annotations(files, name, folder) == expected


@pytest.mark.parametrize(
    ("port", "expected"),
    [
        pytest.param(80, {"port": 80}, id="a bare number"),
        pytest.param({"port": 80, "targetPort": 80, "protocol": "TCP"}, {"port": 80}, id="defaults"),
        pytest.param(
            {"port": 53, "name": "dns", "targetPort": "dns-udp", "protocol": "UDP"},
            {"name": "dns", "port": 53, "targetPort": "dns-udp", "protocol": "UDP"},
            id="everything",
        ),
    ],
)
def test_a_port_says_only_what_is_not_kubernetes_own_default(port: Any, expected: dict[str, Any]) -> None:
    files = tree(mesh(services=[service(ports=[port])]))
    spec = manifest(files, "cluster1/global-services/default.rebel-base.service.yaml")["spec"]
    assert spec["ports"] == [expected]


def test_ports_keep_their_order() -> None:
    ports = [{"name": "b", "port": 81}, {"name": "a", "port": 80}]
    files = tree(mesh(services=[service(ports=ports)]))
    spec = manifest(files, "cluster1/global-services/default.rebel-base.service.yaml")["spec"]
    assert spec["ports"] == ports


def test_ones_own_annotations_stand_beside_ciliums_and_cannot_switch_them_off() -> None:
    written = {"a": "b", GLOBAL: "false", "argocd.argoproj.io/sync-options": "Prune=true"}
    files = tree(mesh(services=[service(annotations=written, labels={"team": "x"})]))
    metadata = manifest(files, "cluster1/global-services/default.rebel-base.service.yaml")["metadata"]
    assert metadata["annotations"].items() >= {"a": "b", GLOBAL: "true"}.items()
    assert metadata["annotations"]["argocd.argoproj.io/sync-options"] == "Prune=true"
    assert metadata["labels"]["team"] == "x"


def test_an_applications_own_service_cannot_be_switched_off_either() -> None:
    files = tree(mesh(services=[service(manage="annotation", annotations={"a": "b", GLOBAL: "false"})]))
    patch = manifest(files, "cluster1/patches/global-services/default.rebel-base.service.yaml")
    assert patch["metadata"]["annotations"] == {"a": "b", GLOBAL: "true"}


def test_an_applications_own_service_is_patched_and_not_owned() -> None:
    """No label, no guard, no selector, no port: nothing but what makes it global."""
    files = tree(mesh(services=[service(manage="annotation")]))
    assert stands(files) == []
    assert manifest(files, "cluster1/patches/global-services/default.rebel-base.service.yaml") == {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "rebel-base", "annotations": {GLOBAL: "true"}},
    }


def test_services_of_one_name_in_two_namespaces_do_not_meet() -> None:
    files = tree(mesh(services=[service(), service(namespace="other")]))
    assert "cluster1/global-services/default.rebel-base.service.yaml" in files
    assert "cluster1/global-services/other.rebel-base.service.yaml" in files


@pytest.mark.parametrize(
    ("version", "refused"),
    [("1.6.0", True), ("1.6.4", True), ("1.6.5", False), ("1.6", False), ("1.7.0", False)],
)
def test_limiting_backends_is_refused_where_cilium_misspells_the_annotation(
    version: str, *, refused: bool
) -> None:
    data = mesh(cilium={"version": version}, services=[service(backends=["cluster2"])])
    if refused:
        with pytest.raises(AssertionError, match="MG602"):
            inspected(data)
    else:
        inspected(data)
