"""Policies in the output tree: their files, who lists them, and what people read about them."""

from typing import Any

import pytest
import yaml
from builders import ROOT, cluster, mesh
from policies import WORKLOADS, compiled, rule, with_rules

from meshgen.compiler import compile_mesh
from meshgen.inspection import Inspection, inspect
from meshgen.plan.digests import mesh_digest
from meshgen.policy.compilation import Policies
from meshgen.policy.raw import read_raw
from meshgen.yaml_out import dump

RAW = b"""\
\xef\xbb\xbf# Bytes are kept: a mark, a tab at an end\t
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: one, namespace: old}
spec: {endpointSelector: {}, ingress: [{}]}
---
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: two
  namespace: default
spec: {podSelector: {matchLabels: {app: old}}}"""


class Folder:
    """A folder with one file."""

    def read(self, path: str) -> bytes | None:
        return RAW if path == "policies/legacy.yaml" else None

    def scan(self, path: str) -> bytes | None:
        return self.read(path)

    def names(self, path: str) -> list[str]:
        return [] if path else ["policies/"]


def inspected(data: dict[str, Any]) -> Inspection:
    inspection = inspect(dump(data).encode(), "mesh.yaml", folder=Folder())
    assert inspection.sound, inspection.diagnostics
    return inspection


def tree(data: dict[str, Any]) -> dict[str, bytes]:
    compiled = compile_mesh(inspected(data), source="mesh.yaml", root="out")
    assert not compiled.diagnostics
    return compiled.tree.files


def with_raw(**more: Any) -> dict[str, Any]:
    data = with_rules(rule("x-wing@cluster1", "rebel-base@cluster2", isolate=["egress"]), **more)
    data["policy"]["raw"] = [{"file": "policies/legacy.yaml", "clusters": ["cluster2"]}]
    return data


def test_a_raw_file_is_copied_byte_for_byte_and_listed() -> None:
    files = tree(with_raw())
    assert files["cluster2/policies/legacy.yaml"] == RAW
    assert [path for path in files if path.endswith("legacy.yaml")] == ["cluster2/policies/legacy.yaml"]
    assert yaml.safe_load(files["cluster2/kustomization.yaml"])["resources"][-1] == "policies/legacy.yaml"


def test_the_objects_of_a_raw_file_know_their_lines() -> None:
    mesh_of_it = inspected(with_raw()).mesh
    assert mesh_of_it is not None
    raw = read_raw(mesh_of_it, Folder())
    found = [made for made in Policies(mesh_of_it, raw).objects if made.raw is not None]
    assert [(made.cluster, made.namespace, made.name, made.kind) for made in found] == [
        ("cluster2", "default", "two", "NetworkPolicy"),
        ("cluster2", "old", "one", "CiliumNetworkPolicy"),
    ]
    two, one = found
    assert one.raw is not None
    assert two.raw is not None
    assert (one.raw.file, one.raw.document, two.raw.document) == ("policies/legacy.yaml", 0, 1)
    assert one.raw.source.span(("spec", "ingress")).start.line == 5
    assert two.raw.source.span(("metadata", "name")).start.line == 11
    assert (one.at, one.role, one.direction) == (("policy", "raw", 0), "raw", "")


def test_without_a_folder_raw_files_are_left_out() -> None:
    inspection = inspect(dump(with_raw()).encode(), "mesh.yaml")
    assert inspection.sound
    compiled = compile_mesh(inspection, source="mesh.yaml", root="out")
    assert not [path for path in compiled.tree.files if "legacy" in path]


def test_no_policy_has_a_prune_guard_and_each_says_where_it_is_from() -> None:
    files = tree(with_raw())
    made = yaml.safe_load(files["cluster1/policies/default.rule-egress.ciliumnetworkpolicy.yaml"])
    assert made["metadata"] == {
        "name": "rule-egress",
        "namespace": "default",
        "labels": {"app.kubernetes.io/managed-by": "meshgen", "app.kubernetes.io/part-of": "test"},
        "annotations": {"meshgen.io/source": "mesh.yaml#/policy/rules/rule"},
    }


def test_the_namespaces_of_policies_must_exist() -> None:
    files = tree(with_raw(posture=[{"namespaces": ["shop"], "clusters": ["cluster1"], "close": ["ingress"]}]))
    assert "must exist; meshgen makes none: `kube-system`, `default`, `shop`." in text(files, "cluster1")
    assert "must exist; meshgen makes none: `kube-system`, `default`, `old`." in text(files, "cluster2")
    assert "\nexists old\n" in files["cluster2/apply.sh"].decode()


def text(files: dict[str, bytes], name: str) -> str:
    return files[f"{name}/VERIFY.md"].decode()


def test_verify_md_says_what_to_look_for_where_there_are_policies() -> None:
    files = tree(with_raw())
    assert "has 1 policy of mesh.yaml; they count once" in text(files, "cluster1")
    assert "`kubectl --context CONTEXT get cnp -A` lists them: `default/rule-egress`." in text(
        files, "cluster1"
    )
    assert "has 1 file copied as it is; they count once" in text(files, "cluster2")
    assert "## Policies" not in text(files, "cluster3")


def test_the_order_across_clusters_lists_every_rule() -> None:
    data = with_raw(posture=[{"namespaces": ["shop"], "close": ["egress"]}])
    rollout = tree(data)["ROLLOUT.md"].decode()
    table = [line for line in rollout.splitlines() if line.startswith(("| allow", "| last"))]
    assert table == [
        "| allow `rule` | none | cluster1 |",
        "| last: posture `shop` | none | cluster1, cluster2, cluster3 |",
    ]
    assert "| policy |" not in tree(mesh())["ROLLOUT.md"].decode()


def test_many_clusters_are_counted() -> None:
    data = mesh(
        *[cluster(number) for number in range(1, 19)],
        workloads=WORKLOADS,
        policy={
            "posture": [{"namespaces": [f"n{number}" for number in range(20)], "close": ["ingress"]}],
        },
    )
    files = tree(data)
    assert "| last: posture `n0` | 18 clusters | none |" in files["ROLLOUT.md"].decode()
    assert "has 20 policies of mesh.yaml; they count" in text(files, "cluster1")
    assert "get cnp -A` lists them.\n" in text(files, "cluster1")


def test_policies_come_after_the_workloads_have_their_identities() -> None:
    def steps(name: str) -> list[str]:
        script = (ROOT / "out" / name / "apply.sh").read_text("utf-8")
        return [line for line in script.partition("# 6.")[2].splitlines() if line.startswith("apply ")]

    services, policies = (f'apply -f "$here/{folder}"' for folder in ("global-services", "policies"))
    assert (steps("cluster1"), steps("cluster2")) == ([services, policies], [services])


def test_an_accepted_deny_of_an_old_version_is_not_written() -> None:
    data = with_rules(rule("any@*", "entity:world", kind="deny"))
    assert {one.code for one in inspect(dump(data).encode(), "mesh.yaml").diagnostics} == {"MG602"}
    accepted = data | {"ignore": [{"code": "MG602", "reason": "a test"}]}
    assert not [path for path in tree(accepted) if "policies/" in path]


@pytest.mark.parametrize(
    "why",
    [
        pytest.param("cluster1", id="a name"),
        pytest.param("\0the cluster's own name\0", id="what once stood for a name"),
        pytest.param('two lines\n"\\x00the cluster\'s own name\\x00"', id="the same as it was written"),
        pytest.param("\0", id="a character that YAML lacks"),
        pytest.param("two lines\n\\0", id="its escape"),
    ],
)
def test_no_reason_is_taken_for_the_name_of_a_cluster(why: str) -> None:
    data = with_rules(rule("x-wing@same", "rebel-base@*", why=why, isolate=["egress"]))
    files = tree(data)
    policies = [yaml.safe_load(files[path]) for path in sorted(files) if path.endswith("networkpolicy.yaml")]

    assert [policy["spec"]["description"] for policy in policies] == [why] * 3
    assert [one.manifest["spec"] for one in compiled(data)] == [policy["spec"] for policy in policies]


A = {"namespaces": ["a"], "close": ["egress"]}
B = {"namespaces": ["b"], "close": ["egress"], "clusters": ["cluster1", "cluster2"]}


@pytest.mark.parametrize(
    ("posture", "same"),
    [
        pytest.param([B | {"clusters": ["cluster2", "cluster1"]}, A], True, id="another order"),
        pytest.param([A], False, id="a posture less"),
        pytest.param([], False, id="no posture"),
    ],
)
def test_the_digest_is_of_what_policies_mean(posture: list[dict[str, Any]], *, same: bool) -> None:
    def digest(of: list[dict[str, Any]]) -> str:
        expect = [{"from": "entity:world", "to": "any@cluster1", "is": "allow"}]
        made = inspected(with_rules(posture=of, expect=expect)).mesh
        assert made is not None
        return mesh_digest(made)

    assert (digest([A, B]) == digest(posture)) is same


@pytest.mark.parametrize("name", ["no", "1e3", "0x1f", "east"])
def test_each_file_has_the_name_of_its_own_cluster(name: str) -> None:
    clusters = [cluster(1), {**cluster(2), "name": name}, cluster(3, policy={"dns": {"namespace": "dns"}})]
    rules = [
        rule("x-wing@same", "rebel-base@*", name="own", why="of the cluster's own", isolate=["egress"]),
        rule("x-wing@*", "rebel-base@*", name="all", ports=["http"], isolate=["ingress"]),
    ]
    policy = {"posture": [{"namespaces": ["data"], "close": ["egress"]}], "rules": rules}
    data = mesh(*clusters, workloads=WORKLOADS, policy=policy)
    files = tree(data)
    written = {
        (one.cluster, f"policies/{one.namespace}.{one.name}.ciliumnetworkpolicy.yaml"): one.manifest["spec"]
        for one in Policies(inspected(data).mesh).objects  # type: ignore[arg-type]
    }

    assert {where for where, _ in written} == {"cluster1", name, "cluster3"}
    for (where, path), spec in written.items():
        assert yaml.safe_load(files[f"{where}/{path}"])["spec"] == spec
        assert spec["endpointSelector"]["matchLabels"]["io.cilium.k8s.policy.cluster"] == where
    assert sum("/policies/" in path for path in files) == len(written)
