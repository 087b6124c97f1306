# ruff: noqa: E501 - a row of a table is one line
"""Values that say other than mesh.yaml does, and those that say the same."""

from typing import Any

import pytest
from builders import cluster
from charted import MINORS, charted, emitted, told, with_values

NATIVE = {"datapath": {"mode": "native", "nativeRoutingCIDR": "10.0.0.0/8"}}
SERVICE = ("clustermesh", "apiserver", "service")
AUTO = ("clustermesh", "apiserver", "tls", "auto")
STORE = ("clustermesh", "apiserver", "kvstoremesh", "kvstoreMode")
IN_CLUSTER = {"source": "in-cluster", "issuer": {"name": "mesh"}}


def nested(path: tuple[str, ...], value: Any) -> Any:
    """A value at a path."""
    return {path[0]: nested(path[1:], value)} if path else value


def found(version: str, path: tuple[str, ...], value: Any, **overrides: Any) -> list[str]:
    """What is said of one value."""
    return told(with_values(version, nested(path, value), **overrides), "MG606")


@pytest.mark.parametrize(
    ("path", "value", "cilium", "message"),
    [
        (("cluster", "name"), "b", {}, "cluster.name: b, but mesh.yaml says name: cluster1"),
        (("cluster", "id"), None, {}, "cluster.id: null, but mesh.yaml says id: 1"),
        (("cluster",), None, {}, "cluster: null, but meshgen writes values below it"),
        (("routingMode",), "native", {}, "routingMode: native, but mesh.yaml says cilium.datapath.mode: tunnel"),
        (("routingMode",), "", NATIVE, 'routingMode: "", but mesh.yaml says cilium.datapath.mode: native'),
        (
            ("ipv4NativeRoutingCIDR",), "10.0.0.0/9", NATIVE,
            "ipv4NativeRoutingCIDR: 10.0.0.0/9, but mesh.yaml says cilium.datapath.nativeRoutingCIDR: 10.0.0.0/8",
        ),
        (("ipv4NativeRoutingCIDR",), 7, NATIVE, None),
        (("ipv4NativeRoutingCIDR",), [7], NATIVE, None),
        (("eni", "enabled"), True, {}, "eni.enabled: true, but mesh.yaml says cilium.ipam: cluster-pool"),
        (("azure", "enabled"), False, {"ipam": "azure"}, "azure.enabled: false, but mesh.yaml says cilium.ipam: azure"),
        (
            ("encryption", "type"), "ipsec", {"encryption": "wireguard"},
            "encryption.type: ipsec, but mesh.yaml says cilium.encryption: wireguard",
        ),
        (
            ("ipam", "operator", "clusterPoolIPv6PodCIDRList"), ["fd00::/104"], {},
            "ipam.operator.clusterPoolIPv6PodCIDRList: fd00::/104, but mesh.yaml has no IPv6 in podCIDRs",
        ),
        (("ipv4", "enabled"), False, {}, "ipv4.enabled: false, but mesh.yaml has IPv4 in podCIDRs"),
        ((*SERVICE, "type"), "ClusterIP", {}, None),
        ((*SERVICE, "loadBalancerIP"), 7, {}, None),
        (
            (*AUTO, "method"), None, {},
            "clustermesh.apiserver.tls.auto.method: null, but that makes new certificates whenever the chart is rendered",
        ),
        (("namespaceOverride",), "cilium", {}, "namespaceOverride: cilium, but mesh.yaml says cilium.namespace: kube-system"),
        (("azure", "enabled"), True, {}, "azure.enabled: true, but mesh.yaml says cilium.ipam: cluster-pool"),
        (("alibabacloud", "enabled"), True, {"ipam": "eni"}, "alibabacloud.enabled: true, but mesh.yaml says cilium.ipam: eni"),
        (
            ("extraConfig", "routing-mode"), "native", {},
            "extraConfig.routing-mode: native, but mesh.yaml says cilium.datapath.mode: tunnel",
        ),
        (("extraConfig", "tunnel"), "vxlan", NATIVE, "extraConfig.tunnel: vxlan, but mesh.yaml says cilium.datapath.mode: native"),
        (("extraConfig", "tunnel-protocol"), "geneve", {}, None),
        (("extraConfig", "cluster-name"), "b", {}, None),
        (("extraConfig", "cluster-id"), "7", {}, None),
        (("extraConfig", "max-connected-clusters"), "511", {}, None),
        (("extraConfig", "identity-allocation-mode"), "kvstore", {}, None),
        (
            ("extraConfig", "policy-default-local-cluster"), "true", {},
            "extraConfig.policy-default-local-cluster: true, but policies are judged with false",
        ),
        ((*AUTO, "enabled"), False, {}, "clustermesh.apiserver.tls.auto.enabled: false, but nobody else makes certificates"),
        (AUTO, None, {}, None),
        (("clustermesh", "apiserver", "tls"), None, {}, None),
        (("clustermesh", "config", "enabled"), False, {}, "clustermesh.config.enabled: false, but delivery: helm needs true"),
    ],
)  # fmt: skip
def test_another_value_is_a_contradiction(
    path: tuple[str, ...], value: Any, cilium: dict[str, Any], message: str | None
) -> None:
    (said,) = found("1.17", path, value, cilium=cilium)

    assert message is None or said == f"helmValues has {message}"


@pytest.mark.parametrize(
    ("path", "value", "overrides"),
    [
        (("cluster",), {"name": "cluster1", "id": "1"}, {}),
        (("routingMode",), "", {}),
        (("tunnelProtocol",), "geneve", {"cilium": NATIVE}),
        (("ipv4NativeRoutingCIDR",), "10.9.9.9/8", {"cilium": NATIVE}),
        (("ipv6NativeRoutingCIDR",), "fd00::/8", {"cilium": NATIVE}),
        (("ipv4NativeRoutingCIDR",), "10.0.0.0/8", {}),
        (("encryption", "type"), "wireguard", {}),
        (("ipam", "operator", "clusterPoolIPv4PodCIDRList"), "10.1.0.0/16", {}),
        (
            ("ipam", "operator", "clusterPoolIPv4PodCIDRList"),
            ["10.9.0.0/16"],
            {"cilium": {"ipam": "multi-pool"}},
        ),
        (("ipam", "operator", "clusterPoolIPv6PodCIDRList"), [], {}),
        (("ipv4", "enabled"), True, {}),
        (("ipv6", "enabled"), True, {}),
        ((*SERVICE, "loadBalancerIP"), "172.16.1.10", {}),
        ((*SERVICE, "nodePort"), 31000, {}),
        ((*SERVICE, "annotations"), {"a": "b"}, {}),
        (AUTO, {"method": "cronJob"}, {}),
        (AUTO, {"method": "certmanager", "certManagerIssuerRef": {"name": "a"}}, {}),
        (("clustermesh", "apiserver", "tls"), {"enableSecrets": False, "auto": {"enabled": False}}, {}),
        (
            ("clustermesh", "apiserver", "tls"),
            {"server": {"cert": "PEM"}, "auto": {"enabled": False, "method": "helm"}},
            {},
        ),
        (("namespaceOverride",), "kube-system", {}),
        (("namespaceOverride",), None, {}),
        (("azure", "enabled"), True, {"cilium": {"ipam": "azure"}}),
        (("extraConfig",), {"cluster-id": "1", "bpf-map-dynamic-size-ratio": "0.0025"}, {}),
        (("extraConfig",), {"tunnel-protocol": "geneve"}, {"cilium": NATIVE}),
        (("extraConfig",), [], {}),
        ((*AUTO, "certManagerIssuerRef"), {"kind": "ClusterIssuer", "name": "mesh"}, {"tls": IN_CLUSTER}),
        ((*AUTO, "certManagerIssuerRef"), {}, {"tls": IN_CLUSTER}),
        (("tls", "caBundle", "enabled"), True, {}),
        (("clustermesh", "apiserver", "replicas"), 2, {}),
    ],
)
def test_the_same_value_is_none(path: tuple[str, ...], value: Any, overrides: dict[str, Any]) -> None:
    assert found("1.17", path, value, **overrides) == []


@pytest.mark.parametrize("version", MINORS)
@pytest.mark.parametrize(
    "overrides",
    [
        {},
        {"cilium": NATIVE},
        {"cilium": {"ipam": "eni", "encryption": "wireguard"}},
        {"domain": "a.example.com"},
        {"tls": IN_CLUSTER},
        {"tls": {"source": "generate"}},
    ],
)
@pytest.mark.parametrize("delivery", ["helm", "manifests"])
def test_what_meshgen_writes_does_not_contradict(
    version: str, delivery: str, overrides: dict[str, Any]
) -> None:
    cilium = overrides.get("cilium", {}) | {"delivery": delivery}
    written, _ = emitted(charted(version, **overrides | {"cilium": cilium}))

    assert told(with_values(version, written, **overrides | {"cilium": cilium}), "MG606") == []


def test_a_node_port_is_that_of_mesh_yaml() -> None:
    first = cluster(
        1,
        service={"type": "NodePort", "port": 32379},
        helmValues=nested((*SERVICE, "nodePort"), 32380),
    )

    assert told(charted("1.17", first, cluster(2)), "MG606") == [
        "helmValues has clustermesh.apiserver.service.nodePort: 32380, but mesh.yaml says service.port: 32379"
    ]


def test_a_cluster_that_is_dialled_by_name_may_have_any_address() -> None:
    values = nested((*SERVICE, "loadBalancerIP"), "10.0.0.1")
    first = cluster(1, service={"hostname": "a.example.com"}, serviceIPs=None, helmValues=values)

    assert told(charted("1.17", first, cluster(2)), "MG606") == []


@pytest.mark.parametrize("version", ["1.13", "1.15", "1.17", "1.18", "1.20"])
def test_identities_are_crds_where_nothing_else_works(version: str) -> None:
    assert len(found(version, ("identityAllocationMode",), "kvstore")) == 1


@pytest.mark.parametrize(
    ("version", "mode", "identities", "count"),
    [
        ("1.17", "external", "kvstore", 1),
        ("1.18", "external", "kvstore", 0),
        ("1.18", "internal", "kvstore", 1),
        ("1.18", "internal", "doublewrite-readcrd", 0),
    ],
)
def test_a_store_of_the_teams_own_has_identities_of_its_own(
    version: str, mode: str, identities: str, count: int
) -> None:
    values = nested(STORE, mode)

    assert len(told(with_values(version, values | {"identityAllocationMode": identities}), "MG606")) == count


@pytest.mark.parametrize(
    ("version", "identities", "count"),
    [
        ("1.13", "crd", 1),
        ("1.17", "crd", 1),
        ("1.18", "crd", 1),
        ("1.18", "doublewrite-readcrd", 1),
        ("1.18", "kvstore", 0),
    ],
)
def test_endpoints_are_published_from_their_objects(version: str, identities: str, count: int) -> None:
    store = "internal" if identities == "crd" else "external"
    values = nested(STORE, store) | {"identityAllocationMode": identities}

    assert told(with_values(version, values | {"disableEndpointCRD": False}), "MG606") == []
    messages = told(with_values(version, values | {"disableEndpointCRD": True}), "MG606")
    assert len([one for one in messages if "disableEndpointCRD" in one]) == count


@pytest.mark.parametrize(("version", "mirrors"), [("1.15", False), ("1.16", True)])
def test_manifests_are_made_for_one_way_of_kvstoremesh(version: str, *, mirrors: bool) -> None:
    path = ("clustermesh", "apiserver", "kvstoremesh", "enabled")
    cilium = {"delivery": "manifests"}

    assert found(version, path, mirrors, cilium=cilium) == []
    assert len(found(version, path, not mirrors, cilium=cilium)) == 1
    on, off = (found(version, path, value, cilium={"delivery": "helm"}) for value in (True, False))
    assert on == []
    assert len(off) == mirrors


@pytest.mark.parametrize("version", ["1.13", "1.14"])
def test_the_old_word_for_the_tunnel_is_held_to_mesh_yaml(version: str) -> None:
    assert found(version, ("tunnel",), "vxlan") == []
    assert len(found(version, ("tunnel",), "disabled")) == 1
    assert found(version, ("tunnel",), "disabled", cilium=NATIVE) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ((*AUTO, "enabled"), True),
        (("clustermesh", "apiserver", "tls", "authMode"), "legacy"),
        (("clustermesh", "apiserver", "tls", "enableSecrets"), True),
        (("tls", "caBundle", "enabled"), True),
    ],
)
def test_certificates_come_from_where_mesh_yaml_says(path: tuple[str, ...], value: Any) -> None:
    (message,) = found("1.17", path, value, tls={"source": "generate"})

    assert message.endswith("but mesh.yaml says tls.source: generate")


@pytest.mark.parametrize(
    ("key", "value"),
    [("enabled", False), ("name", "other"), ("key", "other"), ("useSecret", True), ("content", "PEM")],
)
def test_authorities_come_from_the_bundle_that_meshgen_writes(key: str, value: Any) -> None:
    bundled = IN_CLUSTER | {"caBundle": "pki/authorities.pem"}
    (message,) = found("1.17", ("tls", "caBundle", key), value, tls=bundled)

    assert message.endswith("but mesh.yaml says tls.source: in-cluster")


def test_an_issuer_is_that_of_mesh_yaml() -> None:
    wrong = {"certManagerIssuerRef": {"name": "other"}}

    assert len(found("1.15", AUTO, wrong, tls=IN_CLUSTER)) == 1
    assert len(found("1.15", AUTO, wrong, tls={"source": "in-cluster"})) == 1
    assert len(found("1.17", AUTO, wrong, tls=IN_CLUSTER)) == 1
    assert len(found("1.15", AUTO, {"method": "cronJob"}, tls=IN_CLUSTER)) == 1


@pytest.mark.parametrize(
    ("said", "judged", "count"),
    [(True, "true", 0), (True, "false", 1), (None, "true", 0), (None, "false", 1)],
)
def test_peers_without_a_cluster_mean_what_the_value_of_the_chart_says(
    *, said: bool | None, judged: str, count: int
) -> None:
    values: dict[str, Any] = {"extraConfig": {"policy-default-local-cluster": judged}}
    if said is not None:
        values["clustermesh"] = {"policyDefaultLocalCluster": said}

    assert len(told(with_values("1.19", values), "MG606")) == count


@pytest.mark.parametrize("version", ["1.6.9", "1.9", "1.12", "1.21"])
def test_where_no_values_are_known_nothing_is_said(version: str) -> None:
    assert told(with_values(version, {"cluster": {"id": 7}, "x": 1}), "MG604", "MG605", "MG606") == []


@pytest.mark.parametrize(
    ("values", "delivery", "message"),
    [
        ({}, "helm", "identities of crd are kept in the etcd of clustermesh-apiserver itself"),
        ({"identityAllocationMode": "kvstore"}, "helm", None),
        (
            {"identityAllocationMode": "kvstore"}, "manifests",
            "the files that meshgen writes name the etcd of clustermesh-apiserver itself",
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("version", ["1.18", "1.20"])
def test_a_store_of_the_teams_own_is_for_identities_in_it(
    version: str, values: dict[str, Any], delivery: str, message: str | None
) -> None:
    said = told(
        with_values(version, nested(STORE, "external") | values, cilium={"delivery": delivery}), "MG606"
    )

    assert said == ([] if message is None else [f"helmValues has {'.'.join(STORE)}: external, but {message}"])


def test_a_store_of_the_teams_own_has_one_replica() -> None:
    apiserver = {"kvstoremesh": {"kvstoreMode": "external"}, "replicas": 2}
    values = {"identityAllocationMode": "kvstore", "clustermesh": {"apiserver": apiserver}}

    assert told(with_values("1.19.6", values), "MG606") == [
        "helmValues has clustermesh.apiserver.replicas: 2, but with kvstoreMode: external the chart takes only one"
    ]


def test_addresses_of_a_family_in_two_clusters_are_named() -> None:
    on = {"ipv6": {"enabled": True}}
    two = charted("1.19.6", cluster(1, helmValues=on), cluster(2, helmValues=on))
    known = charted("1.19.6", cluster(1, helmValues=on), cluster(2, podCIDRs=["10.2.0.0/16", "fd02::/104"]))

    assert told(two, "MG606") == [
        f"helmValues has ipv6.enabled: true, but mesh.yaml has no IPv6 in podCIDRs that could be held "
        f"against that of cluster{other}"
        for other in (2, 1)
    ]
    assert len(told(known, "MG606")) == 1
    assert told(with_values("1.19.6", on), "MG606") == []
