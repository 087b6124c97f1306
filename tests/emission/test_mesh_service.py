"""The Service by which a cluster's etcd is reached, for each provider and each override."""

from typing import Any

import pytest
from builders import cluster, mesh
from compilation import manifest, tree

from meshgen.cilium.providers import PROVIDERS
from meshgen.model.cluster import Provider

SERVICE = "cluster1/cilium-etcd-external.service.yaml"
OURS = {
    "argocd.argoproj.io/sync-options": "Prune=false",
    "kustomize.toolkit.fluxcd.io/prune": "disabled",
    "meshgen.io/source": "mesh.yaml#/clusters/cluster1",
}
INTERNAL = {
    "gcp": {"cloud.google.com/load-balancer-type": "Internal"},
    "aws": {"service.beta.kubernetes.io/aws-load-balancer-internal": "0.0.0.0/0"},
    "azure": {"service.beta.kubernetes.io/azure-load-balancer-internal": "true"},
    "oracle": {"service.beta.kubernetes.io/oci-load-balancer-internal": "true"},
    "ibm": {"service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type": "private"},
    "alibaba": {"service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type": "intranet"},
    "openstack": {"service.beta.kubernetes.io/openstack-internal-load-balancer": "true"},
    "digitalocean": {},
    "metallb": {},
    "generic": {},
}
GLOBAL_ACCESS = "networking.gke.io/internal-load-balancer-allow-global-access"
TAKE_AN_ADDRESS = {"gcp", "azure", "ibm", "openstack", "metallb", "generic"}
AWS = "service.beta.kubernetes.io/aws-load-balancer-"
ALIBABA = "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-"


def service(first: dict[str, Any], *others: dict[str, Any]) -> Any:
    return manifest(tree(mesh(first, *(others or (cluster(2),)))), SERVICE)


def annotations(first: dict[str, Any], *others: dict[str, Any]) -> dict[str, str]:
    found = service(first, *others)["metadata"]["annotations"]
    assert found.items() >= OURS.items()
    return {key: value for key, value in found.items() if key not in OURS}


def test_the_service_is_the_guides_and_says_where_it_comes_from() -> None:
    assert service(cluster(1)) == {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {
            "name": "cilium-etcd-external",
            "namespace": "kube-system",
            "labels": {"app.kubernetes.io/managed-by": "meshgen", "app.kubernetes.io/part-of": "test"},
            "annotations": OURS,
        },
        "spec": {
            "type": "LoadBalancer",
            "ports": [{"port": 2379}],
            "selector": {"app": "etcd", "etcd_cluster": "cilium-etcd", "io.cilium/app": "etcd-operator"},
            "loadBalancerIP": "172.16.1.10",
        },
    }


@pytest.mark.parametrize("provider", INTERNAL)
def test_each_provider_has_its_annotation_for_an_internal_load_balancer(provider: str) -> None:
    same_region = {"provider": provider, "region": "here"}
    assert annotations(cluster(1, **same_region), cluster(2, **same_region)) == INTERNAL[provider]


@pytest.mark.parametrize("provider", INTERNAL)
def test_a_static_address_is_asked_for_only_where_the_controller_takes_one(provider: str) -> None:
    expected = "172.16.1.10" if provider in TAKE_AN_ADDRESS else None
    assert service(cluster(1, provider=provider))["spec"].get("loadBalancerIP") == expected


def test_every_provider_that_may_be_written_has_a_row_with_a_source() -> None:
    assert set(PROVIDERS) == set(Provider.__args__) == {*INTERNAL, "lb-ipam"}
    assert all(row.source for row in PROVIDERS.values())


@pytest.mark.parametrize(
    ("own_region", "peer", "expected"),
    [
        pytest.param("a", {"provider": "gcp", "region": "a"}, False, id="not within one region"),
        pytest.param("a", {"provider": "gcp", "region": "b"}, True, id="for a peer in another region"),
        pytest.param("a", {"provider": "gcp"}, True, id="for a peer in an unknown region"),
        pytest.param(None, {"provider": "gcp", "region": "a"}, True, id="where its own region is unknown"),
        pytest.param(None, {"provider": "gcp"}, True, id="where no region is known"),
        pytest.param("a", {"provider": "aws", "region": "a"}, True, id="for another provider's same name"),
    ],
)
def test_gcp_gives_global_access(own_region: str | None, peer: dict[str, Any], *, expected: bool) -> None:
    found = annotations(cluster(1, provider="gcp", region=own_region), cluster(2, **peer))
    assert (found.get(GLOBAL_ACCESS) == "true") is expected
    assert (GLOBAL_ACCESS in found) is expected


def test_a_lone_cluster_on_gcp_needs_no_global_access() -> None:
    files = tree(mesh(cluster(1, provider="gcp")))
    assert GLOBAL_ACCESS not in manifest(files, SERVICE)["metadata"]["annotations"]


def test_on_aws_a_fixed_address_means_a_network_load_balancer_of_the_newer_controller() -> None:
    """That controller reads aws-load-balancer-internal as a boolean and refuses the guide's 0.0.0.0/0."""
    asked = {f"{AWS}private-ipv4-addresses": "172.16.1.10"}
    found = service(cluster(1, provider="aws", service={"annotations": asked}))
    assert "loadBalancerIP" not in found["spec"]
    assert found["metadata"]["annotations"] == OURS | asked | {
        f"{AWS}type": "external",
        f"{AWS}scheme": "internal",
        f"{AWS}nlb-target-type": "instance",
    }


def test_on_alibaba_a_fixed_address_is_that_of_a_load_balancer_that_is_named() -> None:
    asked = {f"{ALIBABA}id": "lb-1"}
    found = service(cluster(1, provider="alibaba", service={"annotations": asked}))
    assert "loadBalancerIP" not in found["spec"]
    assert found["metadata"]["annotations"] == OURS | asked | {
        f"{ALIBABA}address-type": "intranet",
        f"{ALIBABA}force-override-listeners": "true",
    }


def test_a_users_annotations_win_over_the_providers() -> None:
    written = {"cloud.google.com/load-balancer-type": "External", "example.com/a": "b"}
    found = annotations(
        cluster(1, provider="gcp", region="a", service={"annotations": written}),
        cluster(2, provider="gcp", region="a"),
    )
    assert found == written


def test_of_several_addresses_a_load_balancer_asks_for_the_first_as_written() -> None:
    addresses = ["172.16.1.30", "172.16.1.10"]
    assert service(cluster(1, serviceIPs=addresses))["spec"]["loadBalancerIP"] == "172.16.1.30"


def test_an_ipv6_address_is_written_in_its_canonical_form() -> None:
    assert service(cluster(1, serviceIPs=["FD00:0:0::0200"]))["spec"]["loadBalancerIP"] == "fd00::200"


def test_a_node_port_has_no_annotation_and_no_address_of_a_load_balancer() -> None:
    found = service(
        cluster(
            1,
            provider="aws",
            service={"type": "NodePort", "port": 32379, "sourceRanges": ["10.0.0.0/8"]},
        )
    )
    assert found["spec"] == {
        "type": "NodePort",
        "ports": [{"port": 2379, "nodePort": 32379}],
        "selector": {"app": "etcd", "etcd_cluster": "cilium-etcd", "io.cilium/app": "etcd-operator"},
    }
    assert found["metadata"]["annotations"] == OURS


def test_another_port_of_a_load_balancer_still_leads_to_etcds_own() -> None:
    assert service(cluster(1, service={"port": 12379}))["spec"]["ports"] == [
        {"port": 12379, "targetPort": 2379}
    ]


def test_source_ranges_are_sorted_and_said_once() -> None:
    ranges = ["192.168.2.0/24", "10.0.0.0/8", "192.168.2.0/24"]
    spec = service(cluster(1, service={"sourceRanges": ranges}))["spec"]
    assert spec["loadBalancerSourceRanges"] == ["10.0.0.0/8", "192.168.2.0/24"]


def test_labels_and_selector_can_be_ones_own_but_the_manager_stays() -> None:
    found = service(
        cluster(
            1,
            service={
                "selector": {"app": "my-etcd"},
                "labels": {"team": "storage", "app.kubernetes.io/managed-by": "me"},
            },
        )
    )
    assert found["spec"]["selector"] == {"app": "my-etcd"}
    assert found["metadata"]["labels"] == {
        "team": "storage",
        "app.kubernetes.io/managed-by": "meshgen",
        "app.kubernetes.io/part-of": "test",
    }


def test_the_service_stands_in_the_namespace_of_cilium() -> None:
    assert service(cluster(1, cilium={"namespace": "cilium"}))["metadata"]["namespace"] == "cilium"


def test_a_cluster_whose_missing_address_was_accepted_asks_for_none() -> None:
    data = mesh(
        cluster(1, serviceIPs=None),
        cluster(2),
        ignore=[{"code": "MG222", "reason": "this cluster only dials"}],
    )
    files = tree(data)
    assert "loadBalancerIP" not in manifest(files, SERVICE)["spec"]
    assert manifest(files, "cluster2/patches/cilium.daemonset.yaml")["spec"]["template"]["spec"] == {
        "hostAliases": None
    }
    assert (
        "| cluster1 | https://cluster1.mesh.cilium.io:2379 | none | TCP 2379 |" in files["cluster2/VERIFY.md"]
    )
    assert "(cluster1.mesh.cilium.io, TCP 2379)" in files["cluster1/VERIFY.md"]
