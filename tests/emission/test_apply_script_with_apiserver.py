"""apply.sh where the other clusters dial clustermesh-apiserver: with the chart, and with patches."""

from pathlib import Path
from typing import Any

import pytest
from builders import cluster, mesh, service
from compilation import tree
from fake_cluster import FakeCluster

SHELLS = ["dash", "bash"]
CONTEXT = ("--context", "test")
CHART = (*CONTEXT, "--values", "none")
HELM = (
    "helm --kube-context test --namespace kube-system upgrade --install cilium cilium "
    "--repo https://helm.cilium.io --version 1.19.6 --values values.yaml"
)
ROLLED = [
    "rollout status daemonset/cilium",
    "rollout status deployment/cilium-operator",
    "rollout status deployment/clustermesh-apiserver",
]
MARK = "annotate configmap cilium-config --overwrite meshgen.io/unfinished="
UNMARK = "annotate configmap cilium-config meshgen.io/unfinished-"
RESTART = "rollout restart daemonset/cilium deployment/cilium-operator deployment/clustermesh-apiserver"
STRATEGIC = "--type strategic --patch-file"
PATCHED = [
    "patch configmap cilium-config --type merge --patch-file patches/cilium-config.configmap.yaml",
    "patch daemonset cilium --type strategic --patch-file patches/cilium.daemonset.yaml",
    "rollout status daemonset/cilium",
    "patch deployment cilium-operator --type strategic --patch-file patches/cilium-operator.deployment.yaml",
    "rollout status deployment/cilium-operator",
    f"patch deployment clustermesh-apiserver {STRATEGIC} patches/clustermesh-apiserver.deployment.yaml",
    "rollout status deployment/clustermesh-apiserver",
]


def written(folder: Path, *, files: dict[str, bytes] | None = None, **overrides: Any) -> Path:
    """The apply.sh of the first of two clusters."""
    cilium = {"version": "1.19.6"} | overrides.pop("cilium", {})
    data = mesh(cilium=cilium, services=[service()], **overrides)
    script = folder / "some out" / "cluster1" / "apply.sh"
    script.parent.mkdir(parents=True)
    script.write_text(tree(data, files)["cluster1/apply.sh"], "utf-8")
    return script


@pytest.fixture
def fake(tmp_path: Path) -> FakeCluster:
    """A cluster with Cilium that is no part of a mesh yet."""
    return FakeCluster(tmp_path / "fake", "cluster1").has("apiserver", "").configured(cluster_name="default")


@pytest.mark.parametrize("shell", SHELLS)
def test_the_chart_comes_first_and_services_wait_for_new_identities(
    fake: FakeCluster, tmp_path: Path, shell: str
) -> None:
    script = written(tmp_path)
    run = fake.run(script, *CHART, shell=shell)
    assert run.status == 0, run.errors
    assert run.changes == [f"{MARK}default ", HELM, RESTART, *ROLLED, UNMARK]
    assert "restart every workload of this cluster now" in run.output

    again = fake.run(script, *CHART, shell=shell)
    assert again.changes == [HELM, *ROLLED, "apply -f global-services"]
    assert again.output == "cluster1: done; VERIFY.md says what healthy looks like\n"


@pytest.mark.parametrize("shell", SHELLS)
def test_a_cluster_in_which_cilium_is_new_has_no_old_identities(
    fake: FakeCluster, tmp_path: Path, shell: str
) -> None:
    fake.lacks("data/cluster-name")
    run = fake.run(written(tmp_path), *CHART, shell=shell)
    assert run.changes == [HELM, *ROLLED, "apply -f global-services"]


@pytest.mark.parametrize("shell", SHELLS)
def test_an_interrupted_run_does_not_forget_the_restart_of_workloads(
    fake: FakeCluster, tmp_path: Path, shell: str
) -> None:
    script = written(tmp_path)
    assert fake.interrupted_after("rollout restart").run(script, *CHART, shell=shell).status == -9
    assert fake.unfinished
    run = fake.run(script, *CHART, shell=shell)
    assert "was 'default ', is 'cluster1 1': restart every workload" in run.output
    assert not fake.unfinished


def test_a_cluster_of_another_name_is_renamed_where_that_is_meant(fake: FakeCluster, tmp_path: Path) -> None:
    fake.meshed().configured(cluster_name="old")
    script = written(tmp_path)
    refused = fake.run(script, *CHART)
    assert (refused.status, refused.changes) == (1, [])
    assert refused.errors.endswith("; if it is to become cluster1: --rename-from old\n")
    run = fake.run(script, *CHART, "--rename-from", "old")
    assert run.changes == [f"{MARK}old 1", HELM, RESTART, *ROLLED, UNMARK]
    assert "restart every workload of this cluster now" in run.output


def test_values_of_the_team_come_before_those_of_meshgen(fake: FakeCluster, tmp_path: Path) -> None:
    own = tmp_path / "our values.yaml"
    own.write_text("debug: {enabled: true}\n")
    run = fake.meshed().run(written(tmp_path), *CONTEXT, "--values", str(own))
    assert run.changes[0] == HELM.replace("--values values.yaml", f"--values {own} --values values.yaml")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(CONTEXT, "usage: apply.sh --context NAME --values FILE|none", id="values not mentioned"),
        pytest.param(
            (*CONTEXT, "--values", "/not/there"), "there is no /not/there\nusage: ", id="no such file"
        ),
    ],
)
def test_nobody_drops_values_of_the_team_by_mistake(
    fake: FakeCluster, tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    run = fake.run(written(tmp_path), *arguments)
    assert (run.status, run.changes) == (2, [])
    assert told in run.errors


def test_without_helm_nothing_is_changed(fake: FakeCluster, tmp_path: Path) -> None:
    run = fake.without("helm").run(written(tmp_path), *CHART)
    assert (run.status, run.changes) == (1, [])
    assert "helm is needed" in run.errors


def test_a_cluster_that_is_dialled_by_name_is_told_to_look_it_up(fake: FakeCluster, tmp_path: Path) -> None:
    named = cluster(1, service={"hostname": "mesh.example.com"}, serviceIPs=None)
    run = fake.meshed().run(written(tmp_path, clusters=[named, cluster(2)]), *CHART)
    assert "the load balancer is 172.16.1.10: see that mesh.example.com leads to it" in run.output


@pytest.mark.parametrize("shell", SHELLS)
def test_patches_come_after_what_pods_wait_for(fake: FakeCluster, tmp_path: Path, shell: str) -> None:
    script = written(tmp_path, cilium={"delivery": "manifests"})
    run = fake.meshed().run(script, *CONTEXT, shell=shell)
    assert run.status == 0, run.errors
    assert run.changes == [
        f"patch service clustermesh-apiserver {STRATEGIC} patches/clustermesh-apiserver.service.yaml",
        "apply -f cilium-clustermesh.secret.yaml",
        "apply -f cilium-kvstoremesh.secret.yaml",
        "apply -f clustermesh-remote-users.configmap.yaml",
        *PATCHED,
        "apply -f global-services",
    ]


def test_without_an_apiserver_nothing_is_patched(fake: FakeCluster, tmp_path: Path) -> None:
    script = written(tmp_path, cilium={"delivery": "manifests"})
    run = fake.lacks("apiserver").run(script, *CONTEXT)
    assert (run.status, run.changes) == (1, [])
    assert "there is no clustermesh-apiserver" in run.errors


def test_certificates_are_there_before_anything_reads_them(fake: FakeCluster, tmp_path: Path) -> None:
    script = written(tmp_path, tls={"source": "in-cluster"})
    names = [f"clustermesh-apiserver-{role}-cert" for role in ("server", "admin", "remote", "local")]
    run = fake.meshed().run(script, *CHART)
    assert run.changes[:2] == [
        "apply -f certificates",
        f"wait certificate {' '.join(names)} --for condition=Ready --timeout 5m",
    ]
    late = fake.has("unready", "").run(script, *CHART)
    assert late.status == 1
    assert HELM not in late.changes


def test_a_namespace_is_made_known_before_services_rely_on_it(fake: FakeCluster, tmp_path: Path) -> None:
    hidden = {"clustermesh": {"defaultGlobalNamespace": False}}
    clusters = [cluster(1, helmValues=hidden), cluster(2)]
    run = fake.meshed().run(written(tmp_path, cilium={"version": "1.20.0"}, clusters=clusters), *CHART)
    assert run.changes[-2:] == [
        "patch namespace default --type merge --patch-file patches/namespaces/default.namespace.yaml",
        "apply -f global-services",
    ]
