"""An upgrade of Cilium that changes what unchanged policies mean: `examples/upgrade/`."""

import json
import shutil
from pathlib import Path

import pytest
from builders import ROOT
from commands import Run

EXAMPLE = ROOT / "examples" / "upgrade"
OPENED = ("opened", ["batch@east"], ["db@west"], ["none"], ["5432/TCP"])
CUT = ("cut", ["web@east"], ["api@west"], ["8080/TCP"], ["none"])
LOCAL = "helmValues: {clustermesh: {policyDefaultLocalCluster: %s}}, "


@pytest.fixture(autouse=True)
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(EXAMPLE, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def edited(source: str, cluster: str, keys: str) -> str:
    """A copy of a mesh in which a cluster has further keys."""
    content = Path(source).read_text("utf-8")
    name = f"{cluster}-{source}"
    Path(name).write_text(content.replace(f"name: {cluster}, ", f"name: {cluster}, {keys}"), "utf-8")
    return name


def rows(meshgen: Run, base: str, head: str) -> list[tuple[object, ...]]:
    made = json.loads(meshgen("diff", base, head, "--format", "json").out)
    return [
        (row["kind"], row["from"]["told"], row["to"]["told"], row["before"], row["after"])
        for row in made["changes"]
    ]


def test_the_upgrade_opens_and_cuts_exactly_these_worst_first(meshgen: Run) -> None:
    assert rows(meshgen, "before.yaml", "after.yaml") == [OPENED, CUT]


def test_only_the_cluster_that_holds_the_policies_flips(meshgen: Run) -> None:
    east = edited("before.yaml", "east", "cilium: {version: 1.19.6}, ")
    west = edited("before.yaml", "west", "cilium: {version: 1.19.6}, ")

    assert rows(meshgen, "before.yaml", east) == []
    assert rows(meshgen, "before.yaml", west) == [OPENED, CUT]
    assert rows(meshgen, east, "after.yaml") == [OPENED, CUT]


def test_a_flag_in_the_values_keeps_the_old_meaning_through_the_upgrade(meshgen: Run) -> None:
    kept = edited("after.yaml", "west", LOCAL % "false")

    assert rows(meshgen, "before.yaml", kept) == []
    assert rows(meshgen, kept, "after.yaml") == [OPENED, CUT]


def test_a_flag_in_the_values_brings_the_new_meaning_before_the_upgrade(meshgen: Run) -> None:
    early = edited("before.yaml", "west", LOCAL % "true")

    assert rows(meshgen, "before.yaml", early) == [OPENED, CUT]
    assert rows(meshgen, early, "after.yaml") == []


def test_in_a_mixed_mesh_each_side_goes_by_its_own_version(meshgen: Run) -> None:
    mixed = edited("before.yaml", "west", "cilium: {version: 1.19.6}, ")

    answer = meshgen("trace", "batch@east", "db@west:5432", "--mesh", mixed)

    assert answer.status == 0, answer.out


def test_a_peer_that_names_its_clusters_means_the_same_in_both(meshgen: Run) -> None:
    path = Path("policies/shop.yaml")
    exists = "{key: k8s:io.cilium.k8s.policy.cluster, operator: Exists}"
    content = path.read_text("utf-8")
    for label in ("            app: web\n", "            app: batch\n"):
        content = content.replace(label, f"{label}          matchExpressions:\n            - {exists}\n")
    path.write_text(content, "utf-8")

    assert rows(meshgen, "before.yaml", "after.yaml") == []
