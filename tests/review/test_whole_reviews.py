"""Reviews with everything at once, in every format, and reviews that cannot be complete."""

import json
from pathlib import Path
from typing import Any

import pytest
from builders import ROOT, cluster, service
from commands import Run
from jsonschema import Draft7Validator, Draft202012Validator
from meshes import allow, located, shop, written

from meshgen.engine import witnesses
from meshgen.review import machine, markdown, sarif, text
from meshgen.review.markdown import LONGEST

REVIEW = Draft202012Validator(json.loads((ROOT / "schemas" / "review.schema.json").read_text("utf-8")))
SARIF = Draft7Validator(
    json.loads((ROOT / "tests" / "reporting" / "sarif-schema-2.1.0.json").read_text("utf-8"))
)
RECIPIENT = "age149pwn4dezv9lg9mgq5km95mqlermw33ad6xt46553t7wwat94yyq7pq7z7"
REFUSED = (
    "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: bad, namespace: data}\n"
    "spec:\n  endpointSelector: {}\n  ingress:\n    - fromEntities: [mars]\n"
)


def everything() -> tuple[dict[str, Any], dict[str, Any]]:
    """Two meshes that differ in all that a review tells of."""
    base = shop("1.8.13", rules=[allow("sql", "web@*", "db@*", 5432), allow("old", "db@*", "web@*", 80)])
    head = shop(
        "1.8.13", rules=[allow("sql", "web@*", "db@*", 5433), allow("in", "entity:world", "web@*", 443)]
    )
    base["services"] = [service()]
    head["clusters"] = [cluster(1, serviceIPs=["172.16.9.9"]), cluster(2), cluster(3)]
    head["policy"]["posture"] = [
        {"namespaces": ["data"], "close": ["ingress", "egress"]},
        {"workloads": ["web"], "close": ["ingress"]},
    ]
    head["policy"]["raw"] = [{"file": "bad.yaml"}]
    head["expect"] = [{"from": "web@cluster1", "to": "db@cluster1:5432", "is": "allow"}]
    return base, head


@pytest.fixture
def sides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    monkeypatch.chdir(tmp_path)
    base, head = everything()
    (tmp_path / "bad.yaml").write_text(REFUSED)
    return written(tmp_path, "base.yaml", base), written(tmp_path, "head.yaml", head)


def test_text_says_all_of_it(meshgen: Run, sides: tuple[str, str]) -> None:
    ran = meshgen("diff", *sides, "--fail-on", "opened,posture")

    assert ran.status == 1
    for part in (
        "! 1 new error, which meshgen check shows",
        "! data/bad in cluster1 is refused: there is no entity 'mars'",
        "! web@cluster1 -> db@cluster1:5432 must be allowed and is denied",
        "~+ widened",
        "~- narrowed",
        "P egress of namespace:shop@",
        "= cluster1: service addresses 172.16.1.10 -> 172.16.9.9; impact: agents restart in 1 cluster;",
        "= default/rebel-base: global service",
        "! gate posture fails: egress of",
    ):
        assert part in ran.out


def test_text_counts_the_ports_that_it_leaves_out(meshgen: Run, tmp_path: Path) -> None:
    rules = [allow(f"rule-{port}", "web@*", "db@*", port) for port in range(8000, 8016, 2)]
    sides = [
        written(tmp_path, "base.yaml", shop(rules=rules[:1])),
        written(tmp_path, "head.yaml", shop(rules=rules)),
    ]

    assert "8000/TCP => 8000/TCP, 8002/TCP, 8004/TCP, 8006/TCP, 8008/TCP, 8010/TCP and 2 more" in (
        meshgen("diff", *sides).out
    )


def test_markdown_says_all_of_it(meshgen: Run, sides: tuple[str, str]) -> None:
    comment = meshgen("diff", *sides, "--format", "markdown").out

    for part in (
        "**Cilium refuses these objects, and none of them is enforced**",
        "**Posture changed**",
        "**Clusters, services, workloads**",
        "**What restarts**\n- agents restart in 2 clusters: `cluster1`, `cluster2`",
        "**Policy objects**",
        "<details><summary>Files, ",
    ):
        assert part in comment


def test_files_are_listed_by_cluster(meshgen: Run, tmp_path: Path) -> None:
    base, head = everything()
    del head["policy"]["raw"], head["expect"]
    sides = written(tmp_path, "base.yaml", base), written(tmp_path, "head.yaml", head)

    comment = meshgen("diff", *sides, "--format", "markdown").out
    plain = meshgen("diff", *sides).out

    assert "<details><summary>Files, " in comment
    assert "`cluster3`: + `VERIFY.md`" in comment
    assert " more" in comment
    assert "= files of cluster3: " in plain
    assert "= files of the mesh: 1 changed" in plain


def test_json_and_sarif_are_valid(meshgen: Run, sides: tuple[str, str]) -> None:
    made = json.loads(meshgen("diff", *sides, "--format", "json", "--fail-on", "opened").out)
    found = json.loads(meshgen("diff", *sides, "--format", "sarif").out)

    REVIEW.validate(made)
    SARIF.validate(found)
    assert made["refused"][0]["reason"] == "there is no entity 'mars'"
    assert made["expectations"]["failing"][0]["is"] == "allow"
    assert made["gates"]["failed"]
    assert {result["ruleId"] for result in found["runs"][0]["results"]} >= {
        "review/refused",
        "review/posture",
        "review/mesh",
        "review/opened",
    }


def test_what_cannot_be_complete_claims_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(witnesses, "LIMIT", 2)
    made = located(shop(), shop(), gates=["unknown"])

    assert made.review.result == "unknown"
    assert made.failed[0].text == "policies tell more kinds of pods apart than can be looked at"
    assert "Nothing below is complete" in markdown.render(made)
    assert "Connections: no change" not in markdown.render(made)
    assert "! not every pod could be looked at" in text.render(made)
    assert json.loads(machine.render(made))["complete"] is False
    assert json.loads(sarif.render(made))["runs"][0]["results"] == []


def many(rules: int, port: int) -> dict[str, Any]:
    names = [f"{'n' * 40}-{side}{number}" for number in range(rules) for side in "ab"]
    found = [
        allow(
            f"r{number}", f"{names[2 * number]}@cluster{1 + number % 2}", f"{names[2 * number + 1]}@*", port
        )
        for number in range(rules)
    ]
    workloads = [{"name": name, "namespace": "shop", "labels": {"app": name}} for name in names]
    return shop(rules=found, workloads=workloads)


def test_a_comment_with_many_long_names_fits_and_says_what_it_left_out() -> None:
    made = located(many(250, 80), many(250, 81), gates=["opened", "cut"])
    comment = markdown.render(made)

    assert len(comment) <= LONGEST
    listed = comment.count("\n- **opened**: ") + comment.count("\n- **cut**: ")
    assert 0 < listed < len(made.failed)
    assert f"\n- and {len(made.failed) - listed} more\n" in comment


def test_one_row_is_still_told_where_all_is_other() -> None:
    made = located(shop(), shop(policy={}))

    assert made.review.result == "new access"
    assert "open" in text.render(made)


def test_where_even_groups_are_many_all_of_a_kind_are_one_line() -> None:
    names = [f"w{number}" for number in range(12)]
    workloads = [{"name": name, "namespace": "shop", "labels": {"app": name}} for name in names]
    clusters = [cluster(number) for number in range(1, 25)]

    def made(port: int) -> dict[str, Any]:
        rules = [
            allow(f"r{a}-{b}", f"w{a % 12}@cluster{a + 1}", f"w{b % 12}@cluster{b + 1}", port + 24 * a + b)
            for a in range(24)
            for b in range(24)
            if a != b
        ]
        return shop(rules=rules, workloads=workloads) | {"clusters": clusters}

    comment = markdown.render(located(made(2000), made(4000)))

    assert len(comment) <= LONGEST
    assert "rows**, which `--format json` lists" in comment


def test_nodes_are_a_scope_of_their_own() -> None:
    [row] = located(shop(), shop(rules=[allow("in", "entity:remote-node", "db@*", 9090)])).review.rows

    assert row.scope == "node"


def test_requests_of_other_protocols_are_told_as_they_are(meshgen: Run, tmp_path: Path) -> None:
    port = (
        "toPorts: [{ports: [{port: '53', protocol: ANY}], rules: {dns: [{matchPattern: '*.example.com'}]}}]"
    )
    kafka = "toPorts: [{ports: [{port: '9092', protocol: TCP}], rules: {kafka: [{topic: orders}]}}]"
    peer = "toEndpoints: [{matchLabels: {'k8s:io.kubernetes.pod.namespace': data}}]"
    (tmp_path / "raw.yaml").write_text(
        "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: raw, namespace: shop}\n"
        "spec:\n  endpointSelector: {}\n  egress:\n"
        f"    - {{{peer}, {port}}}\n    - {{{peer}, {kafka}}}\n"
    )
    data = shop(policy={"posture": [], "raw": [{"file": "raw.yaml"}]})
    file = written(tmp_path, "mesh.yaml", data)

    out = meshgen("reach", file, "--from", "web@cluster1", "--to", "db@cluster1").out

    assert "53/TCP DNS *.example.com" in out
    assert '9092/TCP kafka {"topic": "orders"}' in out


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("X-Team: shop", "with X-Team: shop"),
        ("X-Team", "with X-Team"),
        ("Authorization: Basic b3BzOnMzY3JldA==", "with Authorization: not shown"),
        ("X-Api-Token: s3cret", "with X-Api-Token: not shown"),
        ("X-Key: -----BEGIN PRIVATE KEY-----", "443/TCP not shown, since it holds a private key"),
    ],
)
def test_a_header_that_is_a_password_is_not_shown(
    meshgen: Run, tmp_path: Path, header: str, told: str
) -> None:
    looked_at = {"http": [{"method": "GET", "headers": [header]}]}
    file = written(
        tmp_path, "mesh.yaml", shop(rules=[allow("a", "web@cluster1", "db@cluster1", 443, **looked_at)])
    )

    out = meshgen("reach", file, "--from", "web@cluster1", "--to", "db@cluster1").out

    assert told in out
    assert "s3cret" not in out


def test_more_than_five_rules_that_decide_are_counted(meshgen: Run, tmp_path: Path) -> None:
    rules = [allow(f"r{number}", "web@cluster1", "db@cluster1", 80) for number in range(7)]
    file = written(tmp_path, "mesh.yaml", shop(rules=rules))

    assert "    and 2 more\n" in meshgen("trace", "web@cluster1", "db@cluster1:80", "--mesh", file).out


def test_trees_that_need_keys_are_not_compared(meshgen: Run, tmp_path: Path) -> None:
    tls = {"tls": {"source": "generate"}, "secrets": {"backend": "sops", "sops": {"recipients": [RECIPIENT]}}}
    file = written(tmp_path, "mesh.yaml", shop("1.8.13") | tls)

    same = meshgen("diff", file, file)
    assert "files were not compared" in same.out
    assert same.out.endswith(": no change\n")


def test_a_tree_that_can_be_built_no_more_is_a_change(meshgen: Run, tmp_path: Path) -> None:
    """What no row tells, such as certificates that are gone."""
    sides = []
    for name in ("base", "head"):
        (tmp_path / name).mkdir()
        made = shop() | {"tls": {"source": "in-cluster", "caBundle": "authorities.pem"}}
        sides.append(written(tmp_path / name, "mesh.yaml", made))
    bundle = (ROOT / "examples" / "production" / "authorities.pem").read_bytes()
    (tmp_path / "base" / "authorities.pem").write_bytes(bundle)

    ran = meshgen("diff", *sides)

    assert "files were not compared" in ran.out
    assert ran.out.endswith(": changed\n")


def test_what_breaks_a_running_mesh_is_told_before_connections(meshgen: Run, tmp_path: Path) -> None:
    base, head = shop(), shop()
    head["clusters"] = [cluster(1), cluster(2, name="two")]
    sides = [written(tmp_path, "base.yaml", base), written(tmp_path, "head.yaml", head)]

    lines = meshgen("diff", *sides, "--format", "text").out.splitlines()
    named = next(
        number for number, line in enumerate(lines) if line.startswith("! two: name cluster2 -> two")
    )
    assert all(line.startswith("!") for line in lines[:named])
    assert not any("name cluster2 -> two" in line for line in lines[named + 1 :])
    comment = meshgen("diff", *sides, "--format", "markdown").out
    assert (
        "**not supported live**" in comment.partition("| | risk |")[0].partition("breaks a running mesh")[2]
    )
    results = json.loads(meshgen("diff", *sides, "--format", "sarif").out)["runs"][0]["results"]
    assert {each["level"] for each in results if "not supported live" in each["message"]["text"]} == {"error"}


def test_a_version_that_is_not_built_for_is_reviewed_all_the_same(meshgen: Run, tmp_path: Path) -> None:
    sides = [written(tmp_path, f"{version}.yaml", shop(version)) for version in ("1.8.13", "1.9.5")]
    ran = meshgen("diff", *sides)
    assert "2 clusters: Cilium version 1.8.13 -> 1.9.5" in ran.out
    assert "is reviewed, but its Cilium version is not built for (MG601)" in ran.out
