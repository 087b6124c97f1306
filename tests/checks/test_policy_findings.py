"""Findings about policies: the corners that a case of its own would only blur."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from builders import cluster, mesh, service, text
from cases import HERE
from policy_findings import codes, found, peer, policy

from meshgen.cli.run import main
from meshgen.inspection import inspect

PORT_80 = [{"ports": [{"port": "80", "protocol": "TCP"}]}]
SERVICE = service()
TO_BASE = {"name": "to-base", "allow": {"from": "x-wing@cluster1", "to": "rebel-base@*", "ports": [80]}}


def test_what_every_compiled_policy_is_has_no_finding_about_its_form() -> None:
    rules = [
        {"name": "one", "allow": {"from": "x-wing@*", "to": "rebel-base@same", "ports": [80]}},
        {"name": "two", "allow": {"from": "x-wing@cluster1", "to": "fqdn:example.com", "ports": [443]}},
        {"name": "three", "allow": {"from": "entity:world", "to": "rebel-base@cluster2", "ports": [443]}},
        {"name": "four", "deny": {"from": "namespace:default@*", "to": "cidr:192.0.2.0/24"}},
    ]

    assert codes(rules=rules, version="1.19.5") == []


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        pytest.param("1.15.0", ["MG405"], id="everybody until 1.15"),
        pytest.param("1.16.0", [], id="nobody from 1.16 on"),
    ],
)
def test_an_empty_list_of_peers_depends_on_the_version(version: str, expected: list[str]) -> None:
    assert codes(policy(ingress=[{"fromEndpoints": [], "toPorts": PORT_80}]), version=version) == expected


@pytest.mark.parametrize(
    ("version", "rules"),
    [
        pytest.param("1.19.6", {"ingress": [{"fromEndpoints": []}]}, id="pods"),
        pytest.param("1.16.0", {"ingress": [{"fromEndpoints": [], "toPorts": PORT_80}]}, id="pods at a port"),
        pytest.param("1.8.13", {"ingress": [{"fromCIDR": []}]}, id="addresses"),
        pytest.param("1.20.0", {"ingress": [{"fromCIDRSet": []}]}, id="sets of addresses"),
        pytest.param("1.20.0", {"ingress": [{"fromEntities": []}]}, id="entities"),
        pytest.param("1.16.0", {"ingress": [{"fromNodes": []}]}, id="nodes"),
        pytest.param("1.16.0", {"ingress": [{"fromGroups": []}]}, id="groups"),
        pytest.param("1.18.10", {"ingress": [{"fromRequires": []}]}, id="requirements"),
        pytest.param("1.11.20", {"ingress": [{"icmps": []}]}, id="messages"),
        pytest.param("1.8.13", {"ingress": [{"toPorts": []}]}, id="ports"),
        pytest.param("1.19.6", {"egress": [{"toFQDNs": []}]}, id="names"),
        pytest.param("1.19.6", {"egress": [{"toServices": []}]}, id="services"),
        pytest.param("1.19.6", {"egress": [{"toNodes": []}]}, id="nodes called"),
        pytest.param("1.19.6", {"egress": [{"toGroups": []}]}, id="groups called"),
    ],
)
def test_a_rule_of_a_file_that_allows_nobody_closes_by_accident(version: str, rules: dict[str, Any]) -> None:
    direction, key = next((name, next(iter(rule))) for name, (rule,) in rules.items())

    told = [each for each in found(policy(**rules), posture=[], version=version) if each.code == "MG411"]

    assert [each.label for each in told] == [f"allows nobody, and closes {direction}"]
    assert f"whose {key} allows nobody" in told[0].message


@pytest.mark.parametrize(
    ("version", "rule"),
    [
        pytest.param("1.19.6", {}, id="an empty rule closes on purpose"),
        pytest.param("1.15.0", {"fromNodes": []}, id="a key that the version lacks is not there"),
        pytest.param("1.8.13", {"icmps": []}, id="nor are messages"),
    ],
)
def test_a_rule_in_which_nothing_stands_closes_on_purpose(version: str, rule: dict[str, Any]) -> None:
    assert "MG411" not in codes(policy(ingress=[rule]), posture=[], version=version)


def test_a_network_policy_without_rules_closes_on_purpose_and_one_for_no_address_by_accident() -> None:
    block = {"ipBlock": {"cidr": "192.0.2.0/31", "except": ["192.0.2.0/32", "192.0.2.1/32"]}}
    closing, hollow = (
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": {"name": "legacy", "namespace": "default"},
            "spec": {"podSelector": {}, "policyTypes": ["Egress"], "egress": rules},
        }
        for rules in ([], [{"to": [block]}])
    )

    assert "MG411" not in codes(closing, posture=[], version="1.19.6")
    assert "MG411" in codes(hollow, posture=[], version="1.19.6")


@pytest.mark.parametrize(
    ("version", "expected"),
    [pytest.param("1.19.4", True, id="before the fix"), pytest.param("1.19.5", False, id="after it")],
)
def test_a_vulnerability_ends_with_its_fix(version: str, *, expected: bool) -> None:
    network_policy = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "legacy", "namespace": "default"},
        "spec": {"podSelector": {}, "ingress": [{"from": [{"ipBlock": {"cidr": "192.0.2.0/24"}}]}]},
    }

    assert ("MG404" in codes(network_policy, version=version)) is expected


@pytest.mark.parametrize(
    ("pattern", "version", "expected"),
    [
        pytest.param("**.example.com", "1.18.12", ["MG602"], id="several labels before they are known"),
        pytest.param("**.example.com", "1.19.6", [], id="several labels"),
        pytest.param("*.example.com", "1.8.13", [], id="one label"),
        pytest.param("api.**.com", "1.18.12", [], id="inside, where ** is as * in every version"),
        pytest.param("**", "1.18.12", ["MG602"], id="every name before it is known"),
        pytest.param("**", "1.19.6", ["MG417"], id="every name"),
        pytest.param("*", "1.8.13", ["MG417"], id="every name by one star"),
    ],
)
def test_a_pattern_of_several_labels_depends_on_the_version(
    pattern: str, version: str, expected: list[str]
) -> None:
    rule = {"name": "out", "allow": {"from": "x-wing@cluster1", "to": f"fqdn:{pattern}", "ports": [443]}}
    of_file = policy(subject="x-wing", egress=[{"toFQDNs": [{"matchPattern": pattern}], "toPorts": PORT_80}])

    assert codes(rules=[rule], version=version) == expected
    assert codes(of_file, rules=[TO_BASE], version=version) == expected


def test_the_way_out_of_a_pattern_of_several_labels_is_one_for_each_depth() -> None:
    dns = {"rules": {"dns": [{"matchPattern": "**.example.com"}]}, "ports": [{"port": "53"}]}

    told = found(policy(subject="x-wing", egress=[{"toPorts": [dns]}]), version="1.18.12")

    (way_out,) = [one.help for one in told if one.code == "MG602"]
    assert way_out is not None
    assert way_out.endswith("such as *.example.com and *.*.example.com")


def test_a_named_port_is_looked_up_for_each_pod_from_1_20_on() -> None:
    workloads = [
        {"name": "x-wing", "labels": {"name": "x-wing"}, "ports": {"fuel": 7000}},
        {"name": "rebel-base", "labels": {"name": "rebel-base"}, "ports": {"fuel": 7001}},
    ]
    rule = {
        "toEndpoints": [peer("rebel-base")],
        "toPorts": [{"ports": [{"port": "fuel", "protocol": "TCP"}]}],
    }
    posture = [{"namespaces": ["default"], "close": ["egress"]}]

    parts = {"workloads": workloads, "posture": posture}
    assert codes(policy(subject="x-wing", egress=[rule]), version="1.19.4", **parts) == ["MG418"]
    assert codes(policy(subject="x-wing", egress=[rule]), version="1.20.0", **parts) == []


def test_a_deny_that_closes_nothing_is_none_of_the_closing_ones() -> None:
    deny = [{"fromEndpoints": [peer("x-wing")]}]
    switched_off = policy(ingressDeny=deny, enableDefaultDeny={"ingress": False})
    parts: dict[str, Any] = {"posture": [], "version": "1.18.3"}

    assert codes(policy(ingressDeny=deny), **parts) == ["MG427"]
    assert codes(switched_off, **parts) == []
    assert codes(
        policy(ingressDeny=deny), switched_off | {"metadata": {"name": "b", "namespace": "default"}}, **parts
    ) == ["MG427"]


def test_a_backend_that_nobody_knows_of_is_not_called_unreachable() -> None:
    groups = [{"fromGroups": [{"aws": {"securityGroupsIds": ["sg-1"]}}]}]
    egress = [{"toEndpoints": [peer("rebel-base")], "toPorts": PORT_80}]
    to_other = {
        "name": "to-other",
        "allow": {"from": "x-wing@cluster1", "to": "rebel-base@cluster2", "ports": [80]},
    }
    services = [SERVICE, service("empty", backends=[]), service("none", selector=None)]
    files = (policy("a", ingress=groups), policy("b", subject="x-wing", egress=egress))

    assert "MG428" not in codes(*files, rules=[to_other], services=services, version="1.18.3")
    assert "MG428" in codes(files[1], rules=[to_other], services=services, version="1.18.3")


def test_an_entity_is_no_mistake_where_the_service_is_not() -> None:
    rules = [{"name": "in", "allow": {"from": "entity:cluster", "to": "rebel-base@cluster1", "ports": [80]}}]
    everybody = {"name": "all", "allow": {"from": "x-wing@*", "to": "rebel-base@*", "ports": [80]}}
    elsewhere = [service(clusters=["cluster2"]), service("x-wing"), service(ports=[8080], namespace="other")]

    assert "MG409" not in codes(rules=rules, services=elsewhere)
    assert "MG409" not in codes(rules=rules, services=[service(ports=[8080])])
    assert "MG409" not in codes(rules=[*rules, everybody], services=[SERVICE])
    assert "MG409" in codes(rules=rules, services=[SERVICE])


def test_the_place_of_an_entity_is_in_its_file() -> None:
    rule = policy(ingress=[{"fromEntities": ["cluster"], "toPorts": PORT_80}])
    [told] = [each for each in found(rule, services=[SERVICE]) if each.code == "MG409"]

    assert (told.file, told.path) == ("legacy.yaml", "policy.raw[0]")
    assert told.span is not None


def test_a_rule_that_one_for_many_pods_hides_is_told() -> None:
    workloads = [{"name": f"w{index}", "labels": {"app": f"w{index}"}} for index in range(70)]
    rules = [
        {"name": "all", "allow": {"from": "w0@cluster1", "to": "namespace:default@*", "ports": [80, 443]}},
        {"name": "one", "allow": {"from": "w0@cluster1", "to": "w1@cluster2", "ports": [80]}},
    ]
    told = found(workloads=workloads, rules=rules)

    assert [(each.code, each.path) for each in told] == [("MG416", "policy.rules[1]")]


@pytest.mark.parametrize(
    ("narrow", "wide", "hidden"),
    [
        pytest.param({"In": ["x-wing"]}, {"In": ["x-wing", "y-wing"]}, True, id="one value of two"),
        pytest.param({"In": ["x-wing"]}, {"Exists": []}, True, id="a value, and any value"),
        pytest.param({"In": ["x-wing"]}, {"NotIn": ["y-wing"]}, True, id="a value, and all but another"),
        pytest.param(
            {"NotIn": ["y-wing", "z-wing"]}, {"NotIn": ["y-wing"]}, True, id="all but two, and all but one"
        ),
        pytest.param({"Exists": []}, {"Exists": []}, True, id="any value, twice"),
        pytest.param(
            {"Exists": []}, {"In": ["x-wing", "rebel-base"]}, False, id="any value, and those of today"
        ),
        pytest.param({"NotIn": ["y-wing"]}, {"Exists": []}, False, id="all but one, and any value"),
    ],
)
def test_a_selector_hides_another_one_for_every_pod_there_may_be(
    narrow: dict[str, list[str]], wide: dict[str, list[str]], *, hidden: bool
) -> None:
    def of(name: str, asked: dict[str, list[str]], *ports: str) -> dict[str, Any]:
        [(operator, values)] = asked.items()
        place = [
            {"key": "k8s:io.cilium.k8s.policy.cluster", "operator": "In", "values": ["cluster1"]},
            {"key": "k8s:io.kubernetes.pod.namespace", "operator": "In", "values": ["default"]},
        ]
        expression = {"key": "name", "operator": operator, **({"values": values} if values else {})}
        to_ports = [{"ports": [{"port": port, "protocol": "TCP"} for port in ports]}]
        rule = {"fromEndpoints": [{"matchExpressions": [*place, expression]}], "toPorts": to_ports}
        return policy(name, ingress=[rule])

    told = codes(of("a", narrow, "80"), of("b", wide, "80", "81"), posture=[])

    assert ("MG416" in told) is hidden


@pytest.mark.parametrize(
    ("peers", "switch", "hidden"),
    [
        pytest.param({}, {}, True, id="closes, too"),
        pytest.param({}, {"enableDefaultDeny": {"ingress": False}}, False, id="closes nothing"),
        pytest.param({"fromEntities": ["all"]}, {}, False, id="everybody, by name"),
    ],
)
def test_a_rule_for_everybody_is_hidden_by_one_that_closes_as_it_does(
    peers: dict[str, Any], switch: dict[str, Any], *, hidden: bool
) -> None:
    more = [{"ports": [{"port": port, "protocol": "TCP"} for port in ("80", "81")]}]
    narrow = policy("a", ingress=[{"toPorts": PORT_80}])
    wide = policy("b", ingress=[{**peers, "toPorts": more}], **switch)

    assert ("MG416" in codes(narrow, wide, posture=[], version="1.18.3")) is hidden


@pytest.mark.parametrize(("first", "second", "by"), [("k8s", "any", "b"), ("any", "k8s", "a")])
def test_labels_of_any_source_hide_those_of_one(first: str, second: str, by: str) -> None:
    def of(name: str, source: str) -> dict[str, Any]:
        selector = peer("x-wing")
        selector["matchLabels"][f"{source}:name"] = selector["matchLabels"].pop("name")
        return policy(name, ingress=[{"fromEndpoints": [selector]}])

    told = [each.message for each in found(of("a", first), of("b", second), posture=[])]

    assert [message for message in told if f"default/{by} of legacy.yaml allows all of this" in message]


def test_halves_with_the_same_requests_agree() -> None:
    ports = [{**PORT_80[0], "rules": {"http": [{"method": "GET"}]}}]
    leaving = policy(
        "out", subject="x-wing", egress=[{"toEndpoints": [peer("rebel-base")], "toPorts": ports}]
    )
    entering = policy("in", ingress=[{"fromEndpoints": [peer("x-wing")], "toPorts": ports}])

    assert codes(leaving, entering) == []


def test_an_allow_that_works_with_some_clusters_is_a_warning() -> None:
    rules = [{"name": "to-base", "allow": {"from": "x-wing@cluster1", "to": "rebel-base@*", "ports": [80]}}]
    posture = [{"namespaces": ["default"], "close": ["egress"]}]
    closing = policy(ingress=[{}])

    told = [each for each in found(closing, rules=rules, posture=posture) if each.code == "MG412"]
    whole = found(closing, rules=rules, posture=posture, clusters=["cluster1", "cluster2"])

    assert [each.severity for each in told] == ["warning"]
    assert [each.severity for each in whole if each.code == "MG412"] == ["error"]


def test_an_entry_for_an_object_of_a_file_is_accepted_by_its_file() -> None:
    rule = policy(ingress=[{"fromEndpoints": [peer("x-wing")]}])
    entry = {"code": "MG411", "at": 'policy.raw["legacy.yaml"]', "reason": "meant"}

    assert "MG411" in codes(rule, posture=[])
    assert "MG411" not in codes(rule, posture=[], ignore=[entry])


@pytest.mark.parametrize(
    "posture",
    [
        pytest.param({"workloads": ["rebel-bse"]}, id="a workload"),
        pytest.param({"namespaces": ["defalt"]}, id="a namespace"),
        pytest.param({"namespaces": ["default"], "clusters": ["clutser1"]}, id="a cluster"),
    ],
)
def test_of_what_a_misspelt_posture_leaves_open_only_the_name_is_told(posture: dict[str, Any]) -> None:
    both = codes(rules=[TO_BASE], posture=[{**posture, "close": ["ingress", "egress"]}])
    one = found(rules=[TO_BASE], posture=[{**posture, "close": ["ingress"]}])

    assert both in (["MG301"], ["MG402"])
    assert [each.path for each in one if each.code == "MG415"] == ["policy.rules[0].allow.from"]


def test_of_a_side_in_a_namespace_that_does_not_exist_only_the_name_is_told() -> None:
    rule = {"name": "r", "allow": {"from": "x-wing@cluster1", "to": "namespace:defalt@*", "ports": [80]}}

    assert codes(rules=[rule]) == ["MG402"]


@pytest.mark.parametrize(
    ("clusters", "expected"),
    [
        pytest.param(["cluster1", "clutser2"], ["MG301"], id="a misspelt one may be the second"),
        pytest.param(["cluster1"], ["MG307"], id="one"),
        pytest.param({"labels": {"only": "here"}}, ["MG307"], id="one by its labels"),
        pytest.param("all", [], id="all"),
    ],
)
def test_a_service_in_one_cluster_is_told_unless_a_name_is_misspelt(
    clusters: Any, expected: list[str]
) -> None:
    data = mesh(cluster(1, labels={"only": "here"}), cluster(2), services=[service(clusters=clusters)])

    assert [one.code for one in inspect(text(data), "mesh.yaml").diagnostics] == expected


def test_a_rule_is_accepted_by_its_name() -> None:
    entry = {"code": "MG415", "at": "policy.rules.to-base", "reason": "closed next week"}

    assert codes(rules=[TO_BASE], posture=[]) == ["MG415"]
    assert codes(rules=[TO_BASE], posture=[], ignore=[entry]) == []


@pytest.mark.parametrize("key", ["fromEntities", "fromEndpoints", "toPorts", "fromRequires"])
@pytest.mark.parametrize("value", ["world", {"a": "b"}, 80])
def test_what_is_no_list_is_refused_and_not_read_letter_by_letter(key: str, value: Any) -> None:
    told = [each.message for each in found(policy(ingress=[{key: value}])) if each.code == "MG401"]

    assert len(told) == 1
    assert told[0].endswith(f"{key} is not a list")


@pytest.mark.parametrize(
    "spec",
    [
        pytest.param({"enableDefaultDeny": True, "egress": [{}]}, id="a switch that is no mapping"),
        pytest.param({"egress": [{"toServices": [1]}]}, id="a service that is a number"),
        pytest.param({"egress": [{"icmps": [1]}]}, id="a message that is a number"),
    ],
)
def test_what_has_another_shape_is_refused(spec: dict[str, Any]) -> None:
    assert "MG401" in codes(policy(**spec), version="1.18.3")


def test_a_namespace_that_is_a_list_is_refused() -> None:
    rule = policy(ingress=[{}])
    rule["metadata"]["namespace"] = ["default"]

    assert "MG401" in codes(rule)


def test_a_kind_that_is_a_mapping_is_no_policy() -> None:
    assert codes(policy() | {"kind": {"a": "b"}}) == ["MG429"]


def test_a_file_is_called_as_mesh_yaml_is_with_its_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(HERE / "MG413" / "fail", tmp_path / "halves")
    monkeypatch.chdir(tmp_path)
    main(["check", "halves/mesh.yaml", "--format=json=found.json"])
    [finding] = json.loads(Path("found.json").read_text("utf-8"))["findings"]
    lines = capsys.readouterr().out.splitlines()

    assert finding["file"] == "halves/policies/legacy.yaml"
    assert finding["path"] == "policy.raw[0]"
    assert [place["file"] for place in finding["related"]] == ["halves/policies/legacy.yaml"]
    assert "   --> halves/policies/legacy.yaml:8:5" in lines
    assert "8  |   - toEndpoints:" in lines


def test_a_second_place_in_another_file_is_a_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(HERE / "MG412" / "fail", tmp_path / "infra")
    monkeypatch.chdir(tmp_path)
    main(["check", "infra/mesh.yaml", "--format=sarif=found.json"])
    [result] = json.loads(Path("found.json").read_text("utf-8"))["runs"][0]["results"]

    places = [*result["locations"], *result["relatedLocations"]]
    files = [place["physicalLocation"]["artifactLocation"]["uri"] for place in places]
    assert files == ["infra/policies/legacy.yaml", "infra/mesh.yaml"]
    assert "= note: infra/mesh.yaml:24:7: ingress is closed here" in capsys.readouterr().out
