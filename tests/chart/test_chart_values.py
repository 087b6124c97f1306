"""What mesh.yaml becomes in the words of each version's chart."""

from typing import Any

import pytest
from builders import cluster, mesh
from charted import MINORS, charted, emitted, inspected

from meshgen.chart.overrides import namespaces_are_global
from meshgen.chart.values import auth_mode, brings_certificates, delivery_of
from meshgen.cilium.version import parse_version

SERVICE = {"type": "LoadBalancer", "loadBalancerIP": "172.16.1.10"}
NATIVE = {"datapath": {"mode": "native", "nativeRoutingCIDR": "10.0.0.0/8"}}
NATIVE_SIX = {"datapath": {"mode": "native", "nativeRoutingCIDR": "fd00::/16"}}
GENEVE = {"datapath": {"tunnelProtocol": "geneve"}}
POOL = {"clusterPoolIPv4PodCIDRList": ["10.1.0.0/16"]}
ISSUER = {"group": "cert-manager.io", "kind": "ClusterIssuer", "name": "cilium-mesh"}


def first(data: dict[str, Any]) -> dict[str, Any]:
    """The values of the first cluster."""
    return emitted(data)[0]


def tls(version: str, source: str | None) -> Any:
    """What the chart is told of certificates."""
    values = first(charted(version, tls={"source": source} if source else None))
    return values["clustermesh"]["apiserver"]["tls"]


def test_the_etcd_era_has_its_own_words() -> None:
    assert first(mesh()) == {
        "global": {"cluster": {"name": "cluster1", "id": 1}, "identityAllocationMode": "kvstore"}
    }


def test_all_that_a_plain_mesh_is() -> None:
    assert first(charted("1.18")) == {
        "cluster": {"name": "cluster1", "id": 1},
        "ipam": {"operator": POOL},
        "clustermesh": {
            "useAPIServer": True,
            "config": {
                "enabled": True,
                "clusters": [{"name": "cluster2", "ips": ["172.16.2.10"], "port": 2379}],
            },
            "apiserver": {
                "service": SERVICE,
                "tls": {"authMode": "migration", "auto": {"enabled": True, "method": "cronJob"}},
            },
        },
    }


@pytest.mark.parametrize(
    ("version", "written", "expected"),
    [
        ("1.13", None, "manifests"),
        ("1.14", None, "helm"),
        ("1.6.9", None, "manifests"),
        ("1.20", "manifests", "manifests"),
        ("1.13", "helm", "helm"),
    ],
)
def test_values_are_the_way_from_1_14_on(version: str, written: str | None, expected: str) -> None:
    found = inspected(charted(version, cilium={"delivery": written} if written else {})).mesh
    assert found is not None

    assert delivery_of(found.clusters[0]) == expected


@pytest.mark.parametrize(
    ("version", "clusters"),
    [
        ("1.18", [{"name": "cluster2", "ips": ["172.16.2.10"], "port": 2379}]),
        ("1.19", {"cluster2": {"enabled": True, "ips": ["172.16.2.10"], "port": 2379}}),
    ],
)
def test_other_clusters_are_a_list_and_later_a_map(version: str, clusters: Any) -> None:
    assert first(charted(version))["clustermesh"]["config"]["clusters"] == clusters


def test_other_clusters_are_sorted_by_name_and_their_addresses_by_number() -> None:
    data = charted("1.18", cluster(3), cluster(2, serviceIPs=["172.16.2.10", "172.16.2.9"]), cluster(1))

    assert first(data)["clustermesh"]["config"]["clusters"] == [
        {"name": "cluster1", "ips": ["172.16.1.10"], "port": 2379},
        {"name": "cluster2", "ips": ["172.16.2.9", "172.16.2.10"], "port": 2379},
    ]


def test_a_host_name_is_dialled_in_place_of_addresses() -> None:
    named = cluster(2, service={"hostname": "b.example.com"}, serviceIPs=None)

    assert first(charted("1.18", cluster(1), named))["clustermesh"]["config"]["clusters"] == [
        {"name": "cluster2", "address": "b.example.com", "port": 2379}
    ]


def test_manifests_leave_the_chart_nothing_to_connect() -> None:
    values = first(charted("1.19", cilium={"delivery": "manifests"}, domain="a.example.com"))

    assert values["clustermesh"]["config"] == {"enabled": False}


def test_where_the_chart_makes_users_it_is_told_who_the_others_are() -> None:
    values = first(charted("1.18", cilium={"delivery": "manifests"}, domain="a.example.com"))

    assert values["clustermesh"]["config"] == {"enabled": False, "clusters": [{"name": "cluster2"}]}


def test_who_is_alone_has_no_users() -> None:
    values = first(charted("1.18", cluster(1), cilium={"delivery": "manifests"}))

    assert values["clustermesh"]["config"] == {"enabled": False}


def test_the_domain_and_the_limit_are_said_where_they_are_no_defaults() -> None:
    values = first(charted("1.18", cilium={"maxConnectedClusters": 511}, domain="a.example.com"))

    assert values["clustermesh"]["maxConnectedClusters"] == 511
    assert values["clustermesh"]["config"]["domain"] == "a.example.com"


@pytest.mark.parametrize(
    ("version", "cilium", "values"),
    [
        ("1.13", {}, {}),
        ("1.13", GENEVE, {"tunnel": "geneve"}),
        ("1.13", NATIVE, {"tunnel": "disabled", "ipv4NativeRoutingCIDR": "10.0.0.0/8"}),
        ("1.14", {}, {}),
        ("1.14", GENEVE, {"tunnelProtocol": "geneve"}),
        ("1.14", NATIVE, {"routingMode": "native", "ipv4NativeRoutingCIDR": "10.0.0.0/8"}),
        ("1.20", NATIVE_SIX, {"routingMode": "native", "ipv6NativeRoutingCIDR": "fd00::/16"}),
        ("1.20", {"datapath": {"mode": "native"}}, {"routingMode": "native"}),
        ("1.20", {"chaining": "aws-cni"}, {"cni": {"chainingMode": "aws-cni"}}),
        ("1.20", {"encryption": "ipsec"}, {"encryption": {"enabled": True, "type": "ipsec"}}),
    ],
)
def test_the_datapath_in_the_words_of_a_version(
    version: str, cilium: dict[str, Any], values: dict[str, Any]
) -> None:
    found = first(charted(version, cilium=cilium))

    assert {key: found[key] for key in found.keys() - {"cluster", "clustermesh", "ipam"}} == values


@pytest.mark.parametrize("version", MINORS)
@pytest.mark.parametrize(
    ("blocks", "values"),
    [
        (["10.1.0.0/16"], {}),
        (["10.1.0.0/16", "fd01::/104"], {"ipv6": {"enabled": True}}),
        (["fd01::/104"], {"ipv4": {"enabled": False}, "ipv6": {"enabled": True}}),
    ],
)
def test_the_families_of_pods_are_on_and_no_other(
    version: str, blocks: list[str], values: dict[str, Any]
) -> None:
    found = first(charted(version, cluster(1, podCIDRs=blocks), cluster(2)))

    assert {key: found[key] for key in found.keys() & {"ipv4", "ipv6"}} == values


@pytest.mark.parametrize(
    ("mode", "values"),
    [
        ("kubernetes", {"ipam": {"mode": "kubernetes"}}),
        ("eni", {"ipam": {"mode": "eni"}, "eni": {"enabled": True}}),
        ("azure", {"ipam": {"mode": "azure"}, "azure": {"enabled": True}}),
    ],
)
def test_pods_get_addresses_as_mesh_yaml_says(mode: str, values: dict[str, Any]) -> None:
    assert first(charted("1.18", cilium={"ipam": mode})).items() >= values.items()


def test_pools_are_sorted_and_of_both_families() -> None:
    one = cluster(1, podCIDRs=["fd01::/104", "10.9.0.0/16", "10.1.0.0/16", "10.1.0.0/16"])

    assert first(charted("1.18", one, cluster(2)))["ipam"]["operator"] == {
        "clusterPoolIPv4PodCIDRList": ["10.1.0.0/16", "10.9.0.0/16"],
        "clusterPoolIPv6PodCIDRList": ["fd01::/104"],
    }


@pytest.mark.parametrize(
    ("version", "service", "provider", "values"),
    [
        ("1.14", {}, "generic", {"type": "LoadBalancer"}),
        ("1.15", {}, "generic", SERVICE),
        ("1.15", {"type": "NodePort", "port": 32379}, "generic", {"type": "NodePort", "nodePort": 32379}),
        ("1.16", {"labels": {"a": "b"}, "sourceRanges": ["10.0.0.0/8"]}, "generic", SERVICE),
        (
            "1.17",
            {"labels": {"b": "c", "a": "b"}, "sourceRanges": ["10.0.0.0/8"]},
            "generic",
            SERVICE | {"labels": {"a": "b", "b": "c"}, "loadBalancerSourceRanges": ["10.0.0.0/8"]},
        ),
        (
            "1.16",
            {},
            "aws",
            {
                "type": "LoadBalancer",
                "annotations": {"service.beta.kubernetes.io/aws-load-balancer-internal": "0.0.0.0/0"},
            },
        ),
        (
            "1.17",
            {},
            "aws",
            {
                "type": "LoadBalancer",
                "annotations": {"service.beta.kubernetes.io/aws-load-balancer-scheme": "internal"},
            },
        ),
    ],
)
def test_the_service_as_far_as_a_chart_has_values_for_it(
    version: str, service: dict[str, Any], provider: str, values: dict[str, Any]
) -> None:
    data = charted(version, cluster(1, service=service, provider=provider), cluster(2))

    assert first(data)["clustermesh"]["apiserver"]["service"] == values


def test_a_load_balancer_without_an_address_is_given_none() -> None:
    one = cluster(1, service={"hostname": "a.example.com"}, serviceIPs=None)

    assert first(charted("1.18", one, cluster(2)))["clustermesh"]["apiserver"]["service"] == {
        "type": "LoadBalancer"
    }


@pytest.mark.parametrize(
    ("version", "source", "values"),
    [
        ("1.13", None, {"auto": {"enabled": True, "method": "cronJob"}}),
        ("1.13", "files", {"auto": {"enabled": True, "method": "cronJob"}}),
        ("1.14", None, {"authMode": "migration", "auto": {"enabled": True, "method": "cronJob"}}),
        (
            "1.15",
            "in-cluster",
            {
                "authMode": "cluster",
                "auto": {"enabled": True, "method": "certmanager", "certManagerIssuerRef": ISSUER},
            },
        ),
        ("1.16", "generate", {"authMode": "cluster", "auto": {"enabled": False}, "enableSecrets": False}),
        ("1.19", "in-cluster", {"authMode": "cluster", "auto": {"enabled": False}, "enableSecrets": False}),
        ("1.20", "generate", {"authMode": "cluster", "auto": {"enabled": False}}),
    ],
)
def test_certificates_come_from_where_a_version_can_take_them(
    version: str, source: str | None, values: dict[str, Any]
) -> None:
    assert tls(version, source) == values


@pytest.mark.parametrize(("version", "nested"), [("1.18", False), ("1.20", True)])
def test_names_that_the_chart_s_certificate_lacks_are_added(version: str, *, nested: bool) -> None:
    one = cluster(1, service={"hostname": "a.example.com"}, serviceIPs=None)
    values = first(charted(version, one, cluster(2), domain="b.example.com"))
    found = values["clustermesh"]["apiserver"]["tls"]
    holder = found["auto"] if nested else found

    assert holder["server"] == {"extraDnsNames": ["*.b.example.com", "a.example.com"]}


@pytest.mark.parametrize(
    ("tls_section", "enabled"),
    [
        (None, False),
        ({"source": "generate"}, False),
        ({"source": "in-cluster"}, False),
        ({"source": "in-cluster", "caBundle": "pki/authorities.pem"}, True),
    ],
)
def test_authorities_come_from_a_bundle_where_there_is_one(
    tls_section: dict[str, Any] | None, *, enabled: bool
) -> None:
    values = first(charted("1.18", tls=tls_section))

    assert values.get("tls") == ({"caBundle": {"enabled": True}} if enabled else None)


def test_values_of_the_user_lie_over_ours_key_by_key() -> None:
    one = cluster(
        1, helmValues={"hubble": {"enabled": True}, "ipam": {"operator": {"externalAPILimitQPS": 1.5}}}
    )
    values = first(charted("1.18", one, cluster(2)))

    assert values["hubble"] == {"enabled": True}
    assert values["ipam"] == {"operator": POOL | {"externalAPILimitQPS": 1.5}}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, True),
        ({"clustermesh": None}, True),
        ({"clustermesh": {"defaultGlobalNamespace": True}}, True),
        ({"clustermesh": {"defaultGlobalNamespace": False}}, False),
        ({"clustermesh": {"defaultGlobalNamespace": "false"}}, False),
        ({"clustermesh": {"defaultGlobalNamespace": 0}}, False),
        ({"clustermesh": {"defaultGlobalNamespace": "f"}}, False),
        ({"clustermesh": {"defaultGlobalNamespace": "true"}}, True),
        ({"clustermesh": {"defaultGlobalNamespace": "no"}}, True),
    ],
)
def test_namespaces_are_global_until_somebody_says_otherwise(
    values: dict[str, Any], *, expected: bool
) -> None:
    found = inspected(charted("1.20", cluster(1, helmValues=values), cluster(2))).mesh
    assert found is not None

    assert namespaces_are_global(found.clusters[0]) is expected


@pytest.mark.parametrize(("version", "expected"), [("1.15", False), ("1.16", True), ("1.20", True)])
def test_secrets_are_left_to_others_from_1_16_on(version: str, *, expected: bool) -> None:
    assert brings_certificates(parse_version(version)) is expected


@pytest.mark.parametrize(("source", "expected"), [(None, "migration"), ("generate", "cluster")])
def test_clusters_are_known_by_their_names_where_meshgen_sees_to_certificates(
    source: str | None, expected: str
) -> None:
    found = inspected(charted("1.18", tls={"source": source} if source else None)).mesh
    assert found is not None

    assert auth_mode(found) == expected
