"""The official chart itself, where it and Helm are at hand, makes of values what these tests say."""

import os
import shutil
import subprocess
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
import yaml
from builders import cluster
from charted import MINORS, charted, emitted
from rules import users

from meshgen.yaml_out import dump

VERSIONS = MINORS[1:]
ADDRESS = {"service": {"type": "NodePort", "port": 32379}, "serviceIPs": ["172.16.2.10", "172.16.2.11"]}

Objects = dict[tuple[str, str], Any]


def rendered(version: str, values: dict[str, Any], folder: Path) -> Objects:
    """What the chart of a version renders, by kind and name; or the test is skipped."""
    charts = os.environ.get("MESHGEN_CHARTS")  # noqa: TID251
    chart = Path(charts or "charts") / version
    helm = shutil.which("helm")
    if helm is None or not (chart / "Chart.yaml").exists():
        pytest.skip(f"no helm or no {chart}: MESHGEN_CHARTS names a folder with the charts of minor versions")
    (folder / "values.yaml").write_text(dump(values), "utf-8")
    command = [
        helm,
        "template",
        "cilium",
        chart,
        "--namespace",
        "kube-system",
        "--values",
        folder / "values.yaml",
    ]
    done = subprocess.run(command, capture_output=True, check=False, encoding="utf-8", timeout=120)
    assert done.returncode == 0, done.stderr
    objects = (one for one in yaml.load_all(done.stdout, yaml.CSafeLoader) if one)
    return {(one["kind"], one["metadata"]["name"]): one for one in objects}


def of_both(version: str, delivery: str) -> dict[str, Any]:
    """The values of the first of three clusters."""
    others = (cluster(2, **ADDRESS), cluster(3, serviceIPs=None, service={"hostname": "c.example.com"}))
    return emitted(charted(version, cluster(1), *others, cilium={"delivery": delivery}))[0]


@pytest.mark.parametrize("version", VERSIONS)
def test_others_are_dialled_where_they_are(version: str, tmp_path: Path) -> None:
    objects = rendered(version, of_both(version, "helm"), tmp_path)
    mirrored = ("Secret", "cilium-kvstoremesh")
    dialling = objects.get(mirrored) or objects["Secret", "cilium-clustermesh"]
    files = {name: yaml.safe_load(b64decode(text)) for name, text in dialling["data"].items()}

    assert {name: file["endpoints"] for name, file in files.items()} == {
        "cluster2": ["https://cluster2.mesh.cilium.io:32379"],
        "cluster3": ["https://c.example.com:2379"],
    }
    assert objects["Secret", "cilium-clustermesh"]["data"].keys() == files.keys()


@pytest.mark.parametrize("version", VERSIONS)
def test_manifests_find_no_secret_of_the_charts(version: str, tmp_path: Path) -> None:
    objects = rendered(version, of_both(version, "manifests"), tmp_path)
    assert not {("Secret", "cilium-clustermesh"), ("Secret", "cilium-kvstoremesh")} & objects.keys()


@pytest.mark.parametrize("delivery", ["helm", "manifests"])
@pytest.mark.parametrize("version", VERSIONS)
def test_users_are_those_of_the_rules(version: str, delivery: str, tmp_path: Path) -> None:
    values = of_both(version, delivery)
    made = rendered(version, values, tmp_path).get(("ConfigMap", "clustermesh-remote-users"))
    listed = yaml.safe_load(made["data"]["users.yaml"])["users"] if made else None

    known = None if listed is None else {user["name"] for user in listed}
    assert known == users(values, int(version.partition(".")[2]))


@pytest.mark.parametrize("version", VERSIONS)
def test_the_service_is_as_mesh_yaml_says(version: str, tmp_path: Path) -> None:
    mesh = charted(version, cluster(1, **ADDRESS), cluster(2), cilium={"delivery": "helm"})
    spec = rendered(version, emitted(mesh)[0], tmp_path)["Service", "clustermesh-apiserver"]["spec"]

    assert (spec["type"], spec["ports"][0]["port"], spec["ports"][0]["nodePort"]) == ("NodePort", 2379, 32379)
