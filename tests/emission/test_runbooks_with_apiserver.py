"""VERIFY.md and files of peers where the other clusters dial clustermesh-apiserver."""

import re
from base64 import b64decode
from typing import Any

import pytest
import yaml
from builders import cluster, mesh, service
from compilation import tls_files, tree

from meshgen.cilium.profiles import PROFILES

MODERN = {"version": "1.19.6"}


def guide(data: dict[str, Any], name: str = "cluster1") -> str:
    return tree(data)[f"{name}/VERIFY.md"]


def test_a_cluster_on_its_own_has_nothing_to_connect_to() -> None:
    text = guide(mesh(cluster(1), cilium=MODERN))
    assert "the only cluster of its mesh" in text
    assert "## Firewall" not in text


def test_a_domain_of_the_teams_own_is_in_the_values_and_in_the_guide() -> None:
    files = tree(mesh(domain="mesh.example.com", cilium=MODERN))
    tls = yaml.safe_load(files["cluster1/values.yaml"])["clustermesh"]["apiserver"]["tls"]
    assert tls["server"]["extraDnsNames"] == ["*.mesh.example.com"]
    assert "The server certificate covers `*.mesh.example.com`" in files["cluster1/VERIFY.md"]


DELIVERIES = [
    pytest.param(profile, delivery, id=f"{profile.name} by {delivery}")
    for profile in PROFILES[1:]
    for delivery in (("manifests", "helm") if profile.peer_secrets else ("manifests",))
]


@pytest.mark.parametrize(("profile", "delivery"), DELIVERIES)
def test_every_page_names_the_command_of_its_version(profile: Any, delivery: str) -> None:
    version = profile.last.full.replace(".0", ".1") if profile.last.minor != 20 else "1.20.0"
    text = guide(mesh(cilium={"version": version, "delivery": delivery}, services=[service()]))
    assert f"`{profile.agent_command} status --all-clusters`" in text
    assert "1/1 remote clusters ready" in text
    for secret in profile.peer_secrets:
        assert (f"`{secret.name}`" in text) or delivery == "helm"
    assert ("kvstoremesh-dbg" in text) is profile.mirrors


def test_many_clusters_are_counted_and_not_named() -> None:
    clusters = [cluster(number) for number in range(1, 20)]
    assert "each of these as `ready`: 18 clusters." in guide(mesh(*clusters, cilium=MODERN))


def test_clusters_of_one_version_share_the_files_of_a_peer() -> None:
    data = mesh(cluster(1), cluster(2), cluster(3), cilium=MODERN | {"delivery": "manifests"})
    files = tree(data)
    secrets = [
        yaml.safe_load(files[f"{name}/cilium-kvstoremesh.secret.yaml"])["data"]
        for name in ("cluster1", "cluster2")
    ]
    assert sorted(secrets[0]) == ["cluster2", "cluster3"]
    assert secrets[0]["cluster3"] == secrets[1]["cluster3"]
    assert "https://cluster3.mesh.cilium.io:2379" in b64decode(secrets[0]["cluster3"]).decode()


def test_in_a_mesh_of_two_versions_each_reads_addresses_where_it_looks_for_them() -> None:
    newest = cluster(1, cilium={"version": "1.20.0"})
    files = tree(mesh(newest, cluster(2), cluster(3), cilium=MODERN | {"delivery": "manifests"}))
    read = {
        name: yaml.safe_load(
            b64decode(yaml.safe_load(files[f"{name}/cilium-kvstoremesh.secret.yaml"])["data"]["cluster3"])
        )
        for name in ("cluster1", "cluster2")
    }
    assert read["cluster1"]["cilium-host-aliases"] == [
        {"hostname": "cluster3.mesh.cilium.io", "ips": ["172.16.3.10"]}
    ]
    assert "cilium-host-aliases" not in read["cluster2"]


def test_a_value_of_the_teams_own_decides_what_a_peer_without_a_cluster_means() -> None:
    anywhere = {"clustermesh": {"policyDefaultLocalCluster": False}}
    files = tree(mesh(cluster(1, helmValues=anywhere), cluster(2), cilium=MODERN))
    assert "peers without a cluster label mean any cluster's pods here" in files["cluster1/VERIFY.md"]
    assert "peers without a cluster label mean this cluster's own pods here" in files["cluster2/VERIFY.md"]


def test_the_order_across_clusters_speaks_of_every_version_that_there_is() -> None:
    older = cluster(1, cilium={"version": "1.13.18"})
    rollout = tree(mesh(older, cluster(2), cilium={"version": "1.14.19"}))["ROLLOUT.md"]
    assert "its annotation `io.cilium/global-service` or `service.cilium.io/global`" in rollout
    oldest = cluster(1, cilium={"version": "1.8.13"})
    both = tree(mesh(oldest, cluster(2), cilium={"version": "1.10.20"}))["ROLLOUT.md"]
    assert "# With an etcd of its own: cluster1" in both
    assert both.count("## Add a cluster") == 2
    earlier = cluster(1, cilium={"version": "1.15"})
    renamed = tree(mesh(earlier, cluster(2), cilium={"version": "1.16"}))["ROLLOUT.md"]
    assert "(`cilium monitor --type drop` or `cilium-dbg monitor --type drop` in an agent)" in renamed


IN_CLUSTER = {"tls": {"source": "in-cluster"}}
FILES = {"tls": {"source": "files"}, "secrets": {"backend": "plaintext"}, "cilium": {"version": "1.13.18"}}


@pytest.mark.parametrize(
    ("overrides", "delivery", "told"),
    [
        pytest.param(
            {}, "helm", "`apply.sh` does step 3 for its cluster.\nWhere its name", id="by the chart"
        ),
        pytest.param(IN_CLUSTER, "helm", "`apply.sh` does step 3 for its cluster.\n", id="by cert-manager"),
        pytest.param(FILES, "manifests", "`apply.sh` does steps 2 and 3 for its cluster.\n", id="from files"),
        pytest.param(
            IN_CLUSTER,
            "manifests",
            "In cluster1, cluster2 it lays patches over",
            id="patched",
        ),
    ],
)
def test_the_order_says_which_steps_the_script_does(
    overrides: dict[str, Any], delivery: str, told: str
) -> None:
    data = mesh(**({"cilium": MODERN | {"delivery": delivery}} | overrides))
    rollout = tree(data, tls_files("cluster1", "cluster2"))["ROLLOUT.md"]
    assert told in rollout
    assert "Where its name or ID changes, it stops for the restart of the workloads" in rollout
    assert "it goes on to step 5 at once" in rollout


def test_every_command_for_a_cluster_names_its_context() -> None:
    text = guide(mesh(cluster(1, context="prod"), cluster(2), cilium=MODERN))
    commands = re.findall(r"`(kubectl [^`]*)`", text)
    assert commands
    assert all("--context prod " in command for command in commands if " kustomize " not in command)


@pytest.mark.parametrize("version", ["1.20.0-rc.1", "1.19.6", "1.19"])
def test_by_hand_the_same_chart_is_installed_as_by_gitops(version: str) -> None:
    gitops = {"tool": "flux", "repoURL": "https://git.example.com/a", "revision": "main", "path": "out"}
    files = tree(mesh(cilium={"version": version}, gitops=gitops))
    release = next(yaml.safe_load(text) for path, text in files.items() if "helmrelease" in path)
    chart = release["spec"]["chart"]["spec"]["version"]
    assert f"--version {chart} " in files["cluster1/apply.sh"]


@pytest.mark.parametrize(
    ("version", "delivery", "told"),
    [
        pytest.param("1.15.19", "helm", "every agent: ", id="1.15"),
        pytest.param("1.19.6", "manifests", "clustermesh-apiserver: ", id="1.19"),
        pytest.param("1.20.0", "helm", "clustermesh-apiserver: ", id="1.20 by the chart"),
        pytest.param("1.20.0", "manifests", "nothing: ", id="1.20 by manifests"),
    ],
)
def test_the_order_says_what_restarts_as_cilium_is_delivered(version: str, delivery: str, told: str) -> None:
    text = tree(mesh(cilium={"version": version, "delivery": delivery}))["ROLLOUT.md"]
    assert f"| cluster2 | {version} | {told}" in text
