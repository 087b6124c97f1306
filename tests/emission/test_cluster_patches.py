"""The edits of Cilium's own objects: who a cluster is, whom it dials, and when pods restart."""

from typing import Any

import pytest
from builders import cluster, mesh, service
from compilation import manifest, renewed, tls_files, tree

CONFIG = "patches/cilium-config.configmap.yaml"
AGENTS = "patches/cilium.daemonset.yaml"
OPERATOR = "patches/cilium-operator.deployment.yaml"
RESTART = "meshgen.io/restart"


def aliases(data: dict[str, Any], name: str = "cluster1") -> Any:
    return manifest(tree(data), f"{name}/{AGENTS}")["spec"]["template"]["spec"]["hostAliases"]


def entries(data: dict[str, Any], name: str = "cluster1") -> list[tuple[str, list[str]]]:
    """The aliases behind the directive that makes them replace what was there."""
    directive, *rest = aliases(data, name)
    assert directive == {"$patch": "replace"}
    return [(entry["ip"], entry["hostnames"]) for entry in rest]


def restarts(files: dict[str, str], name: str = "cluster1") -> tuple[str, str]:
    """The restart triggers of the agents and of the operator."""
    found = [manifest(files, f"{name}/{path}")["spec"]["template"] for path in (AGENTS, OPERATOR)]
    agents, operator = (template["metadata"]["annotations"][RESTART] for template in found)
    assert agents.startswith("sha256:")
    assert operator.startswith("sha256:")
    return agents, operator


@pytest.mark.parametrize("path", [CONFIG, AGENTS, OPERATOR])
def test_a_patch_has_no_labels_no_namespace_and_nothing_but_its_target(path: str) -> None:
    """Patches are no objects of their own; a label or namespace would be laid over Cilium's."""
    found = manifest(tree(mesh()), f"cluster1/{path}")
    assert list(found["metadata"]) == ["name"]
    assert (found["kind"], found["metadata"]["name"]) == {
        CONFIG: ("ConfigMap", "cilium-config"),
        AGENTS: ("DaemonSet", "cilium"),
        OPERATOR: ("Deployment", "cilium-operator"),
    }[path]


def test_the_configuration_says_name_id_and_identity_mode_and_nothing_else() -> None:
    """The kvstore itself belongs to whoever installed Cilium; a mesh of etcds needs identities in it."""
    files = tree(mesh(cluster(1, id=7), cluster(2)))
    assert manifest(files, f"cluster1/{CONFIG}")["data"] == {
        "cluster-name": "cluster1",
        "cluster-id": "7",
        "identity-allocation-mode": "kvstore",
    }
    assert 'cluster-id: "7"' in files[f"cluster1/{CONFIG}"]


def test_the_chart_overlay_says_the_same() -> None:
    assert manifest(tree(mesh(cluster(1, id=7), cluster(2))), "cluster1/values.yaml") == {
        "global": {"cluster": {"name": "cluster1", "id": 7}, "identityAllocationMode": "kvstore"}
    }


def test_the_aliases_are_those_of_the_other_clusters_by_address() -> None:
    data = mesh(cluster(3), cluster(10), cluster(1), cluster(2))
    assert entries(data) == [
        ("172.16.2.10", ["cluster2.mesh.cilium.io"]),
        ("172.16.3.10", ["cluster3.mesh.cilium.io"]),
        ("172.16.10.10", ["cluster10.mesh.cilium.io"]),
    ]


def test_a_cluster_with_several_addresses_has_an_alias_for_each() -> None:
    data = mesh(cluster(1), cluster(2, serviceIPs=["FD00::0B", "172.16.2.11", "172.16.2.10"]))
    assert entries(data) == [
        ("172.16.2.10", ["cluster2.mesh.cilium.io"]),
        ("172.16.2.11", ["cluster2.mesh.cilium.io"]),
        ("fd00::b", ["cluster2.mesh.cilium.io"]),
    ]


def test_clusters_behind_one_address_share_an_entry() -> None:
    """Kubernetes keys the list by address: of two entries for one, one would be lost."""
    shared = ["172.16.9.9"]
    data = mesh(
        cluster(1, serviceIPs=shared),
        cluster(2, serviceIPs=shared),
        cluster(3),
        ignore=[{"code": "MG208", "reason": "one address, a port for each"}],
    )
    assert entries(data, "cluster3") == [
        ("172.16.9.9", ["cluster1.mesh.cilium.io", "cluster2.mesh.cilium.io"])
    ]
    assert entries(data, "cluster1") == [
        ("172.16.3.10", ["cluster3.mesh.cilium.io"]),
        ("172.16.9.9", ["cluster2.mesh.cilium.io"]),
    ]


def test_a_teams_own_aliases_stay_and_join_ours_at_one_address() -> None:
    own = [
        {"ip": "10.0.0.5", "hostnames": ["b.example.com", "a.example.com"]},
        {"ip": "172.16.2.10", "hostnames": ["a.example.com"]},
        {"ip": "10.0.0.5", "hostnames": ["c.example.com"]},
    ]
    data = mesh(cilium={"version": "1.6.9", "extraHostAliases": own})
    assert entries(data) == [
        ("10.0.0.5", ["a.example.com", "b.example.com", "c.example.com"]),
        ("172.16.2.10", ["a.example.com", "cluster2.mesh.cilium.io"]),
    ]


def test_the_domain_of_the_mesh_is_that_of_its_host_names() -> None:
    assert entries(mesh(domain="mesh.example.com")) == [("172.16.2.10", ["cluster2.mesh.example.com"])]


def test_without_other_clusters_the_list_is_null_since_an_empty_one_changes_nothing() -> None:
    assert aliases(mesh(cluster(1))) is None


def test_agents_and_operator_restart_for_the_configuration() -> None:
    before = restarts(tree(mesh(cluster(1), cluster(2))))
    after = restarts(tree(mesh(cluster(1, id=9), cluster(2))))
    assert before[0] != after[0]
    assert before[1] != after[1]


def test_only_agents_restart_for_the_secret() -> None:
    """The operator does not read it; before Cilium 1.8 agents misread a Secret that changes under them."""
    data = mesh(tls={"source": "files"})
    files = tls_files("cluster1", "cluster2")
    before = restarts(tree(data, files))
    after = restarts(tree(data, files | renewed("cluster2")))
    assert after[0] != before[0]
    assert after[1] == before[1]


def test_the_trigger_tells_nothing_of_a_private_key() -> None:
    data = mesh(tls={"source": "files"})
    files = tls_files("cluster1", "cluster2")
    name = "config/cluster2.etcd-client.key"
    written_otherwise = files | {name: files[name].replace(b"\n", b"\r\n")}
    assert tree(data, written_otherwise) == tree(data, files)


@pytest.mark.parametrize(
    ("first", "overrides"),
    [
        pytest.param({"labels": {"env": "prod"}}, {}, id="a label"),
        pytest.param({"region": "here", "context": "there"}, {}, id="a region and a context"),
        pytest.param({"nodeIPs": ["192.168.1.7"]}, {}, id="a node"),
        pytest.param({"service": {"annotations": {"a": "b"}}}, {}, id="an annotation of the Service"),
        pytest.param({"serviceIPs": ["172.16.1.99"]}, {}, id="its own address"),
        pytest.param({}, {"services": [service()]}, id="a global service"),
        pytest.param({}, {"name": "renamed"}, id="the name of the mesh"),
        pytest.param({}, {"cilium": {"version": "1.7.16"}}, id="the version of Cilium"),
    ],
)
def test_nothing_restarts_for(first: dict[str, Any], overrides: dict[str, Any]) -> None:
    before, after = tree(mesh()), tree(mesh(cluster(1, **first), cluster(2), **overrides))
    for path in (AGENTS, OPERATOR):
        assert after[f"cluster1/{path}"] == before[f"cluster1/{path}"]


def test_the_component_names_each_patch_with_its_target_and_no_namespace_of_ciliums() -> None:
    own = service("own", namespace="shop", manage="annotation")
    files = tree(mesh(cilium={"version": "1.6.9", "namespace": "cilium"}, services=[own, service()]))
    component = manifest(files, "cluster1/patches/kustomization.yaml")
    assert component["kind"] == "Component"
    assert component["patches"] == [
        {"path": "cilium-config.configmap.yaml", "target": {"kind": "ConfigMap", "name": "cilium-config"}},
        {"path": "cilium.daemonset.yaml", "target": {"kind": "DaemonSet", "name": "cilium"}},
        {
            "path": "cilium-operator.deployment.yaml",
            "target": {"kind": "Deployment", "name": "cilium-operator"},
        },
        {
            "path": "global-services/shop.own.service.yaml",
            "target": {"kind": "Service", "name": "own", "namespace": "shop"},
        },
    ]
    assert all(f"cluster1/patches/{patch['path']}" in files for patch in component["patches"])


def test_the_kustomization_lists_every_whole_object_and_changes_none() -> None:
    services = [service(), service("b", namespace="a"), service("own", manage="annotation")]
    files = tree(mesh(services=services))
    assert manifest(files, "cluster1/kustomization.yaml") == {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": [
            "cilium-etcd-external.service.yaml",
            "global-services/a.b.service.yaml",
            "global-services/default.rebel-base.service.yaml",
        ],
    }
