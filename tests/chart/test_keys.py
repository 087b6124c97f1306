"""The tables of the charts' values, and what is asked of them."""

import json
import os
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from builders import ROOT
from charted import MINORS

from meshgen.chart.keys import has, keys_of
from meshgen.chart.known import accepted, first_after, last_before, named, siblings, takes, unknown
from meshgen.chart.replaced import _WAYS, was_removed, way_out
from meshgen.chart.unlisted import FREE, LAST, UNLISTED
from meshgen.cilium.version import Version, parse_version

PUBLISHED = Path(os.environ.get("MESHGEN_HELM") or ROOT.parent / "shared" / "helm")  # noqa: TID251


def minor(version: str) -> tuple[int, int]:
    """A minor line as the tables have it."""
    first, _, second = version.partition(".")
    return int(first), int(second)


def paths(keys: Any, above: str = "") -> set[str]:
    """The paths of a table, each to where its content is free or a value."""
    found: set[str] = set()
    for key, below in keys.items():
        path = f"{above}{key}"
        found |= paths(below, f"{path}.") if isinstance(below, dict) else {path}
    return found


@pytest.mark.parametrize("version", MINORS)
def test_the_tables_are_those_of_the_published_charts(version: str) -> None:
    file = PUBLISHED / f"values-{version}.json"
    if not file.exists():
        pytest.skip(f"no {file}: MESHGEN_HELM names a folder with the keys of published charts")
    published = json.loads(file.read_text("utf-8"))
    ours = json.loads((ROOT / "meshgen/chart/keys" / f"{version}.json").read_text("utf-8"))

    assert ours["chart"] == published["chart"]
    assert paths(ours["keys"]) == {_shortened(path) for path in published["keys"]}


def _shortened(path: str) -> str:
    """A published path; names of labels, which have dots, stand below a map that takes anything."""
    above, found, _ = path.partition(".nodeSelector.")
    return f"{above}.nodeSelector" if found else path.replace("nodeSelector.kubernetes.io/os", "nodeSelector")


def test_a_version_without_a_chart_that_is_known_has_no_values() -> None:
    assert keys_of((1, 12)) == {} == keys_of((1, 21))
    assert accepted((1, 12)) == {} == accepted((1, 21))
    assert not has(Version(1, 21), "cluster")


def test_a_value_is_there_or_not() -> None:
    assert has(Version(1, 16), "cluster", "name")
    assert not has(Version(1, 16), "cluster", "nam")
    assert not has(Version(1, 16), "cluster", "name", "deeper")


@pytest.mark.parametrize("name", [*UNLISTED, *LAST, *_WAYS])
def test_no_row_is_about_a_value_that_no_chart_takes(name: str) -> None:
    path = tuple(name.split("."))

    assert any(takes(minor(version), path) for version in MINORS) or name in {"global", "nativeRoutingCIDR"}


@pytest.mark.parametrize("name", UNLISTED)
def test_an_unlisted_value_is_not_listed_in_every_chart(name: str) -> None:
    path = tuple(name.split("."))

    assert not all(has(parse_version(version), *path) for version in MINORS)


def test_what_values_yaml_only_comments_on_is_taken() -> None:
    assert not has(Version(1, 16), "kubeProxyReplacement")
    assert takes((1, 16), ("kubeProxyReplacement",))
    assert takes((1, 15), ("etcd", "managed"))
    assert not takes((1, 16), ("etcd", "managed"))


def test_below_a_value_that_takes_anything_nothing_is_added() -> None:
    assert takes((1, 13), ("k8s", "apiServerURLs"))
    assert accepted((1, 13))["k8s"] is None


def test_below_maps_of_kubernetes_anything_may_stand() -> None:
    values = {"affinity": {"nodeAffinity": {}}, "operator": {"resources": {"limits": {"memory": "1Gi"}}}}

    assert "affinity" in FREE
    assert list(unknown(Version(1, 20), values)) == []
    assert takes((1, 20), ("affinity", "nodeAffinity", "x"))
    assert takes((1, 20), ("extraEnv", "x"))
    assert takes((1, 20), ("k8sServiceHost", "x"))


def test_an_unknown_value_is_told_at_its_highest_key_and_each_once() -> None:
    values = {"hubble": {"realy": {"enabled": True, "x": 1}, "y": 1, "enabled": {"z": 1}}, "w": None}

    assert list(unknown(Version(1, 16), values)) == [("hubble", "realy"), ("hubble", "y"), ("w",)]


def test_versions_before_and_after_have_a_value() -> None:
    assert first_after(Version(1, 16), ("k8sServiceHostRef",)) == Version(1, 18)
    assert first_after(Version(1, 16), ("k8sServiceHostReff",)) is None
    assert last_before(Version(1, 18), ("externalWorkloads", "enabled")) == Version(1, 17)
    assert last_before(Version(1, 18), ("nothing",)) is None


def test_values_are_found_beside_another_and_by_name() -> None:
    assert "relay" in siblings(Version(1, 16), ("hubble", "realy"))
    assert named((1, 16), "dropEventEmitter") == (("hubble", "dropEventEmitter"),)


@pytest.mark.parametrize(
    ("version", "path", "removed"),
    [
        ("1.15", "tunnel", True),
        ("1.14", "routingMod", False),
        ("1.20", "global", True),
        ("1.16", "k8sServiceHostRef", False),
    ],
)
def test_what_was_removed_was_there(version: str, path: str, *, removed: bool) -> None:
    assert was_removed(parse_version(version), tuple(path.split("."))) is removed


def test_the_way_out_is_that_of_the_nearest_row_above() -> None:
    assert way_out(("proxy", "prometheus", "port")) == "use envoy"
    assert way_out(("sockops",)) == "leave it out: nothing took its place"


def test_every_value_that_a_chart_dropped_is_told_as_removed() -> None:
    for earlier, later in pairwise(MINORS):
        for path in paths(keys_of(minor(earlier))) - paths(keys_of(minor(later))):
            steps = tuple(path.split("."))
            if not takes(minor(later), steps):
                assert was_removed(parse_version(later), steps)
