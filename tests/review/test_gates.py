"""Gates, and changes that are declared beforehand."""

import json
import re
from pathlib import Path

import pytest
from builders import cluster, text
from commands import Run
from meshes import allow, located, shop, written

from meshgen.engine import witnesses

SQL = allow("sql", "web@cluster1", "db@cluster2", 5432)


@pytest.mark.parametrize(
    ("gate", "head"),
    [
        pytest.param("opened", shop(rules=[SQL]), id="opened"),
        pytest.param("cross-cluster", shop(rules=[SQL]), id="cross-cluster"),
        pytest.param("world", shop(rules=[allow("in", "entity:world", "db@cluster1")]), id="world"),
        pytest.param("posture", shop(policy={"posture": []}), id="posture"),
        pytest.param("identity", shop() | {"clusters": [cluster(1), cluster(2, id=9)]}, id="identity"),
        pytest.param("removal", shop() | {"clusters": [cluster(1)]}, id="removal"),
    ],
)
def test_each_gate_fails_for_what_it_is_about(gate: str, head: dict[str, object]) -> None:
    assert {each.gate for each in located(shop(), head, gates=[gate]).failed} == {gate}
    assert located(shop(), shop(), gates=[gate]).failed == ()


def test_cut_and_unknown() -> None:
    domain = allow("out", "web@cluster1", "fqdn:api.example.com", 443)
    block = allow("block", "web@cluster1", "cidr:192.0.2.0/24", 8443)

    assert located(shop(rules=[SQL]), shop(), gates=["cut", "opened"]).failed[0].gate == "cut"
    unknown = located(shop(rules=[domain]), shop(rules=[domain, block]), gates=["unknown"]).failed
    assert "fqdn:api.example.com" in unknown[0].text


@pytest.fixture
def meshes(tmp_path: Path) -> tuple[str, str]:
    return written(tmp_path, "base/mesh.yaml", shop()), written(tmp_path, "head/mesh.yaml", shop(rules=[SQL]))


def test_a_declared_change_passes_and_another_does_not(
    meshgen: Run, meshes: tuple[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "expected.yaml"
    file.write_text(
        "allow:\n  - {from: web@cluster1, to: db@cluster2, ports: [5432], kind: opened, reason: TICKET-1}\n"
    )
    other = tmp_path / "other.yaml"
    other.write_text("allow:\n  - {from: web@cluster1, to: db@cluster2, ports: [5433], reason: TICKET-1}\n")

    assert meshgen("diff", *meshes, "--allow", str(file), "--fail-on", "opened").status == 0
    assert meshgen("diff", *meshes, "--allow", str(file)).status == 0
    failed = meshgen("diff", *meshes, "--allow", str(other))
    assert failed.status == 1
    assert "gate undeclared fails: opened web@cluster1 -> db@cluster2: 5432/TCP" in failed.out


def test_postures_and_clusters_are_declared_too(meshgen: Run, tmp_path: Path) -> None:
    base = shop()
    base["policy"]["posture"] = [{"namespaces": ["shop"], "close": ["egress"]}]
    head = shop() | {"clusters": [cluster(1), cluster(2, serviceIPs=["172.16.9.9"])]}
    head["policy"]["posture"] = [{"namespaces": ["shop"], "close": ["egress", "ingress"]}]
    sides = written(tmp_path, "base.yaml", base), written(tmp_path, "head.yaml", head)
    file = tmp_path / "expected.yaml"
    file.write_text(
        "allow:\n"
        "  - {posture: closed, of: 'namespace:shop@*', direction: ingress, reason: a}\n"
        "  - {change: service addresses, of: cluster2, reason: b}\n"
        "  - {from: entity:all, to: 'namespace:shop@*', kind: cut, reason: c}\n"
    )

    ran = meshgen("diff", *sides, "--allow", str(file))

    assert ran.status == 0, ran.out


ONE = "age149pwn4dezv9lg9mgq5km95mqlermw33ad6xt46553t7wwat94yyq7pq7z7"
TWO = "age1a655rc6px6ta0r2wv8ypz4cctnytctrxenpttxw0a0yh6slnx9vs86k5sg"


@pytest.mark.parametrize(
    ("declared", "status", "unused"),
    [
        pytest.param(["cluster1", "cluster2"], 0, "", id="each of them"),
        pytest.param(["2 clusters"], 0, "", id="as the report says it"),
        pytest.param(["cluster1"], 1, "", id="one of them"),
        pytest.param(["2 clusters", "cluster3"], 0, "entry 2 (a) is of no change", id="another one"),
    ],
)
def test_what_is_told_of_several_clusters_is_declared_of_each(
    declared: list[str], status: int, unused: str, meshgen: Run, tmp_path: Path
) -> None:
    base, head = (
        shop()
        | {
            "tls": {"source": "generate", "storeRecipients": [ONE]},
            "secrets": {"backend": "sops", "sops": {"recipients": names}},
        }
        for names in ([ONE], [ONE, TWO])
    )
    sides = written(tmp_path, "base.yaml", base), written(tmp_path, "head.yaml", head)
    file = tmp_path / "expected.yaml"
    entries = (f"  - {{change: recipients of Secrets, of: {each}, reason: a}}\n" for each in declared)
    file.write_text("".join(("allow:\n", *entries)))

    ran = meshgen("diff", *sides, "--allow", str(file))

    assert ran.status == status, ran.out
    assert unused in ran.err if unused else "of no change" not in ran.err
    [told] = json.loads(meshgen("diff", *sides, "--format", "json").out)["meshChanges"]
    assert told["clusters"] == ["cluster1", "cluster2"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param("- a\n", "the file has no list under allow", id="a list"),
        pytest.param("allow: []\nmore: 1\n", "the file has no list under allow", id="more keys"),
        pytest.param("allow:\n  - {reason: a}\n", "does not say which change it allows", id="nothing"),
        pytest.param("allow:\n  - {from: a@b, to: c@d}\n", "reason: field required", id="no reason"),
        pytest.param("allow:\n  - {fro: a@b, reason: a}\n", "fro: extra inputs", id="unknown key"),
        pytest.param("allow:\n  - 1\n", "input should be", id="no mapping"),
        pytest.param("allow: [", "MG001", id="no YAML"),
    ],
)
def test_a_file_that_declares_nothing_is_a_finding(
    content: str, told: str, meshgen: Run, meshes: tuple[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "expected.yaml"
    file.write_text(content)

    ran = meshgen("diff", *meshes, "--allow", str(file))

    assert ran.status == 1
    assert told in ran.out
    assert "expected.yaml" in ran.out


def test_a_gate_that_there_is_not(meshgen: Run, meshes: tuple[str, str]) -> None:
    ran = meshgen("diff", *meshes, "--fail-on", "opened,open")

    assert ran.status == 2
    assert "'open' is none of opened, cross-cluster" in ran.err


def test_an_entry_that_is_of_no_change_is_told(meshgen: Run, meshes: tuple[str, str], tmp_path: Path) -> None:
    file = tmp_path / "expected.yaml"
    file.write_text(
        "allow:\n"
        "  - {from: web@cluster1, to: db@cluster2, ports: [sql, nope], reason: TICKET-1}\n"
        "  - {from: web@nowhere, to: db@cluster2, reason: TICKET-2}\n"
        "  - {posture: closed, of: 'namespace:shop@*', reason: TICKET-3}\n"
    )

    ran = meshgen("diff", *meshes, "--allow", str(file))

    assert ran.status == 0
    assert ran.err == (
        f"{file}: entry 2 (TICKET-2) is of no change\n{file}: entry 3 (TICKET-3) is of no change\n"
    )


def test_a_posture_of_another_direction_is_not_the_declared_one(meshgen: Run, tmp_path: Path) -> None:
    base, head = shop(), shop()
    base["policy"]["posture"] = [{"namespaces": ["shop"], "close": ["egress"]}]
    head["policy"]["posture"] = [{"namespaces": ["shop"], "close": ["egress", "ingress"]}]
    sides = written(tmp_path, "base.yaml", base), written(tmp_path, "head.yaml", head)
    file = tmp_path / "expected.yaml"
    file.write_text("allow:\n  - {posture: closed, of: 'namespace:shop@*', direction: egress, reason: a}\n")

    assert (
        "gate undeclared fails: ingress of namespace:shop@*"
        in meshgen("diff", *sides, "--allow", str(file)).out
    )


def test_declared_changes_do_not_help_where_not_every_pod_was_looked_at(
    meshgen: Run, meshes: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(witnesses, "LIMIT", 2)
    file = tmp_path / "expected.yaml"
    file.write_text("allow:\n  - {from: web@cluster1, to: db@cluster2, reason: TICKET-1}\n")

    ran = meshgen("diff", *meshes, "--allow", str(file))

    assert ran.status == 1
    assert "gate undeclared fails: policies tell more kinds of pods apart" in ran.out


def test_an_expectation_that_fails_now_fails_a_review_with_gates(meshgen: Run, tmp_path: Path) -> None:
    data = shop() | {"expect": [{"from": "web@cluster1", "to": "db@cluster2:80", "is": "allow"}]}
    base, head = written(tmp_path, "base.yaml", shop()), written(tmp_path, "head.yaml", data)

    ran = meshgen("diff", base, head, "--fail-on", "opened")

    assert ran.status == 1
    assert "must be allowed and is denied" in ran.out
    assert "new error" not in ran.out
    told = json.loads(meshgen("diff", base, head, "--fail-on", "opened", "--format", "json").out)
    assert (told["errors"], told["newErrors"]) == (1, 1)
    assert meshgen("diff", head, head).status == 0
    assert meshgen("diff", head, head, "--fail-on", "opened").status == 0


def test_an_error_that_the_base_lacks_fails_a_review_with_gates(meshgen: Run, tmp_path: Path) -> None:
    clusters = [cluster(1), cluster(2), cluster(3)]
    base = written(tmp_path, "base.yaml", shop() | {"clusters": clusters})
    clusters = [cluster(1), cluster(2), cluster(3, id=1)]
    head = written(tmp_path, "head.yaml", shop() | {"clusters": clusters})

    ran = meshgen("diff", base, head, "--fail-on", "opened")

    assert ran.status == 1
    told = "! MG202: cluster3 has id 1, which cluster1 already has\n"
    assert ran.out.startswith(f"! 1 new error, which meshgen check shows\n{told}")


def test_an_error_that_the_base_has_does_not_wherever_it_stands(meshgen: Run, tmp_path: Path) -> None:
    faulty = [cluster(2), cluster(3, id=2)]
    base = written(tmp_path, "base.yaml", shop() | {"clusters": faulty})
    moved = written(tmp_path, "moved.yaml", shop() | {"clusters": [cluster(1), *faulty]})
    worse = [cluster(1), *faulty, cluster(4, nodeIPs=["10.1.0.1"])]
    more = written(tmp_path, "more.yaml", shop() | {"clusters": worse})

    for head in (base, moved):
        ran = meshgen("diff", base, head, "--fail-on", "identity")
        assert (ran.status, ran.out.partition("\n")[0]) == (0, "! 1 error, which meshgen check shows")
    ran = meshgen("diff", base, more, "--fail-on", "identity", "--format", "json")
    assert ran.status == 1
    assert json.loads(ran.out)["newErrors"] == json.loads(ran.out)["errors"] - 1
    assert meshgen("diff", more, moved, "--fail-on", "identity").status == 0


def test_several_entries_declare_one_row_together(meshgen: Run, tmp_path: Path) -> None:
    closed = {"posture": [{"namespaces": ["data"], "close": ["ingress"]}]}
    opened = {**closed, "rules": [allow("all", "web@*", "db@*", 5432)]}
    base, head = (
        written(tmp_path, name, shop(policy=of)) for name, of in (("b.yaml", closed), ("h.yaml", opened))
    )
    ends = [("web@cluster1", "db@cluster1"), ("web@cluster2", "db@cluster1"), ("web@*", "db@cluster2")]
    entries = [{"from": source, "to": target, "reason": "known"} for source, target in ends]
    for declared, status in ((entries, 0), (entries[:2], 1), (entries[1:], 1)):
        (tmp_path / "expected.yaml").write_bytes(text({"allow": declared}))
        ran = meshgen("diff", base, head, "--allow", str(tmp_path / "expected.yaml"))

        assert ran.status == status
        assert "is of no change" not in ran.err


def test_several_entries_declare_one_posture_together(meshgen: Run, tmp_path: Path) -> None:
    base = shop(policy={"posture": [{"namespaces": ["shop", "data"], "close": ["ingress"]}]})
    sides = written(tmp_path, "b.yaml", base), written(tmp_path, "h.yaml", shop(policy={}))
    names = ["namespace:shop@*", "namespace:data@*"]
    entries = [{"posture": "open", "of": name, "reason": "known"} for name in names]
    rest = {"from": "entity:all", "to": "entity:all", "reason": "what follows"}
    for declared, status in ((entries, 0), (entries[:1], 1), (entries[1:], 1)):
        (tmp_path / "expected.yaml").write_bytes(text({"allow": [*declared, rest]}))
        ran = meshgen("diff", *sides, "--allow", str(tmp_path / "expected.yaml"))

        assert ran.status == status, ran.out
        assert "is of no change" not in ran.err


def test_what_a_gate_leaves_out_is_counted(meshgen: Run, tmp_path: Path) -> None:
    names = [f"w{number}" for number in range(5)]
    workloads = [{"name": name, "namespace": "shop", "labels": {"app": name}} for name in names]
    closed = {"posture": [{"workloads": names, "close": ["ingress"]}]}
    base, head = (
        written(tmp_path, name, shop(workloads=workloads, policy=of))
        for name, of in (("b.yaml", closed), ("h.yaml", {}))
    )
    ran = meshgen("diff", base, head, "--fail-on", "posture")

    assert "! gate posture fails: ingress of w0@*, w1@*, w2@* and 2 more is open" in ran.out
    closing = r"P ingress of w0@\*, .* by (shop/posture-w\d-ingress \(\S+\), ){2}\S+ \(\S+\) and 2 more"
    assert re.search(closing, ran.out)


@pytest.mark.parametrize("into", ["text", "markdown", "html"])
def test_of_an_expectation_about_many_the_flow_that_fails_is_named(
    meshgen: Run, tmp_path: Path, into: str
) -> None:
    shut = {"rules": [{"name": "shut", "deny": {"from": "web@cluster2", "to": "db@cluster1"}}]}
    expect = [{"from": "web@*", "to": "db@cluster1:5432", "is": "allow"}]
    base, head = (
        written(tmp_path, name, shop(policy=of) | {"expect": expect})
        for name, of in (("b.yaml", {}), ("h.yaml", shut))
    )
    told = re.sub("`|<[^>]*>", "", meshgen("diff", base, head, "--format", into).out)

    assert "is denied from web@cluster2 to db@cluster1 (" in told
