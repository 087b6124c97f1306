"""kubectl, which reads YAML 1.1, reads back exactly the strings that mesh.yaml holds."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from builders import cluster, mesh, service
from kubectl_types import Build, Kubectl
from ruamel.yaml import YAML

NAMES = ["no", "y", "on", "1e3", "0x1f", "null", "true", "off", "007", "1", "0o7", "0b1", "1-2", "12e03"]
VALUES = ["no", "Y", "on", "1_000", "1e3", "0x1f", "010", "null", "True", "1.0", "1.10", "2020-06-05", ""]
TEXTS = [
    *VALUES, "12:30:45", "~", "=", "<<", "{}", "[]", "- a", "? b", "a: b", "a #b", "#", "&a", "*a", "!a", "|",
    ">", "%", "@", "`", "'", '"', "\\", " x ", "\t", "a\nb", "a\n", "\n", "é", "\u2028", "\x85", "\ufeff",
    "-1", "\U0001f600", ".inf", "+1", "0.1", "0o7", "1:20", "190:20:30", "a\u200db", "--- x", "...", "a" * 99,
]  # fmt: skip


@pytest.fixture
def out(build: Build) -> Path:
    clusters = [
        cluster(
            number,
            name=name,
            service={
                "labels": dict(zip(map("l{}".format, range(99)), VALUES, strict=False)),
                "annotations": dict(zip(map("a{}".format, range(99)), TEXTS, strict=False)),
                "selector": {key: key for key in ("no", "on", "1e3", "0x1f", "010", "true", "null")},
            },
        )
        for number, name in enumerate(NAMES, start=1)
    ]
    off = service(
        "off",
        namespace="010",
        ports=[{"name": "no", "port": 80, "targetPort": "y"}, {"name": "1e3", "port": 81}],
        selector={"true": "1_000"},
    )
    own = service("on", namespace="1e3", manage="annotation", annotations={"a": "~", "no": "12:30:45"})
    return build(mesh(*clusters, name="1e3", services=[off, own]))


def read(kubectl: Kubectl, *files: Path) -> list[Any]:
    """Objects as kubectl understands them, one call for all."""
    arguments = [part for file in files for part in ("-f", str(file))]
    stream = kubectl("label", "--local", "-o", "json", "none-", *arguments)
    decoder, found, position = json.JSONDecoder(), [], 0
    while position < len(stream.rstrip()):
        item, position = decoder.raw_decode(stream, position)
        found.append(item)
        position += len(stream[position:]) - len(stream[position:].lstrip())
    return found


def manifests(out: Path) -> list[Path]:
    return sorted(
        path
        for path in out.rglob("*.yaml")
        if path.name not in {"kustomization.yaml", "values.yaml"} and "daemonset" not in path.name
    )


def test_the_mesh_service_of_each_cluster_has_the_exact_strings(kubectl: Kubectl, out: Path) -> None:
    files = [out / name / "cilium-etcd-external.service.yaml" for name in NAMES]
    for name, found in zip(NAMES, read(kubectl, *files), strict=True):
        labels, annotations = found["metadata"]["labels"], found["metadata"]["annotations"]
        assert [labels[f"l{index}"] for index in range(len(VALUES))] == VALUES
        assert [annotations[f"a{index}"] for index in range(len(TEXTS))] == TEXTS
        assert annotations["meshgen.io/source"] == f"mesh.yaml#/clusters/{name}"
        assert labels["app.kubernetes.io/part-of"] == "1e3"
        assert found["spec"]["selector"] == {
            key: key for key in ("no", "on", "1e3", "0x1f", "010", "true", "null")
        }


def test_the_configuration_of_each_cluster_has_its_name_and_id_as_strings(
    kubectl: Kubectl, out: Path
) -> None:
    files = [out / name / "patches" / "cilium-config.configmap.yaml" for name in NAMES]
    assert [found["data"] for found in read(kubectl, *files)] == [
        {"cluster-name": name, "cluster-id": str(number), "identity-allocation-mode": "kvstore"}
        for number, name in enumerate(NAMES, start=1)
    ]


def test_host_names_of_all_clusters_arrive(kubectl: Kubectl, out: Path) -> None:
    base = Path(__file__).parent / "base" / "cilium.daemonset.yaml"
    patch = out / "no" / "patches" / "cilium.daemonset.yaml"
    found = json.loads(kubectl("patch", "--local", "-f", base, "--patch-file", patch, "-o", "json"))
    assert found["spec"]["template"]["spec"]["hostAliases"] == [
        {"ip": f"172.16.{number}.10", "hostnames": [f"{name}.mesh.cilium.io"]}
        for number, name in enumerate(NAMES, start=1)
        if name != "no"
    ]


def test_global_services_have_the_exact_strings(kubectl: Kubectl, out: Path) -> None:
    owned, patch = read(
        kubectl,
        out / "no" / "global-services" / "010.off.service.yaml",
        out / "no" / "patches" / "global-services" / "1e3.on.service.yaml",
    )
    assert (owned["metadata"]["name"], owned["metadata"]["namespace"]) == ("off", "010")
    assert owned["spec"] == {
        "type": "ClusterIP",
        "selector": {"true": "1_000"},
        "ports": [{"name": "no", "port": 80, "targetPort": "y"}, {"name": "1e3", "port": 81}],
    }
    assert patch["metadata"]["annotations"] == {
        "a": "~",
        "no": "12:30:45",
        "io.cilium/global-service": "true",
    }


def test_every_file_says_the_same_to_kubectl_and_to_readers_of_either_yaml(
    kubectl: Kubectl, out: Path
) -> None:
    files = manifests(out)
    newer = YAML(typ="safe", pure=True)
    for path, found in zip(files, read(kubectl, *files), strict=True):
        text = path.read_text("utf-8")
        assert yaml.safe_load(text) == newer.load(text)
        assert _without_empty(found) == _without_empty(yaml.safe_load(text))


def test_chart_values_and_kustomizations_say_the_same_in_either_yaml(out: Path) -> None:
    newer = YAML(typ="safe", pure=True)
    for number, name in enumerate(NAMES, start=1):
        text = (out / name / "values.yaml").read_text("utf-8")
        assert yaml.safe_load(text) == newer.load(text)
        assert yaml.safe_load(text)["global"]["cluster"] == {"name": name, "id": number}
        for path in ("kustomization.yaml", "patches/kustomization.yaml"):
            text = (out / name / path).read_text("utf-8")
            assert yaml.safe_load(text) == newer.load(text)


def _without_empty(value: Any) -> Any:
    """Kubectl adds and drops empty mappings; they say nothing."""
    if isinstance(value, dict):
        cleaned = {key: _without_empty(item) for key, item in value.items()}
        return {key: item for key, item in cleaned.items() if item not in ({}, None)}
    return [_without_empty(item) for item in value] if isinstance(value, list) else value
