"""`meshgen reach`, `trace` and `test`: answers in every format, and names that mean nothing."""

import csv
import io
import json
import re
import shlex
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from builders import cluster, service
from commands import Run
from meshes import allow, shop, written

SQL = allow("sql", "web@cluster1", "db@cluster2", 5432)
DOMAIN = allow("out", "web@cluster1", "fqdn:api.example.com", 443)
BLOCK = allow("block", "web@cluster1", "cidr:192.0.2.0/24", 8443)


@pytest.fixture
def mesh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    written(tmp_path, "mesh.yaml", shop(rules=[SQL, DOMAIN, BLOCK]))
    return tmp_path


def test_reach_of_one_workload(mesh: Path, meshgen: Run) -> None:
    del mesh
    ran = meshgen("reach", "--from", "web@cluster1", "--to", "any@*")

    assert ran.status == 0
    assert ran.out == (
        "web@cluster1 -> DNS@cluster1: 53/TCP, 53/UDP\n"
        "web@cluster1 -> db@cluster2: 5432/TCP\n"
        "test: 2 rows; what stands in none is denied\n"
    )


def test_what_nobody_knows_is_said_with_the_reason(mesh: Path, meshgen: Run) -> None:
    del mesh
    out = meshgen("reach", "--from", "web@cluster1", "--to", "fqdn:api.example.com").out

    assert "web@cluster1 -> fqdn:api.example.com: 443/TCP, unknown: 8443/TCP" in out
    assert "    not known: a name may resolve to an address of a CIDR" in out


def test_reach_as_json(mesh: Path, meshgen: Run) -> None:
    del mesh
    made = json.loads(meshgen("reach", "--to", "db@cluster2", "--format", "json").out)

    assert made["schema"] == "meshgen.reach/v1"
    row = next(row for row in made["rows"] if row["ports"] == ["5432/TCP"])
    assert (row["from"]["endpoints"], row["to"]["told"]) == (["web@cluster1"], ["db@cluster2"])
    assert row["verdict"] == "allowed"


def test_reach_as_csv_is_safe_for_spreadsheets(mesh: Path, meshgen: Run) -> None:
    del mesh
    out = meshgen("reach", "--from", "web@cluster1", "--format", "csv").out
    rows = list(csv.reader(io.StringIO(out)))

    assert rows[0] == ["from", "to", "ports", "known"]
    assert ["web@cluster1", "db@cluster2", "5432/TCP", "yes"] in rows
    assert not any(cell[:1] in {"=", "+", "-", "@"} for row in rows for cell in row)


def test_reach_as_a_graph_and_as_markdown(mesh: Path, meshgen: Run) -> None:
    del mesh
    dot = meshgen("reach", "--from", "web@cluster1", "--format", "dot").out
    table = meshgen("reach", "--from", "web@cluster1", "--format", "markdown").out

    assert dot.startswith("digraph mesh {\n")
    assert '  "web@cluster1" -> "db@cluster2" [label="5432/TCP"];' in dot
    assert "| `web@cluster1` | `db@cluster2` | `5432/TCP` |" in table


def test_reach_as_a_page(mesh: Path, meshgen: Run) -> None:
    ran = meshgen("reach", "--format", f"html={mesh / 'reach.html'}")

    assert ran.status == 0
    assert (mesh / "reach.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_many_names_are_cut(tmp_path: Path, meshgen: Run) -> None:
    workloads = [
        {"name": f"w{number}", "namespace": "shop", "labels": {"app": f"w{number}"}} for number in range(40)
    ]
    made = shop(workloads=[*workloads, {"name": "db", "namespace": "data", "labels": {"app": "db"}}])
    made["policy"] = {
        "posture": [{"workloads": ["db"], "close": ["ingress"]}],
        "rules": [allow("all", "namespace:shop@*", "db@cluster1", 80)],
    }
    file = written(tmp_path, "many.yaml", made)

    text, table, dot = (meshgen("reach", file, "--format", name).out for name in ("text", "markdown", "dot"))

    assert "namespace:shop@*" in text
    assert "|" in table
    assert dot.rstrip().endswith("}")


@pytest.mark.parametrize(
    ("target", "status", "head"),
    [
        pytest.param("db@cluster2:5432", 0, "web@cluster1 -> db@cluster2 at 5432/TCP: allowed", id="allowed"),
        pytest.param("db@cluster2:sql", 0, "web@cluster1 -> db@cluster2 at 5432/TCP: allowed", id="by name"),
        pytest.param("db@cluster2:80", 1, "web@cluster1 -> db@cluster2 at 80/TCP: denied", id="denied"),
        pytest.param(
            "fqdn:api.example.com:8443",
            4,
            "web@cluster1 -> fqdn:api.example.com at 8443/TCP: unknown",
            id="unknown",
        ),
        pytest.param(
            "db@*:5432", 1, "web@cluster1 -> db@cluster1 at 5432/TCP: denied", id="the worst of two"
        ),
        pytest.param(
            "cidr:192.0.2.7/32:8443",
            0,
            "web@cluster1 -> cidr:192.0.2.7/32 at 8443/TCP: allowed",
            id="a block",
        ),
        pytest.param("entity:world:443", 1, "at 443/TCP: denied", id="an entity"),
    ],
)
def test_trace(mesh: Path, meshgen: Run, target: str, status: int, head: str) -> None:
    del mesh
    ran = meshgen("trace", "web@cluster1", target)

    assert ran.status == status
    assert head in ran.out
    assert "  egress of web@cluster1 in cluster1: " in ran.out


@pytest.mark.parametrize(
    ("target", "status", "head"),
    [
        ("db@cluster2:5000-5432", 1, "web@cluster1 -> db@cluster2 at 5000/TCP: denied\n"),
        ("db@cluster2:5432-6000", 1, "web@cluster1 -> db@cluster2 at 5433/TCP: denied\n"),
        ("cidr:192.0.2.0/24:8443-8444", 1, "web@cluster1 -> cidr:192.0.2.0/24 at 8444/TCP: denied\n"),
        ("db@cluster3:5432-5440", 0, "web@cluster1 -> db@cluster3 at 5432/TCP: allowed\n"),
        ("fqdn:api.example.com:8440-8443", 4, "web@cluster1 -> fqdn:api.example.com at 8443/TCP: unknown\n"),
    ],
)
def test_of_a_range_the_worst_port_is_traced(
    tmp_path: Path, meshgen: Run, target: str, status: int, head: str
) -> None:
    rules = [
        SQL,
        allow("more", "web@cluster1", "db@cluster3", "5432-5440"),
        allow("out", "web@cluster1", "fqdn:api.example.com", "8440-8442"),
        BLOCK,
    ]
    mesh = shop(rules=rules)
    mesh["clusters"].append(cluster(3))
    file = written(tmp_path, "ranges.yaml", mesh)
    ran = meshgen("trace", "web@cluster1", target, "--mesh", file)

    assert ran.status == status
    assert ran.out.startswith(head)


def test_a_trace_names_what_decides_and_its_line(mesh: Path, meshgen: Run) -> None:
    del mesh
    out = meshgen("trace", "web@cluster1", "db@cluster2:5432").out

    assert "    by CiliumNetworkPolicy shop/sql-egress, spec.egress.0 (mesh.yaml:" in out
    assert "    by CiliumNetworkPolicy data/sql-ingress, spec.ingress.0 (mesh.yaml:" in out


def test_a_trace_of_a_deny(tmp_path: Path, meshgen: Run) -> None:
    deny = {"name": "no", "deny": {"from": "web@cluster1", "to": "db@cluster2"}}
    file = written(tmp_path, "mesh.yaml", shop(rules=[SQL, deny]))

    out = meshgen("trace", "web@cluster1", "db@cluster2:5432", "--mesh", file).out

    assert "    denies CiliumNetworkPolicy shop/no-egress, spec.egressDeny.0" in out


@pytest.mark.parametrize(
    ("port", "rule"),
    [(5432, "sql-egress, spec.egress.0"), (5433, "more-egress, spec.egress.0"),
     (6000, "not-egress, spec.egressDeny.0")],
)  # fmt: skip
def test_a_trace_names_what_decides_at_that_port(tmp_path: Path, meshgen: Run, port: int, rule: str) -> None:
    """Ports side by side fare alike, but by other rules."""
    rules = [
        allow("sql", "web@cluster1", "db@cluster2", 5432),
        allow("more", "web@cluster1", "db@cluster2", 5433),
        {"name": "not", "deny": {"from": "web@cluster1", "to": "db@cluster2", "ports": [6000]}},
    ]
    file = written(tmp_path, "mesh.yaml", shop(rules=rules))

    found = meshgen("trace", "web@cluster1", f"db@cluster2:{port}", "--mesh", file).out

    deciders = [
        line.split("CiliumNetworkPolicy ")[1] for line in found.splitlines() if "egress, spec" in line
    ]
    assert [each.partition(" (")[0] for each in deciders] == [f"shop/{rule}"]


def test_a_trace_without_a_port_says_which_it_took(mesh: Path, meshgen: Run) -> None:
    del mesh
    ran = meshgen("trace", "web@cluster1", "db@cluster2")

    assert "at 5432/TCP: allowed" in ran.out
    assert "no port was named" in ran.err
    assert "at 1/TCP: denied" in meshgen("trace", "web@cluster2", "db@cluster1").out


def test_a_trace_as_json(mesh: Path, meshgen: Run) -> None:
    del mesh
    made = json.loads(meshgen("trace", "web@cluster1", "db@cluster2:5432", "--format", "json").out)

    [trace] = made["traces"]
    assert (made["schema"], trace["verdict"], trace["port"]) == ("meshgen.trace/v1", "allowed", "5432/TCP")
    assert trace["egress"]["objects"][0]["name"] == "sql-egress"


def test_two_hundred_pairs_are_enough(tmp_path: Path, meshgen: Run) -> None:
    workloads = [{"name": f"w{number}", "labels": {"app": f"w{number}"}} for number in range(12)]
    file = written(tmp_path, "mesh.yaml", shop(workloads=workloads, policy={}))

    ran = meshgen("trace", "namespace:default@*", "namespace:default@*:80", "--mesh", file)

    assert ran.out.count(": allowed\n") == 200
    assert "of 650 pairs the first 200 are traced; the exit status is about these" in ran.err


def test_same_is_the_cluster_of_the_other_side(mesh: Path, meshgen: Run) -> None:
    del mesh
    out = meshgen("trace", "web@*", "db@same:5432").out

    assert "web@cluster1 -> db@cluster1" in out
    assert "web@cluster1 -> db@cluster2" not in out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(
            ("trace", "wbe@cluster1", "db@cluster2:80"),
            "the mesh has no workload 'wbe'; did you mean 'web'?",
            id="workload",
        ),
        pytest.param(
            ("trace", "web@cluster9", "db@cluster2:80"), "no cluster 'cluster9'; did you mean", id="cluster"
        ),
        pytest.param(
            ("trace", "web@cluster1", "db@cluster2:nope"),
            "db@cluster2 has no port called nope; known: sql",
            id="port",
        ),
        pytest.param(
            ("trace", "web@cluster1", "web@cluster2:nope"),
            "web@cluster2 has no port called nope; write the number, or declare the name",
            id="port without any",
        ),
        pytest.param(
            ("trace", "entity:host", "entity:host:80"),
            "there is no such pair: both sides are the same, and no pods",
            id="itself",
        ),
        pytest.param(
            ("trace", "web", "db@cluster2:80"),
            "'web' is not a reference: no cluster is written",
            id="no cluster",
        ),
        pytest.param(("trace", "web@cluster1", "db"), "'db' is not a reference", id="no target"),
        pytest.param(
            ("reach", "--from", "namespace:shp@*"), "no namespace 'shp'; did you mean 'shop'?", id="namespace"
        ),
        pytest.param(
            ("reach", "--to", "service:shop/web"), "no service 'shop/web'; there are: none", id="service"
        ),
        pytest.param(
            ("reach", "--format", "sarif"),
            "'sarif' is none of text, markdown, json, csv, dot, html",
            id="format",
        ),
        pytest.param(
            ("--format", "sarif", "reach"), "this command has no format sarif", id="format of the group"
        ),
    ],
)
def test_names_that_mean_nothing(mesh: Path, meshgen: Run, arguments: tuple[str, ...], told: str) -> None:
    del mesh
    ran = meshgen(*arguments)

    assert ran.status == 2
    assert told in ran.err


def test_addresses_of_pods_are_no_addresses(mesh: Path, meshgen: Run) -> None:
    del mesh
    for arguments in (
        ("trace", "web@cluster1", "cidr:10.1.0.0/24:80"),
        ("reach", "--to", "cidr:10.1.0.0/24"),
    ):
        assert "pods of cluster1 have addresses in it" in meshgen(*arguments).err


def expecting(*entries: dict[str, Any]) -> dict[str, Any]:
    return shop(rules=[SQL, DOMAIN, BLOCK]) | {"expect": list(entries)}


EXPECTATIONS = [
    {"from": "web@cluster1", "to": "db@cluster2:5432", "is": "allow"},
    {"from": "web@cluster1", "to": "db@cluster2", "is": "allow"},
    {"from": "web@cluster2", "to": "db@*", "is": "deny"},
    {"from": "web@*", "to": "db@same:5432", "is": "deny"},
]
FAILING = [
    {"from": "web@*", "to": "db@cluster2:5432", "is": "allow"},
    {"from": "web@cluster1", "to": "db@cluster2:1-6000", "is": "deny"},
    {"from": "web@cluster1", "to": "db@cluster2:5000-6000", "is": "allow"},
    {"from": "web@cluster1", "to": "fqdn:api.example.com:8443", "is": "allow"},
]


def test_expectations_that_hold(tmp_path: Path, meshgen: Run) -> None:
    file = written(tmp_path, "mesh.yaml", expecting(*EXPECTATIONS))
    ran = meshgen("test", file)

    assert ran.status == 0
    assert ran.out.endswith("4 expectations, 0 failed\n")
    assert "ok    web@cluster1 -> db@cluster2:5432 is allowed\n" in ran.out


def test_one_expectation_is_one(tmp_path: Path, meshgen: Run) -> None:
    file = written(tmp_path, "mesh.yaml", expecting(EXPECTATIONS[0]))

    assert meshgen("test", file).out.endswith("\n1 expectation, 0 failed\n")


def test_expectations_that_fail_are_traced(tmp_path: Path, meshgen: Run) -> None:
    file = written(tmp_path, "mesh.yaml", expecting(*EXPECTATIONS, *FAILING))
    ran = meshgen("test", file)

    assert ran.status == 1
    assert "FAIL  web@*" in ran.out
    assert "      web@cluster2 -> db@cluster2 at 5432/TCP\n" in ran.out
    assert "      web@cluster1 -> db@cluster2 at 5000/TCP\n" in ran.out
    assert "found unknown" in ran.out
    assert ran.out.endswith("8 expectations, 4 failed\n")


def test_expectations_as_json_and_junit(tmp_path: Path, meshgen: Run) -> None:
    file = written(tmp_path, "mesh.yaml", expecting(EXPECTATIONS[0], FAILING[0]))

    made = json.loads(meshgen("test", file, "--format", "json").out)
    suite = fromstring(meshgen("test", file, "--format", "junit").out)[0]  # noqa: S314 - our own

    assert [each["holds"] for each in made["expectations"]] == [True, False]
    assert made["expectations"][0]["because"] is None
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert "closed, and no rule allows it" in (suite.findtext("testcase/failure") or "")


def test_ports_side_by_side_are_allowed_together(tmp_path: Path, meshgen: Run) -> None:
    narrowed = allow("narrowed", "web@cluster1", "db@cluster2", 5433, http=[{"method": "GET"}])
    data = shop(rules=[SQL, narrowed])
    data["expect"] = [{"from": "web@cluster1", "to": "db@cluster2:5432-5433", "is": "allow"}]

    assert meshgen("test", written(tmp_path, "mesh.yaml", data)).status == 0


def test_a_mesh_that_is_none_is_told(tmp_path: Path, meshgen: Run) -> None:
    file = tmp_path / "mesh.yaml"
    file.write_text("version: 1\n")

    for arguments in (
        ("reach", str(file)),
        ("test", str(file)),
        ("trace", "a@b", "c@d:1", "--mesh", str(file)),
    ):
        ran = meshgen(*arguments)
        assert ran.status == 1
        assert "MG102" in ran.out


@pytest.mark.parametrize("verdict", ["allow", "deny"])
def test_an_expectation_about_a_port_that_there_is_not_fails(
    tmp_path: Path, meshgen: Run, verdict: str
) -> None:
    base = written(tmp_path, "base.yaml", shop())
    made = expecting({"from": "web@*", "to": "db@*:nope", "is": verdict})
    file = written(tmp_path, "mesh.yaml", made)
    why = "db@* has no port called nope (known: sql)"

    ran = meshgen("test", file)
    (one,) = json.loads(meshgen("test", file, "--format", "json").out)["expectations"]

    assert (ran.status, ran.out.splitlines()[1:]) == (1, [f"      {why}", "1 expectation, 1 failed"])
    assert (one["holds"], one["found"], one["absent"]) == (False, None, why)
    assert meshgen("check", file).out.count("error[MG4") == 1, "MG426 says nothing of what MG402 tells"
    assert why in meshgen("diff", base, file).out


def test_references_to_services_and_to_what_there_is_not(tmp_path: Path, meshgen: Run) -> None:
    made = shop(rules=[], services=[service("db", namespace="data", selector={"app": "db"}, ports=[5432])])
    made["expect"] = [
        {"from": "web@*", "to": "service:data/db", "is": "deny"},
        {"from": "web@*", "to": "service:data/gone", "is": "deny"},
        {"from": "entity:all", "to": "db@cluster1:1", "is": "deny"},
        {"from": "entity:cluster", "to": "db@cluster1:1", "is": "deny"},
    ]
    file = written(tmp_path, "mesh.yaml", made)

    out = meshgen("test", file).out

    assert "ok    web@* -> service:data/db is denied" in out
    assert "FAIL  web@* -> service:data/gone is denied (" in out
    assert "      a name in it means nothing in this mesh (meshgen check tells)\n" in out
    assert out.count("FAIL") == 3  # the local host always enters


def nobody_to_call() -> dict[str, Any]:
    """A mesh whose database runs in one cluster; what is expected of it in the other is about nobody."""
    made = expecting(
        {"from": "web@cluster2", "to": "db@same:5432", "is": "allow"},
        {"from": "web@cluster2", "to": "db@same:5432", "is": "deny"},
    )
    made["workloads"] = [
        {**each, "clusters": ["cluster1"]} if each["name"] == "db" else each for each in made["workloads"]
    ]
    return made


def test_an_expectation_about_nobody_fails_with_either_verdict(tmp_path: Path, meshgen: Run) -> None:
    file = written(tmp_path, "mesh.yaml", nobody_to_call())
    why = "db runs in none of the clusters of 'web@cluster2' (it runs in cluster1)"

    ran = meshgen("test", file)
    made = json.loads(meshgen("test", file, "--format", "json").out)["expectations"]
    suite = fromstring(meshgen("test", file, "--format", "junit").out)[0]  # noqa: S314 - our own

    assert ran.status == 1
    assert ran.out.count(f"there is no such pair\n      {why}\n") == 2
    assert [(each["holds"], each["found"], each["absent"]) for each in made] == [(False, None, why)] * 2
    assert suite.get("failures") == "2"
    assert suite.findtext("testcase/failure") == why


def test_a_review_tells_of_an_expectation_about_nobody(tmp_path: Path, meshgen: Run) -> None:
    sides = written(tmp_path, "base.yaml", shop()), written(tmp_path, "head.yaml", nobody_to_call())
    told = "must be allowed and there is no such pair: db runs in none of the clusters of"

    ran = meshgen("diff", *sides)
    made = json.loads(meshgen("diff", *sides, "--format", "json").out)["expectations"]["failing"]

    assert ran.status == 1
    assert told in ran.out
    assert told in meshgen("diff", *sides, "--format", "markdown").out
    assert told in meshgen("diff", *sides, "--format", "html").out
    assert [each["found"] for each in made] == [None, None]
    assert made[0]["absent"].startswith("db runs in none of the clusters")


def test_pods_of_one_workload_are_traced_where_nobody_else_is_named(tmp_path: Path, meshgen: Run) -> None:
    file = written(
        tmp_path, "mesh.yaml", expecting({"from": "db@cluster1", "to": "db@cluster1:5432", "is": "allow"})
    )
    (way_out,) = re.findall(r"meshgen (trace .*)", meshgen("check", file).out)

    one = meshgen(*shlex.split(way_out), "--mesh", file)
    each = meshgen("trace", "db@*", "db@same:5432", "--mesh", file)
    all_of_them = meshgen("trace", "db@*", "db@*:5432", "--mesh", file)

    assert (one.status, one.err) == (1, "")
    assert "db@cluster1 -> db@cluster1 at 5432/TCP: denied" in one.out
    assert "db@cluster2 -> db@cluster2 at 5432/TCP: denied" in each.out
    assert "db@cluster1 -> db@cluster1" not in all_of_them.out


def test_pods_of_one_workload_are_among_each_other(tmp_path: Path, meshgen: Run) -> None:
    alone = {"from": "web@cluster1", "to": "web@cluster1:80", "is": "allow"}
    out = meshgen("test", written(tmp_path, "mesh.yaml", expecting(alone))).out

    assert "FAIL  web@cluster1 -> web@cluster1:80 is allowed" in out


def test_pods_on_the_network_of_their_node_are_no_pods(tmp_path: Path, meshgen: Run) -> None:
    workloads = [{"name": "agent", "namespace": "shop", "labels": {"app": "agent"}, "hostNetwork": True}]
    file = written(tmp_path, "mesh.yaml", shop(workloads=workloads))

    assert "agent" not in meshgen("reach", file).out
    for arguments in (
        ("reach", file, "--to", "agent@cluster1"),
        ("trace", "agent@cluster1", "cidr:192.0.2.0/24", "--mesh", file),
    ):
        ran = meshgen(*arguments)
        assert ran.status == 2
        assert "agent@cluster1: the pods of agent use the network of their node" in ran.err


@pytest.fixture
def apart(tmp_path: Path) -> str:
    """A mesh whose database, and the service before it, are in one cluster."""
    made = nobody_to_call()
    made["services"] = [service("db", namespace="data", selector={"app": "db"}, clusters=["cluster1"])]
    return written(tmp_path, "mesh.yaml", made)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("reach", "--to", "db@cluster2"), "db does not run where 'db@cluster2' says (it runs in cluster1)"),
        (("trace", "web@cluster1", "db@cluster2"), "db does not run where 'db@cluster2' says"),
        (("trace", "db@cluster2", "web@cluster1"), "db does not run where 'db@cluster2' says"),
        (("trace", "web@cluster2", "db@same"), "no such pair: db runs in none of the clusters of"),
        (("trace", "web@cluster2", "service:data/db"), "data/db does not exist in cluster2 (it exists in"),
    ],
)
def test_who_is_not_there_is_told(apart: str, meshgen: Run, arguments: tuple[str, ...], told: str) -> None:
    ran = meshgen(*arguments, *([apart] if arguments[0] == "reach" else ["--mesh", apart]))

    assert ran.status == 2
    assert told in ran.err


def test_callers_without_the_service_are_told_beside_others(apart: str, meshgen: Run) -> None:
    ran = meshgen("trace", "web@*", "service:data/db", "--mesh", apart)

    assert "data/db does not exist in cluster2 (it exists in cluster1)\n" in ran.err
    assert "web@cluster1 -> db@cluster1 at" in ran.out
    assert "web@cluster2" not in ran.out


def test_clusters_beyond_the_mesh_are_no_part_of_it(tmp_path: Path, meshgen: Run) -> None:
    three = shop(rules=[allow("sql", "web@*", "db@cluster1", 5432)]) | {
        "clusters": [cluster(1), cluster(2), cluster(3)]
    }
    base = written(tmp_path, "base.yaml", shop(rules=[allow("sql", "web@*", "db@cluster1", 5432)]))
    head = written(tmp_path, "head.yaml", three)

    out = meshgen("diff", base, head).out

    assert "before egress: its cluster is not in the mesh" in out


def test_several_ports_of_a_pair_are_one_pair(tmp_path: Path, meshgen: Run) -> None:
    """A service with many ports has many traces, none of which is left out."""
    service = {"name": "wide", "namespace": "shop", "ports": list(range(1, 41)), "selector": {"app": "db"}}
    ports = [{**port, "name": f"port-{port['port']}"} for port in ({"port": one} for one in service["ports"])]
    workloads = [{"name": "db", "namespace": "shop", "labels": {"app": "db"}}]
    callers = [{"name": f"w{number}", "labels": {"app": f"w{number}"}} for number in range(6)]
    data = shop(workloads=workloads + callers, services=[service | {"ports": ports}], policy={})
    file = written(tmp_path, "mesh.yaml", data)

    ran = meshgen("trace", "namespace:default@cluster1", "service:shop/wide", "--mesh", file)

    assert ran.out.count(": allowed\n") > 200
    assert "pairs" not in ran.err


def test_reach_tells_of_callers_without_the_service(tmp_path: Path, meshgen: Run) -> None:
    service = {"name": "db", "namespace": "data", "ports": [80], "selector": {"app": "db"}}
    data = shop(services=[service | {"clusters": ["cluster2"]}], policy={})
    file = written(tmp_path, "mesh.yaml", data)

    ran = meshgen("reach", file, "--from", "web@*", "--to", "service:data/db")

    assert ran.err == (
        "web@* -> service:data/db: data/db does not exist in cluster1 (it exists in cluster2)\n"
    )
