# ruff: noqa: E501 - a row of a table is one line
"""Laws of whole builds: the same mesh is the same bytes, however it is written."""

import json
import os
import shutil
import subprocess
import sys
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders import ROOT, cluster, mesh
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import clusters, flow, meshes

from meshgen.compiler import Compilation, compile_mesh
from meshgen.diagnostics import Severity
from meshgen.inspection import inspect
from meshgen.ownership import index_of
from meshgen.yaml_out import dump

ORDER_FREE = {
    "clusters", "services", "backends", "podCIDRs", "serviceCIDRs", "nodeCIDRs", "nodeIPs", "sourceRanges",
    "extraHostAliases", "hostnames",
}  # fmt: skip
"""Lists in which order carries no meaning; the first of serviceIPs is the load balancer's own."""


def compiled(content: bytes) -> Compilation:
    """What a mesh.yaml compiles to."""
    inspection = inspect(content, "mesh.yaml", today=date(2026, 11, 24))
    assert inspection.sound, inspection.diagnostics
    return compile_mesh(inspection, source="mesh.yaml", root="out")


def shuffled(data: Any, dice: Any, key: str = "") -> Any:
    """The same data with keys, clusters, services and order-free lists in another order."""
    if isinstance(data, dict):
        items = [(name, shuffled(item, dice, name)) for name, item in data.items()]
        dice.shuffle(items)
        return dict(items)
    if isinstance(data, list):
        made = [shuffled(item, dice) for item in data]
        if key in ORDER_FREE:
            dice.shuffle(made)
        return made
    return data


@given(meshes())
@settings(max_examples=60)
def test_every_valid_mesh_is_without_error_and_compiles_to_the_same_bytes_twice(data: dict[str, Any]) -> None:
    once, again = compiled(flow(data)), compiled(flow(data))

    assert not once.diagnostics
    assert once.tree.files == again.tree.files
    assert once.tree.executable == again.tree.executable
    assert once.digest == again.digest


@given(meshes(), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_the_order_of_keys_clusters_services_and_addresses_changes_no_byte(
    data: dict[str, Any], dice: Any
) -> None:
    other = shuffled(deepcopy(data), dice)
    one, two = compiled(flow(data)), compiled(flow(other))

    assert one.tree.files == two.tree.files
    assert one.digest == two.digest
    indexes = [index_of({}, source="", digest="", data=made.data).dump() for made in (one, two)]
    assert indexes[0] == indexes[1]


@given(meshes())
@settings(max_examples=60)
def test_the_index_has_a_mesh_that_compiles_to_the_same_bytes(data: dict[str, Any]) -> None:
    once = compiled(flow(data))
    kept = json.loads(index_of({}, source="", digest="", data=once.data).dump())["mesh"]["data"]
    again = compiled(flow({**kept, "ignore": data.get("ignore", [])}))

    assert once.tree.files == again.tree.files
    assert once.digest == again.digest
    assert once.data == again.data


@given(meshes())
@settings(max_examples=30)
def test_the_style_of_the_yaml_changes_no_byte(data: dict[str, Any]) -> None:
    block = f"# a comment\n{dump(data)}".replace("\n", "\r\n")

    files = compiled(block.encode("utf-8-sig")).tree.files
    assert compiled(flow(data)).tree.files == files


def test_anchors_aliases_and_merges_mean_what_they_stand_for() -> None:
    short = """\
version: 1
name: &name rebel-alliance
cilium: {version: 1.6.9}
clusters:
  - &first
    name: cluster1
    id: 1
    provider: gcp
    labels: &labels {env: prod, team: *name}
    podCIDRs: [10.1.0.0/16]
    nodeCIDRs: [192.168.1.0/24]
    serviceIPs: [172.16.1.10]
  - <<: *first
    name: cluster2
    id: 2
    labels: {<<: [*labels], env: test}
    podCIDRs: [10.2.0.0/16]
    nodeCIDRs: [192.168.2.0/24]
    serviceIPs: [172.16.2.10]
"""
    labels = {"env": "prod", "team": "rebel-alliance"}
    long = mesh(
        cluster(1, provider="gcp", labels=labels),
        cluster(2, provider="gcp", labels=labels | {"env": "test"}),
        name="rebel-alliance",
    )

    assert compiled(short.encode()).tree.files == compiled(flow(long)).tree.files


@given(meshes(), st.data())
@settings(max_examples=30)
def test_what_is_left_out_is_the_default(data: dict[str, Any], draw: st.DataObject) -> None:
    defaults = draw.draw(
        st.fixed_dictionaries(
            {},
            optional={
                "services": st.just([]), "workloads": st.just([]), "policy": st.just({}), "expect": st.just([]),
                "tls": st.just({}), "secrets": st.just({}), "gitops": st.just({}), "ignore": st.just([]),
                "domain": st.just("mesh.cilium.io"), "clusterDefaults": st.just({}),
            },
        )
    )  # fmt: skip
    more = {key: value for key, value in defaults.items() if key not in data}

    assert compiled(flow(data)).tree.files == compiled(flow(data | more)).tree.files


@given(meshes(), st.data())
@settings(max_examples=30)
def test_a_new_cluster_moves_no_file_of_another(data: dict[str, Any], draw: st.DataObject) -> None:
    number = len(data["clusters"]) + 1
    more = draw.draw(clusters(number, "newcomer"))
    before = compiled(flow(data)).tree.files
    after = compiled(flow(data | {"clusters": [*data["clusters"], more]})).tree.files

    assert before.keys() <= after.keys()
    assert {path.partition("/")[0] for path in after.keys() - before.keys()} <= {"newcomer"}


@given(meshes())
@settings(max_examples=30)
def test_a_build_has_no_finding_of_severity_error(data: dict[str, Any]) -> None:
    found = inspect(flow(data), "mesh.yaml").diagnostics

    assert [one for one in found if one.severity is Severity.ERROR] == []


PLACES = [
    pytest.param({"PYTHONHASHSEED": "0"}, 0o022, id="no hash seed"),
    pytest.param(
        {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "Pacific/Kiritimati"}, 0o077, id="C in Kiritimati"
    ),
    pytest.param(
        {"PYTHONHASHSEED": "4242", "LC_ALL": "tr_TR.UTF-8", "TZ": "America/St_Johns"}, 0o002, id="Turkish"
    ),
    pytest.param({"LC_ALL": "C.UTF-8", "PYTHONUTF8": "0", "TZ": "UTC"}, 0o000, id="any seed"),
    pytest.param(
        {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONIOENCODING": "latin-1"}, 0o022, id="Latin-1 streams"
    ),
]


def build(folder: Path, mesh: str, out: str, environment: dict[str, str], umask: int) -> dict[str, bytes]:
    """Build in a process of its own; gives the tree by its paths, those that run marked."""
    subprocess.run(
        [sys.executable, "-m", "meshgen", "build", "-q", mesh, "-o", out],
        check=True,
        cwd=folder,
        env={"PATH": os.defpath, "PYTHONPATH": str(ROOT), **environment},
        umask=umask,
    )
    found = (folder / out).rglob("*")
    return {
        f"{path.relative_to(folder / out)}{'*' if path.stat().st_mode & 0o100 else ''}": path.read_bytes()
        for path in found
        if path.is_file()
    }


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    """The example with words that locales would spell in their own way, and its tree."""
    folder = tmp_path_factory.mktemp("example")
    text = (ROOT / "examples/mesh.yaml").read_text("utf-8")
    text = text.replace(
        "    ports: [80]\n", "    annotations: {I: '\u0131\u0130i', z: 'ä', a: 'é'}\n    ports: [80]\n"
    )
    (folder / "mesh.yaml").write_text(text, "utf-8")
    shutil.copytree(ROOT / "examples/pki", folder / "pki")
    shutil.copy(ROOT / "examples/meshgen.lock", folder)
    return folder, build(folder, "mesh.yaml", "out", {}, 0o022)


@pytest.mark.parametrize(("environment", "umask"), PLACES)
def test_the_surroundings_change_no_byte(
    written: tuple[Path, dict[str, bytes]], tmp_path: Path, environment: dict[str, str], umask: int
) -> None:
    folder, expected = written
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("out"))

    assert build(tmp_path, "mesh.yaml", "out", environment, umask) == expected


@pytest.mark.parametrize(
    ("start", "mesh", "out"),
    [
        pytest.param(".", "sub/mesh.yaml", "elsewhere/tree", id="from above"),
        pytest.param("sub/deep", "../mesh.yaml", "../tree", id="from below"),
        pytest.param("sub", "{}/sub/mesh.yaml", "{}/tree", id="by absolute paths"),
    ],
)
def test_the_working_folder_changes_no_byte(
    written: tuple[Path, dict[str, bytes]], tmp_path: Path, start: str, mesh: str, out: str
) -> None:
    folder, expected = written
    (tmp_path / "sub/deep").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    shutil.copytree(folder, tmp_path / "sub", dirs_exist_ok=True, ignore=shutil.ignore_patterns("out"))

    assert build(tmp_path / start, mesh.format(tmp_path), out.format(tmp_path), {}, 0o022) == expected
