# ruff: noqa: E501 - a row of a table is one line
"""What is said of workloads, rules and postures that cannot be meant."""

import json
from typing import Any

import pytest
from builders import cluster, mesh, text
from policies import WORKLOADS, parsed, rule, three_clusters, with_rules

from meshgen.inspection import inspect
from meshgen.location import path_text
from meshgen.model.layers import written
from meshgen.source import load

FORMS = "accepted: WORKLOAD@CLUSTER, namespace:NAME@CLUSTER, any@CLUSTER (CLUSTER is a name, *, same or {label=value}), entity:NAME, cidr:BLOCK"
PORTS = 'accepted: 80, "53/UDP", "8000-8100/TCP", or the name of a port; protocols TCP, UDP, SCTP'


def told(data: dict[str, Any]) -> list[tuple[str, str, str, str | None]]:
    """Findings: code, path, message, help."""
    return [
        (one.code, one.path, one.message, one.help) for one in inspect(text(data), "mesh.yaml").diagnostics
    ]


@pytest.mark.parametrize(
    ("made", "place", "message", "way_out"),
    [
        (rule("x-wing", "rebel-base@*"), ".allow.from", "'x-wing' is not a reference: no cluster is written", f"{FORMS}, fqdn:NAME, service:NAMESPACE/NAME"),
        (rule("x-wing@*", "rebel-base"), ".allow.to", "'rebel-base' is not a reference: no cluster is written", f"{FORMS}, fqdn:NAME, service:NAMESPACE/NAME"),
        (rule("fqdn:a.b", "rebel-base@*"), ".allow.from", "'fqdn:a.b' cannot call anybody: fqdn stands for what is called", FORMS),
        (rule("service:a/b", "rebel-base@*"), ".allow.from", "'service:a/b' cannot call anybody: service stands for what is called", FORMS),
        (rule("x-wing@*", "db@*", ports=["80/ICMP"]), ".allow.ports[0]", "'80/ICMP' has an unknown protocol", PORTS),
        (rule("x-wing@*", "db@*", ports=[0]), ".allow.ports[0]", "0 is not a port", PORTS),
        (rule("x-wing@*", "db@*", ports=[]), ".allow.ports", "policy.rules[0].allow.ports is empty", "write at least one"),
        (rule("entity:world", "cidr:10.0.0.0/8"), ".allow", "policy.rules[0].allow is about no pod of the mesh", "policies are enforced at pods: name a workload or namespace on one side"),
        (rule("x-wing@same", "db@same"), ".allow", "policy.rules[0].allow says same, and the other side names no cluster", "write @* or the name of a cluster"),
        (rule("x-wing@same", "entity:world"), ".allow", "policy.rules[0].allow says same, and the other side names no cluster", "write @* or the name of a cluster"),
        (rule("entity:world", "db@same", kind="deny"), ".deny", "policy.rules[0].deny says same, and the other side names no cluster", "write @* or the name of a cluster"),
        (rule("x-wing@*", "fqdn:a.b", kind="deny"), "", "policy.rules[0] denies a DNS name, and a deny knows only addresses and pods", "write cidr:BLOCK or entity:world"),
        (rule("x-wing@*", "entity:world", ports=[80], http=[{}]), ".allow", "policy.rules[0].allow has http, and no pods of the mesh are called that could enforce it", "leave http out"),
        (rule("x-wing@*", "db@*", http=[{}]), ".allow", "policy.rules[0].allow has http, and not only TCP ports", "write the TCP ports that speak HTTP under ports"),
        (rule("x-wing@*", "db@*", ports=["53/UDP"], http=[{}]), ".allow", "policy.rules[0].allow has http, and not only TCP ports", "write the TCP ports that speak HTTP under ports"),
        ({"name": "rule"}, "", "policy.rules[0] has neither allow nor deny", "write one of them"),
        (rule("x-wing@*", "db@*") | {"deny": {"from": "x-wing@*", "to": "db@*"}}, "", "policy.rules[0] has both allow and deny", "write one of them"),
        (rule("x-wing@*", "db@*", kind="deny", isolate=["egress"]), "", "policy.rules[0] has isolate, and a deny closes nothing", "close the pods under posture"),
        (rule("entity:world", "db@*", isolate=["egress"]), "", "policy.rules[0] cannot close egress of entity:world", "isolate closes a workload, a namespace or a service"),
        (rule("x-wing@*", "any@*", isolate=["ingress"]), "", "policy.rules[0] cannot close ingress of any@*", "isolate closes a workload, a namespace or a service"),
        (rule("x-wing@*", "db@*", name="A"), ".name", "'A' is not a DNS label: a-z, 0-9 and -, with a letter or digit at both ends", None),
        (rule("x-wing@*", "db@*", expires="soon"), ".expires", "'soon' is not a date such as 2027-01-31", None),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_meant_is_told_with_a_way_out(
    made: dict[str, Any], place: str, message: str, way_out: str | None
) -> None:
    assert told(with_rules(made)) == [("MG104", f"policy.rules[0]{place}", message, way_out)]


@pytest.mark.parametrize(
    ("change", "path", "message", "way_out"),
    [
        ({"workloads": [{"name": "a"}]}, "workloads[0]", "workloads[0] has neither labels nor a serviceAccount, and would be every pod of its namespace", "add labels, or write namespace:NAME@CLUSTER in rules"),
        ({"workloads": [{"name": "a", "labels": {"a": "b"}, "ports": {"HTTP": 1}}]}, "workloads[0].ports.HTTP", "'HTTP' is not a pod port name: at most 15 of a-z, 0-9 and -, with a letter; no - at an end or doubled", None),
        ({"policy": {"posture": [{"close": ["ingress"]}]}}, "policy.posture[0]", "policy.posture[0] closes nothing", "add namespaces or workloads"),
        ({"policy": {"posture": [{"namespaces": ["a"], "close": []}]}}, "policy.posture[0].close", "policy.posture[0].close is empty", "write at least one"),
        ({"policy": {"raw": [{"file": "../a.yaml"}]}}, "policy.raw[0].file", "'../a.yaml' is not a .yaml file below the folder of mesh.yaml, its path of A-Z, a-z, 0-9, ., _ and -", None),
        ({"policy": {"raw": [{"file": "/a.yaml"}]}}, "policy.raw[0].file", "'/a.yaml' is not a .yaml file below the folder of mesh.yaml, its path of A-Z, a-z, 0-9, ., _ and -", None),
        ({"policy": {"raw": [{"file": "a.json"}]}}, "policy.raw[0].file", "'a.json' is not a .yaml file below the folder of mesh.yaml, its path of A-Z, a-z, 0-9, ., _ and -", None),
        ({"policy": {"dns": {"labels": {}}}}, "policy.dns.labels", "policy.dns.labels is empty", "write at least one"),
        ({"expect": [{"from": "a@b", "to": "c@d:x y", "is": "allow"}]}, "expect[0].to", "'c@d:x y' is not a port", PORTS),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_told_with_a_way_out(
    change: dict[str, Any], path: str, message: str, way_out: str | None
) -> None:
    assert told(three_clusters() | change) == [("MG104", path, message, way_out)]


def test_a_port_of_the_wrong_type_is_told() -> None:
    ((code, path, message, _),) = told(with_rules(rule("x-wing@*", "db@*", ports=[True])))
    assert (code, path) == ("MG103", "policy.rules[0].allow.ports[0]")
    assert message.endswith("takes a port number, or text such as 53/UDP, not the boolean true")


def test_every_problem_of_a_policy_is_told_at_once() -> None:
    data = three_clusters(
        policy={
            "dns": {"ports": [0]},
            "posture": [{"close": ["up"]}, {"namespaces": ["A"], "close": ["egress"]}],
            "rules": [{"name": "a"}, {}],
            "colour": "red",
        },
        expect=[{"from": "a"}],
    )
    assert sorted((code, path) for code, path, _, _ in told(data)) == [
        ("MG101", "policy.colour"),
        ("MG102", "expect[0].is"),
        ("MG102", "expect[0].to"),
        ("MG102", "policy.rules[1].name"),
        ("MG104", "expect[0].from"),
        ("MG104", "policy.dns.ports[0]"),
        ("MG104", "policy.posture[0].close[0]"),
        ("MG104", "policy.posture[1].namespaces[0]"),
        ("MG104", "policy.rules[0]"),
    ]


@pytest.mark.parametrize("policy", [[], "a", 1])
def test_a_policy_that_is_no_mapping_is_told(policy: Any) -> None:
    assert [(code, path) for code, path, _, _ in told(three_clusters(policy=policy))] == [("MG103", "policy")]


class TestInheritedDns:
    """`policy.dns` of the mesh, of clusterDefaults and of a cluster."""

    def data(self, **dns: Any) -> dict[str, Any]:
        first = cluster(1, policy={"dns": {"namespace": "own"}})
        return mesh(
            first,
            cluster(2),
            clusterDefaults={"policy": {"dns": {"ports": [5353]}}},
            policy={"dns": {"namespace": "mesh", "labels": {"app": "dns"}, **dns}},
        )

    def test_each_key_is_taken_from_the_nearest(self) -> None:
        first, second = parsed(self.data()).clusters
        assert first.policy is not None
        assert second.policy is not None
        assert (first.policy.dns.namespace, second.policy.dns.namespace) == ("own", "mesh")
        assert first.policy.dns.ports == second.policy.dns.ports == (5353,)
        assert first.policy.dns.labels == {"app": "dns"}

    def test_a_fault_of_the_meshs_own_is_told_once(self) -> None:
        assert [(code, path) for code, path, _, _ in told(self.data(ports=[0], labels={"a b": "c"}))] == [
            ("MG104", 'policy.dns.labels["a b"]'),
            ("MG104", "policy.dns.ports[0]"),
        ]

    def test_a_place_is_where_it_is_written(self) -> None:
        source = load(json.dumps(self.data()).encode(), "mesh.yaml")
        places = {
            key: path_text(written(source, ("clusters", 0, "policy", "dns", key)))
            for key in ("namespace", "ports", "labels")
        }
        assert places == {
            "namespace": "clusters[0].policy.dns.namespace",
            "ports": "clusterDefaults.policy.dns.ports",
            "labels": "policy.dns.labels",
        }


def test_what_is_more_than_any_mesh_has_is_refused_at_once() -> None:
    many = [{"name": "a"}] * 100_001
    assert [(code, path) for code, path, _, _ in told(three_clusters(policy={"rules": many}))] == [
        ("MG104", "policy.rules")
    ]
    large = rule("x-wing@*", "db@*", ports=list(range(1, 10_001)))
    assert [(code, path) for code, path, _, _ in told(with_rules(large))] == [("MG104", "policy.rules[0]")]


def test_ten_thousand_rules_are_no_crowd() -> None:
    data = with_rules(*(rule("x-wing@*", "db@*", name=f"r{number}") for number in range(10_000)))
    assert len(parsed(data | {"workloads": WORKLOADS}).policy.rules) == 10_000  # type: ignore[union-attr]


def test_the_nearest_name_is_looked_for_a_limited_number_of_times() -> None:
    data = with_rules(*(rule("x-wing@*", "dbx@*", name=f"r{number}") for number in range(60)))
    found = [one for one in inspect(text(data), "mesh.yaml").diagnostics if one.code == "MG402"]
    assert len(found) == 60
    assert [one.help for one in found].count("did you mean 'db'?") == 50
