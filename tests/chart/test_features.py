"""What needs a value of the chart, and what newer versions no longer have."""

from typing import Any

import pytest
from builders import cluster
from charted import charted, inspected, told, with_values

SERVICE = {"labels": {"a": "b"}, "sourceRanges": ["10.0.0.0/8"]}
ALIASES = [{"ip": "10.0.0.5", "hostnames": ["a.example.com"]}]


def serving(version: str, service: dict[str, Any], *codes: str, **overrides: Any) -> list[str]:
    """What is said of a cluster's service."""
    return told(charted(version, cluster(1, service=service), cluster(2), **overrides), *codes)


@pytest.mark.parametrize(
    ("version", "said"), [("1.6.9", True), ("1.12", True), ("1.13", False), ("1.20", False)]
)
def test_values_need_a_chart_that_is_known(version: str, *, said: bool) -> None:
    messages = told(with_values(version, {"operator": {"replicas": 1}}), "MG602")

    assert messages == [f"helmValues needs Cilium 1.13 or later, and this is for {version}"] * said


@pytest.mark.parametrize(("version", "count"), [("1.14", 2), ("1.16", 2), ("1.17", 0), ("1.20", 0)])
def test_labels_and_ranges_need_values(version: str, count: int) -> None:
    assert len(serving(version, SERVICE, "MG602")) == count
    assert serving(version, SERVICE, "MG602", cilium={"delivery": "manifests"}) == []


def test_ranges_are_a_load_balancer_s() -> None:
    service = {"type": "NodePort", "port": 32379, "sourceRanges": ["10.0.0.0/8"]}

    assert serving("1.16", service, "MG602") == []


@pytest.mark.parametrize(
    ("version", "source", "way_out"),
    [
        ("1.10", "generate", "files"),
        ("1.13", "generate", "files"),
        ("1.13", "in-cluster", "files"),
        ("1.14", "generate", "in-cluster"),
        ("1.15", "generate", "in-cluster"),
        ("1.6.9", "in-cluster", "generate"),
        ("1.9", "in-cluster", None),
        ("1.6.9", "generate", None),
        ("1.16", "generate", None),
        ("1.14", "in-cluster", None),
    ],
)
def test_a_source_of_keys_needs_a_version(version: str, source: str, way_out: str | None) -> None:
    found = inspected(charted(version, tls={"source": source})).diagnostics
    helps = [one.help for one in found if one.code == "MG602" and "tls.source" in one.message]

    assert helps == ([f"write source: {way_out}"] if way_out else [])


@pytest.mark.parametrize(
    ("version", "message"),
    [
        ("1.8", None),
        ("1.13", None),
        ("1.14", "Cilium 1.14 and later have no tls.source: files; this is for 1.14"),
        ("1.20", "Cilium 1.14 and later have no tls.source: files; this is for 1.20"),
        ("1.21", None),
    ],
)
def test_files_of_the_guide_are_gone(version: str, message: str | None) -> None:
    assert told(charted(version, tls={"source": "files"}), "MG603") == ([message] if message else [])


@pytest.mark.parametrize(("version", "count"), [("1.8", 0), ("1.10", 1), ("1.20", 1)])
@pytest.mark.parametrize("service", [{"selector": {"app": "etcd"}}, {"port": 12379}])
def test_the_service_is_the_chart_s(version: str, count: int, service: dict[str, Any]) -> None:
    assert len(serving(version, service, "MG603")) == count


def test_a_node_port_is_a_port_of_its_own() -> None:
    assert serving("1.16", {"type": "NodePort", "port": 32379}, "MG603") == []


@pytest.mark.parametrize(
    ("version", "delivery", "count"),
    [("1.13", "helm", 0), ("1.14", "helm", 1), ("1.20", "helm", 1), ("1.20", "manifests", 0)],
)
def test_values_have_no_host_aliases(version: str, delivery: str, count: int) -> None:
    cilium = {"delivery": delivery, "extraHostAliases": ALIASES}

    assert len(told(charted(version, cilium=cilium), "MG603")) == count


def test_what_many_clusters_inherit_is_told_once() -> None:
    data = charted("1.16", clusterDefaults={"service": {"selector": {"app": "etcd"}}})

    assert len(told(data, "MG603")) == 1


@pytest.mark.parametrize(
    ("version", "first", "count"),
    [
        ("1.14", {}, 1),
        ("1.15", {}, 0),
        ("1.21", {}, 0),
        ("1.14", {"cilium": {"delivery": "manifests"}}, 0),
        ("1.14", {"service": {"annotations": {"metallb.io/loadBalancerIPs": "172.16.1.10"}}}, 0),
        ("1.14", {"service": {"hostname": "a.example.com"}, "serviceIPs": None}, 0),
        ("1.14", {"service": {"type": "NodePort", "port": 32379}}, 0),
    ],
)
def test_an_address_that_no_value_can_fix_is_told(version: str, first: dict[str, Any], count: int) -> None:
    other = cluster(2, service={"type": "NodePort", "port": 32379})

    assert len(told(charted(version, cluster(1, **first), other), "MG224")) == count


@pytest.mark.parametrize("key", ["issuer", "caBundle"])
@pytest.mark.parametrize(("source", "count"), [("in-cluster", 0), ("generate", 1), (None, 1)])
def test_keys_of_another_source_are_told(key: str, source: str | None, count: int) -> None:
    written = {"issuer": {"name": "mesh"}, "caBundle": "pki/authorities.pem"}[key]
    tls = {key: written} | ({"source": source} if source else {})

    assert len(told(charted("1.16", tls=tls), "MG524")) == count
