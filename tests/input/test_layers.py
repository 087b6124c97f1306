# ruff: noqa: E501 - a row of a table is one line
"""What clusters inherit from clusterDefaults and cilium, and where findings about it point."""

from typing import Any

import pytest
from builders import cluster, mesh, text
from placed import diagnostics

from meshgen.inspection import inspect
from meshgen.model import Cluster, MeshService
from meshgen.model.layers import value_at, written
from meshgen.model.node import defaults_of
from meshgen.source import load


def clusters(data: dict[str, Any]) -> tuple[Cluster, ...]:
    inspection = inspect(text(data), "mesh.yaml")
    assert inspection.mesh is not None, inspection.diagnostics
    return inspection.mesh.clusters


def shape(data: dict[str, Any]) -> list[tuple[str, str]]:
    """Codes and paths of all findings about the shape."""
    return [(one.code, one.path) for one in diagnostics(text(data)) if one.code.startswith("MG1")]


def test_a_cluster_inherits_what_it_leaves_out() -> None:
    first, second = clusters(
        mesh(
            cluster(1, provider=None),
            cluster(2, provider="aws", region="eu-west-1"),
            clusterDefaults={"provider": "gcp", "region": "us-west1", "context": "admin"},
        )
    )

    assert (first.provider, first.region, first.context) == ("gcp", "us-west1", "admin")
    assert (second.provider, second.region, second.context) == ("aws", "eu-west-1", "admin")


def test_mappings_are_merged_key_by_key_and_lists_are_replaced() -> None:
    defaults = {
        "labels": {"env": "prod", "tier": "1"},
        "service": {"port": 1, "sourceRanges": ["10.0.0.0/8"]},
    }
    first, second = clusters(
        mesh(
            cluster(1, labels={"env": "test"}, service={"sourceRanges": ["10.1.0.0/16"]}),
            cluster(2, labels={}, service={}),
            clusterDefaults=defaults,
        )
    )

    assert first.labels == {"env": "test", "tier": "1"}
    assert second.labels == {"env": "prod", "tier": "1"}
    assert (first.service.port, [block.text for block in first.service.source_ranges]) == (1, ["10.1.0.0/16"])
    assert [block.text for block in second.service.source_ranges] == ["10.0.0.0/8"]


def test_cilium_is_inherited_from_the_cluster_then_the_defaults_then_the_mesh() -> None:
    first, second = clusters(
        mesh(
            cluster(1, cilium={"namespace": "own"}),
            cluster(2),
            clusterDefaults={
                "cilium": {"ipam": "eni", "namespace": "defaults", "datapath": {"mode": "native"}}
            },
            cilium={
                "version": "1.6.9",
                "ipam": "azure",
                "namespace": "mesh",
                "encryption": "ipsec",
                "datapath": {"mode": "tunnel", "tunnelProtocol": "geneve"},
            },
        )
    )

    assert [c.cilium.namespace for c in (first, second)] == ["own", "defaults"]
    assert [c.cilium.ipam for c in (first, second)] == ["eni", "eni"]
    assert [c.cilium.encryption for c in (first, second)] == ["ipsec", "ipsec"]
    assert [c.cilium.version for c in (first, second)] == ["1.6.9", "1.6.9"]
    assert [(c.cilium.datapath.mode, c.cilium.datapath.tunnel_protocol) for c in (first, second)] == [
        ("native", "geneve"),
        ("native", "geneve"),
    ]


def test_null_covers_what_would_be_inherited() -> None:
    first, second = clusters(
        mesh(cluster(1), cluster(2), clusterDefaults={"region": "us-west1"})
        | {"clusters": [cluster(1) | {"region": None}, cluster(2)]}
    )

    assert (first.region, second.region) == (None, "us-west1")


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        pytest.param({"cilium": {"version": "1.6.9", "ipam": "x"}}, [("MG104", "cilium.ipam")], id="in cilium"),
        pytest.param(
            {"cilium": {"version": "1.6.9", "extraHostAliases": [{"ip": "10.0.0.1"}, {"ip": 1, "hostnames": ["a"]}]}},
            [("MG102", "cilium.extraHostAliases[0].hostnames"), ("MG103", "cilium.extraHostAliases[1].ip")],
            id="deep in cilium",
        ),
        pytest.param({"cilium": {}}, [("MG102", "cilium.version")], id="without the version"),
        pytest.param({"cilium": "1.6.9"}, [("MG103", "cilium")], id="cilium as text"),
        pytest.param({"cilium": None}, [("MG102", "cilium")], id="without cilium"),
        pytest.param(
            {"clusterDefaults": {"provider": "gpc", "labels": {"a b": "x"}}},
            [("MG104", "clusterDefaults.provider"), ("MG104", 'clusterDefaults.labels["a b"]')],
            id="in the defaults",
        ),
        pytest.param({"clusterDefaults": {"provider": 1}}, [("MG103", "clusterDefaults.provider")], id="the provider"),
        pytest.param({"clusterDefaults": ["gcp"]}, [("MG103", "clusterDefaults")], id="the defaults as a list"),
        pytest.param(
            {"clusterDefaults": {"provider": "gcp", "name": "a", "podCIDRs": []}},
            [("MG101", "clusterDefaults.name"), ("MG101", "clusterDefaults.podCIDRs")],
            id="what no default can give",
        ),
        pytest.param(
            {"clusterDefaults": {"provider": "gcp", "cilium": {"ipam": 1, "maxConnectedClusters": 511}}},
            [("MG103", "clusterDefaults.cilium.ipam"), ("MG101", "clusterDefaults.cilium.maxConnectedClusters")],
            id="cilium in the defaults",
        ),
        pytest.param(
            {"clusterDefaults": {"provider": "gcp"}, "cilium": {"version": 1}, "clusters": [cluster(1, id="1")]},
            [("MG103", "cilium.version"), ("MG103", "clusters[0].id")],
            id="and what is wrong in a cluster itself",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_inherited_value_is_told_once_where_it_is_written(
    overrides: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    data = mesh(cluster(1), cluster(2), cluster(3)) | overrides
    if "clusters" not in overrides and "clusterDefaults" in overrides:
        data["clusters"] = [cluster(n, provider=None) for n in (1, 2, 3)]
    data = {key: value for key, value in data.items() if value is not None}

    assert sorted(shape(data)) == sorted(expected)


def test_a_provider_that_is_given_nowhere_is_missing_in_each_cluster() -> None:
    data = mesh(cluster(1, provider=None), cluster(2, provider=None), clusterDefaults={"labels": 1})

    assert sorted(shape(data)) == [
        ("MG102", "clusters[0].provider"),
        ("MG102", "clusters[1].provider"),
        ("MG103", "clusterDefaults.labels"),
    ]


def test_a_cluster_that_is_no_mapping_inherits_nothing() -> None:
    assert shape(mesh(clusterDefaults={"provider": "gcp"}) | {"clusters": ["east", cluster(2)]}) == [
        ("MG103", "clusters[0]")
    ]


@pytest.mark.parametrize(
    ("content", "path", "expected"),
    [
        (
            "clusters: [{cilium: {ipam: eni}}]",
            ("clusters", 0, "cilium", "ipam"),
            ("clusters", 0, "cilium", "ipam"),
        ),
        (
            "cilium: {ipam: eni}\nclusterDefaults: {cilium: {ipam: eni}}\nclusters: [{cilium: {}}]",
            ("clusters", 0, "cilium", "ipam"),
            ("clusterDefaults", "cilium", "ipam"),
        ),
        ("cilium: {ipam: eni}\nclusters: [{}]", ("clusters", 0, "cilium", "ipam"), ("cilium", "ipam")),
        (
            "clusterDefaults: {region: a}\nclusters: [{}]",
            ("clusters", 0, "region"),
            ("clusterDefaults", "region"),
        ),
        ("clusters: [{}]", ("clusters", 0, "region"), ("clusters", 0, "region")),
        ("clusters: [{}]", ("clusters", 0), ("clusters", 0)),
        ("cilium: {ipam: eni}", ("cilium", "ipam"), ("cilium", "ipam")),
    ],
)
def test_the_place_of_a_clusters_value_is_where_it_is_written(content: str, path: Any, expected: Any) -> None:
    assert written(load(content.encode(), "mesh.yaml"), path) == expected


def test_a_finding_about_an_inherited_value_points_at_the_defaults() -> None:
    data = mesh(cluster(1, id=128), cluster(2), clusterDefaults={"cilium": {"ipam": "eni"}})

    found = [one for one in diagnostics(text(data)) if one.code == "MG211"]
    assert [one.path for one in found] == ["clusters[0].id"]
    data = mesh(cluster(1), cluster(2), clusterDefaults={"cilium": {"version": "1.99"}})
    (found_version,) = [one for one in diagnostics(text(data)) if one.code == "MG601"]
    assert found_version.path == "clusterDefaults.cilium.version"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ((), {"a": [{"b": None}], "c": "text"}),
        (("a", 0, "b"), None),
        (("a", 1), "nowhere"),
        (("a", "b"), "nowhere"),
        (("a", 0, "b", "d"), "nowhere"),
        (("c", "d"), "nowhere"),
        (("e",), "nowhere"),
    ],
)
def test_a_value_is_found_by_its_path(path: tuple[str | int, ...], expected: Any) -> None:
    data = {"a": [{"b": None}], "c": "text"}

    assert value_at(data, *path, otherwise="nowhere") == expected


def test_defaults_are_those_of_the_model_by_the_keys_of_mesh_yaml() -> None:
    assert defaults_of(MeshService)[("sourceRanges",)] == ()
    found = defaults_of(Cluster)
    assert found[("cilium", "datapath", "tunnelProtocol")] == "vxlan"
    assert found[("service", "port")] == 2379
    assert ("provider",) not in found
