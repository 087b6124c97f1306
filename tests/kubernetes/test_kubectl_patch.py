"""What apply.sh patches with kubectl: as often as one likes, and without stale host names."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from builders import cluster, mesh, service
from kubectl_types import Build, Kubectl

BASE = Path(__file__).parent / "base"
AGENTS = ("patches/cilium.daemonset.yaml", "strategic")


class Patched:
    """An object of the base, patched once and again by the real kubectl."""

    def __init__(self, kubectl: Kubectl, folder: Path, base: Path) -> None:
        self._kubectl = kubectl
        self._file = folder / base.name
        self._file.write_bytes(base.read_bytes())

    @property
    def data(self) -> dict[str, Any]:
        """The object as kubectl reads it."""
        output = self._kubectl("label", "--local", "-o", "json", "-f", self._file, "none-")
        return json.loads(output)  # type: ignore[no-any-return]

    def by(self, patch: Path, kind: str) -> dict[str, Any]:
        """The object after one more patch."""
        output = self._kubectl(
            "patch", "--local", "-f", self._file, "--type", kind, "--patch-file", patch, "-o", "json"
        )
        self._file.write_text(output, "utf-8")
        return json.loads(output)  # type: ignore[no-any-return]


@pytest.fixture
def copy_of(kubectl: Kubectl, tmp_path: Path) -> Callable[[str], Patched]:
    return lambda name: Patched(kubectl, tmp_path, BASE / name)


@pytest.fixture
def agents(copy_of: Callable[[str], Patched]) -> Patched:
    return copy_of("cilium.daemonset.yaml")


def aliases(found: dict[str, Any]) -> dict[str, list[str]] | None:
    listed = found["spec"]["template"]["spec"].get("hostAliases")
    return None if listed is None else {entry["ip"]: entry["hostnames"] for entry in listed}


@pytest.mark.parametrize(
    ("base", "patch", "kind"),
    [
        pytest.param("cilium.daemonset.yaml", *AGENTS, id="of the agents"),
        pytest.param(
            "cilium-operator.deployment.yaml",
            "patches/cilium-operator.deployment.yaml",
            "strategic",
            id="of the operator",
        ),
        pytest.param(
            "cilium-config.configmap.yaml",
            "patches/cilium-config.configmap.yaml",
            "merge",
            id="of the configuration",
        ),
        pytest.param(
            "applications-own.service.yaml",
            "patches/global-services/default.applications-own.service.yaml",
            "merge",
            id="of an application's Service",
        ),
    ],
)
def test_a_patch_applied_twice_does_what_it_does_once(
    copy_of: Callable[[str], Patched], build: Build, base: str, patch: str, kind: str
) -> None:
    out = build(mesh(services=[service("applications-own", manage="annotation")]))
    before = copy_of(base)
    untouched = before.data
    once = before.by(out / "cluster1" / patch, kind)
    assert before.by(out / "cluster1" / patch, kind) == once
    assert once != untouched


def test_the_aliases_are_the_other_clusters_and_nothing_that_was_there_before(
    agents: Patched, build: Build
) -> None:
    out = build(mesh(cluster(1), cluster(2), cluster(3)))
    assert aliases(agents.by(out / "cluster1" / AGENTS[0], AGENTS[1])) == {
        "172.16.2.10": ["cluster2.mesh.cilium.io"],
        "172.16.3.10": ["cluster3.mesh.cilium.io"],
    }


def test_nothing_stays_of_a_cluster_that_left(agents: Patched, build: Build) -> None:
    out = build(mesh(cluster(1), cluster(2), cluster(3)))
    agents.by(out / "cluster1" / AGENTS[0], AGENTS[1])
    build(mesh(cluster(1), cluster(3)))
    assert aliases(agents.by(out / "cluster1" / AGENTS[0], AGENTS[1])) == {
        "172.16.3.10": ["cluster3.mesh.cilium.io"]
    }


def test_nothing_stays_of_an_address_that_moved(agents: Patched, build: Build) -> None:
    out = build(mesh())
    agents.by(out / "cluster1" / AGENTS[0], AGENTS[1])
    build(mesh(cluster(1), cluster(2, serviceIPs=["172.16.2.99"])))
    assert aliases(agents.by(out / "cluster1" / AGENTS[0], AGENTS[1])) == {
        "172.16.2.99": ["cluster2.mesh.cilium.io"]
    }


def test_without_other_clusters_the_aliases_are_gone(agents: Patched, build: Build) -> None:
    out = build(mesh())
    assert aliases(agents.by(out / "cluster1" / AGENTS[0], AGENTS[1]))
    build(mesh(cluster(1)))
    assert aliases(agents.by(out / "cluster1" / AGENTS[0], AGENTS[1])) is None


def test_without_other_clusters_a_teams_own_aliases_stay(agents: Patched, build: Build) -> None:
    own = [{"ip": "10.0.0.5", "hostnames": ["etcd.example.com"]}]
    out = build(mesh(cluster(1, cilium={"extraHostAliases": own})))
    assert aliases(agents.by(out / "cluster1" / AGENTS[0], AGENTS[1])) == {"10.0.0.5": ["etcd.example.com"]}


def test_the_agents_restart_only_when_what_they_read_at_start_has_changed(
    agents: Patched, build: Build
) -> None:
    """The pod template is what a DaemonSet restarts for."""

    def template(*clusters: dict[str, Any], **overrides: Any) -> Any:
        out = build(mesh(*clusters, **overrides))
        return agents.by(out / "cluster1" / AGENTS[0], AGENTS[1])["spec"]["template"]

    before = template(cluster(1), cluster(2))
    assert template(cluster(1), cluster(2, region="elsewhere"), services=[service()]) == before
    assert template(cluster(1, id=9), cluster(2)) != before
    assert template(cluster(1), cluster(2)) == before
    assert template(cluster(1), cluster(2, serviceIPs=["172.16.2.99"])) != before


def test_sharing_can_be_taken_back_and_given_again(kubectl: Kubectl) -> None:
    """apply.sh removes the annotation where it may never have been: kubectl does not mind."""
    file = BASE / "applications-own.service.yaml"
    found = json.loads(kubectl("annotate", "--local", "-o", "json", "-f", file, "io.cilium/shared-service-"))
    assert found["metadata"]["annotations"] == {"example.com/owner": "web"}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param(".data.kvstore", "etcd", id="the kvstore"),
        pytest.param(".data.cluster-name", "default", id="the name, with a dash in its key"),
        pytest.param(".data.cluster-id", "", id="an ID that is not there"),
        pytest.param(r".metadata.annotations.meshgen\.io/unfinished", "x  crd", id="the annotation"),
    ],
)
def test_what_apply_sh_asks_for_is_what_kubectl_answers(
    kubectl: Kubectl, tmp_path: Path, path: str, expected: str
) -> None:
    file = tmp_path / "marked.json"
    config = BASE / "cilium-config.configmap.yaml"
    file.write_text(
        kubectl("annotate", "--local", "-o", "json", "-f", config, "meshgen.io/unfinished=x  crd"), "utf-8"
    )
    assert kubectl("label", "--local", "-f", file, "none-", "-o", f"jsonpath={{{path}}}") == expected


def test_kubectl_can_patch_from_a_file_and_its_help_says_so(kubectl: Kubectl) -> None:
    assert "--patch-file" in kubectl("patch", "--help")
