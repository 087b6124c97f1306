"""What a dump says that has no key of its own in mesh.yaml: in helmValues, or told."""

from pathlib import Path
from typing import Any

import pytest
from commands import Run
from given import read, values, write
from test_dumps import config, exposed, global_service, imported, thing


def kept(run: Run, version: str, **data: str) -> tuple[Any, list[str]]:
    """The values of the chart's section of the mesh, and the lines about what is not taken."""
    cluster, out = imported(run, config(**data), version=version)
    return cluster.get("helmValues"), [line for line in out.splitlines() if line.startswith("unknown")]


LOCAL = "policyDefaultLocalCluster"


@pytest.mark.parametrize(
    ("version", "key", "value", "expected"),
    [
        ("1.18", "policy_default_local_cluster", "true", {LOCAL: True}),
        ("1.18", "policy_default_local_cluster", "false", None),
        ("1.19", "policy_default_local_cluster", "true", None),
        ("1.19", "policy_default_local_cluster", "f", {LOCAL: False}),
        ("1.20", "clustermesh_default_global_namespace", "false", {"defaultGlobalNamespace": False}),
        ("1.20", "clustermesh_default_global_namespace", "true", None),
        ("1.19", "clustermesh_cache_ttl", "5m", {"cacheTTL": "5m"}),
        ("1.19", "clustermesh_cache_ttl", "0s", None),
        ("1.17", "clustermesh_enable_endpoint_sync", "true", {"enableEndpointSliceSynchronization": True}),
        ("1.17", "clustermesh_enable_mcs_api", "true", {"enableMCSAPISupport": True}),
        ("1.19", "clustermesh_enable_mcs_api", "true", {"mcsapi": {"enabled": True}}),
        ("1.20", "clustermesh_mcs_api_install_crds", "false", {"mcsapi": {"installCRDs": False}}),
    ],
)
def test_what_differs_from_the_version_s_default_becomes_a_value(
    run: Run, version: str, key: str, value: str, expected: Any
) -> None:
    found, told = kept(run, version, **{key: value})

    assert found == (expected and {"clustermesh": expected})
    assert told == []


@pytest.mark.parametrize(
    ("version", "key", "value"),
    [
        ("1.17", "policy-default-local-cluster", "true"),
        ("1.19", "policy-default-local-cluster", "perhaps"),
        ("1.19", "clustermesh-default-global-namespace", "false"),
        ("1.20", "clustermesh-sync-timeout", "2m"),
        ("1.17", "allow-unsafe-policy-skb-usage", "true"),
        ("1.6.9", "identity-allocation-mode", "crd"),
        ("1.9", "policy-default-local-cluster", "true"),
    ],
)
def test_what_no_value_can_say_is_told(run: Run, version: str, key: str, value: str) -> None:
    found, told = kept(run, version, **{key.replace("-", "_"): value})

    assert found is None
    assert told == [f"unknown  cilium-config of east has {key}: {value}, which is not taken into mesh.yaml"]


def test_identities_elsewhere_are_kept_for_the_check_to_judge(run: Run) -> None:
    assert kept(run, "1.17", identity_allocation_mode="crd") == (None, [])
    assert kept(run, "1.17", identity_allocation_mode="kvstore")[0] == {"identityAllocationMode": "kvstore"}


def test_a_dump_that_says_the_default_again_takes_the_value_back(run: Run) -> None:
    assert kept(run, "1.19", policy_default_local_cluster="false")[0] == {"clustermesh": {LOCAL: False}}
    before = Path("mesh.yaml").read_text()
    kept(run, "1.19", policy_default_local_cluster="false")
    assert Path("mesh.yaml").read_text() == before
    assert kept(run, "1.19", policy_default_local_cluster="true")[0] == {"clustermesh": {LOCAL: True}}


@pytest.mark.parametrize("order", [("one.yaml", "cluster1=dump"), ("cluster1=dump", "one.yaml")])
def test_values_that_are_given_win_over_what_runs(run: Run, order: tuple[str, str]) -> None:
    write("one.yaml", values(1))
    write("two.yaml", values(2))
    write("dump/config.json", config(cluster_name="cluster1", policy_default_local_cluster="false"))
    assert run("import", *order, "two.yaml", "--cilium-version", "1.19").status == 0
    assert "helmValues" not in read()["clusters"][0]


def test_a_plugin_that_is_unknown_is_told(run: Run) -> None:
    _, told = kept(run, "1.19", cni_chaining_mode="other")
    assert told == ["unknown  cni-chaining-mode other of east has no counterpart in mesh.yaml"]


def apiserver(**spec: str) -> dict[str, Any]:
    selector = {"k8s-app": "clustermesh-apiserver"}
    return exposed("clustermesh-apiserver", spec={"selector": selector, **spec})


def test_more_of_the_service_becomes_values(run: Run) -> None:
    more = {"loadBalancerClass": "example.com/internal", "externalTrafficPolicy": "Local"}
    cluster, out = imported(run, config(), apiserver(internalTrafficPolicy="Cluster", **more), version="1.19")
    assert cluster["helmValues"] == {"clustermesh": {"apiserver": {"service": more}}}
    assert "unknown" not in out


@pytest.mark.parametrize(("version", "name"), [("1.14", "clustermesh-apiserver"), ("1.6.9", None)])
def test_more_of_the_service_is_told_where_no_value_says_it(run: Run, version: str, name: str | None) -> None:
    spec = {"loadBalancerClass": "a.com/b"} | ({} if name else {"externalTrafficPolicy": "Cluster"})
    service = apiserver(**spec) if name else exposed(spec=spec)
    cluster, out = imported(run, config(), service, version=version)
    assert "helmValues" not in cluster
    assert [line for line in out.splitlines() if line.startswith("unknown")] == [
        "unknown  the Service of east has loadBalancerClass: a.com/b, which is not taken into mesh.yaml"
    ]


def agents(*aliases: dict[str, Any]) -> dict[str, Any]:
    return thing("DaemonSet", "cilium", spec={"template": {"spec": {"hostAliases": list(aliases)}}})


ALIASES = (
    {"ip": "10.139.0.18", "hostnames": ["east.mesh.cilium.io", "etcd.example.com"]},
    {"ip": "10.0.0.5", "hostnames": ["a.example.com"]},
    {"ip": "10.0.0.5", "hostnames": ["b.example.com", "a.example.com", "x.y.mesh.cilium.io"]},
)


def test_a_team_s_own_host_aliases_are_kept(run: Run) -> None:
    cluster, out = imported(run, config(), agents(*ALIASES), version="1.8")
    assert cluster["cilium"] == {
        "extraHostAliases": [
            {"ip": "10.139.0.18", "hostnames": ["etcd.example.com"]},
            {"ip": "10.0.0.5", "hostnames": ["a.example.com", "b.example.com", "x.y.mesh.cilium.io"]},
        ]
    }
    assert "unknown" not in out
    before = Path("mesh.yaml").read_text()
    imported(run, config(), agents(*ALIASES), version="1.8")
    assert Path("mesh.yaml").read_text() == before


def test_host_aliases_of_peers_alone_are_nobody_s_own(run: Run) -> None:
    stranger = {"ip": "10.1.1.1", "hostnames": ["gone.mesh.cilium.io", "east.mesh.cilium.io"]}
    cluster, out = imported(run, config(), agents(stranger), version="1.8")
    assert "cilium" not in cluster
    assert (
        "unknown  agents of east know gone.mesh.cilium.io as 10.1.1.1, and no file tells of a cluster gone"
        in out
    )


def test_host_aliases_that_the_chart_cannot_say_are_told(run: Run) -> None:
    cluster, out = imported(run, config(), agents(ALIASES[1]), version="1.19")
    assert "cilium" not in cluster
    assert (
        "unknown  agents of east know a.example.com as 10.0.0.5, which the chart has no value for; "
        "it is not taken into mesh.yaml"
    ) in out


def test_host_aliases_that_are_none_are_not_taken(run: Run) -> None:
    cluster, out = imported(run, config(), agents({"ip": "none", "hostnames": ["a b"]}), version="1.8")
    assert "cilium" not in cluster
    assert "unknown  clusters.east.cilium.extraHostAliases is not taken: " in out


def test_preferences_that_mesh_yaml_does_not_take_are_told(run: Run) -> None:
    none = global_service(annotations={"service.cilium.io/affinity": "none"})
    local = global_service(annotations={"service.cilium.io/affinity": "local"})
    write("east.json", thing("List", "", items=[config(), none]))
    write("west.json", thing("List", "", items=[config(cluster_name="west"), local]))
    out = run("import", "east.json", "west.json", "--cilium-version", "1.18").out
    assert "affinity" not in read()["services"][0]
    assert [line for line in out.splitlines() if line.startswith("unknown")] == [
        "unknown  web/shop has the affinity none, which mesh.yaml does not take: no pods are preferred",
        "unknown  the clusters have web/shop with different affinities; the first one's is kept",
    ]


@pytest.mark.parametrize(
    ("written", "version"),
    [
        ("1.20.0-rc.1", "1.20.0-rc.1"),
        ("1.20.0-pre.2", "1.20.0-pre.2"),
        ("1.19.1-distroless", "1.19.1"),
        ("1.19.6-cee.1", "1.19.6"),
    ],
)
def test_what_is_no_release_yet_keeps_its_suffix(run: Run, written: str, version: str) -> None:
    image = {"image": f"quay.io/cilium/cilium:v{written}@sha256:00"}
    told = thing("DaemonSet", "cilium", spec={"template": {"spec": {"containers": [image]}}})
    cluster, _ = imported(run, config(), told, version="")
    assert cluster["mesh"]["cilium"]["version"] == version
