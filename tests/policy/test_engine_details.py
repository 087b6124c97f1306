"""Corners of what policies mean that no recorded case shows."""

from typing import Any

import pytest
from flows import OUTSIDE, PODS, Flows
from test_admission import TCP80, egress, ingress, policy, ports

from meshgen.engine.analysis import Analysis, Verdict
from meshgen.engine.applied import Applied, Setting
from meshgen.engine.cilium_policies import without
from meshgen.engine.entries import Direction
from meshgen.engine.labels import Endpoint, Universe, bits_of, indexes_of
from meshgen.engine.ports import merged, number_of, point, told
from meshgen.engine.relations import halves
from meshgen.engine.semantics import Enforcement, first_with, semantics
from meshgen.engine.witnesses import fresh

NAMESPACE = "k8s:io.kubernetes.pod.namespace"


def test_the_first_version_with_something_is_the_one_before_which_nothing_has_it() -> None:
    assert str(first_with(lambda rules: rules.sctp)) == "1.13"
    assert not semantics("1.12.19").sctp
    assert semantics("1.13.0").sctp


def test_icmp_closes_ports_and_ports_close_icmp() -> None:
    icmp = ingress(icmps=[{"fields": [{"type": 8}, {"type": 128, "family": "IPv6"}]}])

    assert Flows(icmp).enters("web", "api", 8, "ICMP")
    assert Flows(icmp).enters("web", "api", 256 + 128, "ICMP")
    assert not Flows(icmp).enters("web", "api", 80)
    assert not Flows(ingress(**ports(TCP80))).enters("web", "api", 8, "ICMP")
    assert Flows(icmp, version="1.10.0").entering("api") == set()


def test_what_from_requires_asks_is_asked_of_all_endpoints() -> None:
    given = policy(
        {
            "ingress": [
                {"fromEndpoints": [{"matchLabels": {NAMESPACE: "data"}}, {}]},
                {"fromRequires": [{"matchLabels": {"app": "web"}}]},
                {"fromEntities": ["host"]},
            ]
        }
    )

    assert Flows(given).entering("api") == {"web", "far", "host"}


def test_services_are_pods_from_1_17_and_unknown_ones_are_not_known() -> None:
    services = {("data", "db"): {"app": "db"}}
    to = [{"k8sService": {"namespace": "data", "serviceName": "db"}}]

    known = Flows(egress(toServices=to, **ports({"port": "5432"})), services=services)
    unknown = Flows(egress(toServices=to), services={})
    old = Flows(egress(toServices=to), version="1.16.0", services=services)

    assert known.leaving("api", 5432) == {"db"}
    assert {each.half(Direction.EGRESS, "api", "db") for each in (unknown, old)} == {Verdict.UNKNOWN}


@pytest.mark.parametrize(
    ("given", "doubt"),
    [
        pytest.param(ingress(fromGroups=[{"aws": {}}]), "depends on a cloud provider's answer", id="groups"),
        pytest.param(
            ingress(fromCIDRSet=[{"cidrGroupRef": "a"}]), "names a group that is not in", id="CIDR groups"
        ),
    ],
)
def test_what_nobody_can_know_is_unknown(given: dict[str, Any], doubt: str) -> None:
    flows = Flows(given)

    assert flows.half(Direction.INGRESS, "api", "db") is Verdict.UNKNOWN
    judged = flows.analysis.judge(1, 2, 80, Direction.INGRESS)
    assert judged is not None
    assert doubt in judged.half.doubts[0]


def test_a_deny_that_nobody_can_know_makes_what_is_allowed_unknown() -> None:
    given = policy({"ingress": [{"fromEntities": ["all"]}], "ingressDeny": [{"fromGroups": [{"aws": {}}]}]})

    assert Flows(given).half(Direction.INGRESS, "api", "web") is Verdict.UNKNOWN


def test_a_block_for_nodes_is_for_no_pod() -> None:
    spec = {"endpointSelector": None, "nodeSelector": {}, "ingress": [{}]}

    assert "web" in Flows(policy(spec, kind="CiliumClusterwideNetworkPolicy")).entering("api")


def test_enforcement_can_be_always_or_never() -> None:
    assert Flows(enforcement=Enforcement.ALWAYS).entering("api") == set()
    assert "web" in Flows(ingress(), enforcement=Enforcement.NEVER).entering("api")


def test_a_node_always_reaches_its_pods_on_kubernetes() -> None:
    assert Flows(ingress(), host_enters=True).entering("api") == {"host"}
    deny = policy({"ingressDeny": [{"fromEntities": ["host"]}]})
    assert Flows(deny, host_enters=True).entering("api") == {"host"}


@pytest.mark.parametrize(
    "rules", [{"l7proto": "r2d2"}, {"kafka": [{"topic": "a"}]}, {"http": [{"method": "GET"}]}]
)
def test_requests_narrow_what_is_allowed(rules: dict[str, Any]) -> None:
    judged = Flows(ingress(**ports(TCP80, rules=rules))).analysis.judge(1, 0, 80, Direction.INGRESS)

    assert judged is not None
    assert judged.verdict is Verdict.ALLOWED
    assert [l7.parser for l7 in judged.l7] == [rules.get("l7proto", next(iter(rules)))]


@pytest.mark.parametrize(
    ("more", "parser"), [({"listener": {"name": "a"}}, "listener"), ({"serverNames": ["a"]}, "tls")]
)
def test_listeners_and_server_names_narrow_too(more: dict[str, Any], parser: str) -> None:
    judged = Flows(egress(**ports(TCP80, **more))).analysis.judge(0, 1, 80, Direction.EGRESS)

    assert judged is not None
    assert judged.l7[0].parser == parser


@pytest.mark.parametrize(("version", "narrowed"), [("1.17.1", 1), ("1.18.3", 0)])
def test_requests_of_a_rule_that_closes_nothing(version: str, narrowed: int) -> None:
    spec = {
        "enableDefaultDeny": {"ingress": False},
        "ingress": [ports(TCP80, rules={"http": [{"method": "GET"}]})],
    }
    judged = Flows(policy(spec), version=version).analysis.judge(1, 0, 80, Direction.INGRESS)

    assert judged is not None
    assert (judged.verdict, len(judged.l7)) == (Verdict.ALLOWED, narrowed)


def test_a_subject_that_waits_for_its_identity_left_its_namespace_before_1_14_2() -> None:
    escaping = {"matchExpressions": [{"key": "reserved:init", "operator": "DoesNotExist"}]}
    given = policy({"endpointSelector": escaping, "ingress": [{}]})

    assert Flows(given, version="1.14.1").entering("db") == set()
    assert "web" in Flows(given, version="1.14.2").entering("db")
    assert Flows(given, version="1.13.7").entering("api") == set()


def test_a_domain_is_reached_by_its_name_and_not_known_by_an_address() -> None:
    domain = Endpoint("fqdn", "", {"reserved:world": "", "fqdn:api.example.com": ""})
    endpoints = (*PODS, *OUTSIDE, domain)

    named = Flows(egress(toFQDNs=[{"matchName": "API.example.com."}]), endpoints=endpoints)
    block = Flows(egress(toCIDR=["192.0.2.0/24"]), endpoints=endpoints)

    assert named.leaving("api") == {"fqdn"}
    assert block.half(Direction.EGRESS, "api", "fqdn") is Verdict.UNKNOWN
    assert block.half(Direction.EGRESS, "api", "inside") is Verdict.ALLOWED


def test_all_addresses_are_the_world_before_1_19() -> None:
    nowhere = Endpoint("nowhere", "", {"reserved:world": ""})
    given = egress(toCIDR=["0.0.0.0/0"])

    assert "nowhere" in Flows(given, endpoints=(*PODS, nowhere)).leaving("api")
    assert "nowhere" not in Flows(given, version="1.19.4", endpoints=(*PODS, nowhere)).leaving("api")


@pytest.mark.parametrize(
    ("text", "number"), [("80", 80), ("0x50", 80), ("010", 8), ("0", 0), ("65535", 65535), ("0b1", 1)]
)
def test_numbers_as_go_reads_them(text: str, number: int) -> None:
    assert number_of(text) == number


@pytest.mark.parametrize("text", ["", "-1", "+1", " 1", "089", "65536", "eighty"])
def test_texts_that_are_no_numbers(text: str) -> None:
    with pytest.raises((ValueError, IndexError)):
        number_of(text)


def test_ports_as_people_write_them() -> None:
    assert told([(0, 4 << 16)]) == ("any",)
    assert told([(80, 81), (81, 90)]) == ("80-89/TCP",)
    assert told([(0, 1 << 17)]) == ("TCP", "UDP")
    assert told([(point(8, "ICMP"), point(9, "ICMP")), (point(384, "ICMP"), point(385, "ICMP"))]) == (
        "ICMP type 8",
        "ICMP type 128 (IPv6)",
    )
    assert merged([(5, 6), (1, 3), (2, 4)]) == [(1, 4), (5, 6)]


def test_sets_of_indexes() -> None:
    for indexes in ([], [0], [7, 8, 1000], list(range(0, 300, 3)), [5000]):
        assert list(indexes_of(bits_of(indexes))) == indexes


def test_a_named_port_whose_number_nobody_says_is_unknown_where_other_pods_may_exist() -> None:
    pods = [each for each in PODS if not each.ports]
    given = egress(toEndpoints=[{}], **ports({"port": "http", "protocol": "TCP"}))
    deny = policy(
        {
            "egress": [{"toEntities": ["all"]}],
            "egressDeny": [{"toEndpoints": [{}], **ports({"port": "http"})}],
        }
    )
    rules = semantics("1.18.3")

    def half(policies: list[Any], *, open: bool) -> Verdict:  # noqa: A002
        universe = Universe(pods, open=open)
        analysis = Analysis(universe, [Applied(Setting("east", rules, policies))])
        judged = analysis.judge(0, 0, point(8080, "TCP"), Direction.EGRESS)
        assert judged is not None
        return judged.verdict

    assert (half([given], open=True), half([given], open=False)) == (Verdict.UNKNOWN, Verdict.DENIED)
    assert half([deny], open=True) is Verdict.UNKNOWN


def test_what_is_left_of_a_range() -> None:
    assert list(without((0, 9), [(0, 3), (5, 5)])) == [(4, 4), (6, 9)]
    assert list(without((0, 9), [(0, 9)])) == []
    assert list(without((0, 9), [])) == [(0, 9)]


def test_a_value_that_is_fresh_is_none_of_those_taken() -> None:
    assert fresh("other", ["other", "other-x"]) == "other-x-x"


def test_a_name_of_a_port_has_the_numbers_of_known_pods() -> None:
    other = PODS[1]._replace(name="other", ports={"http": 60001}, known=False)
    universe = Universe([*PODS, other])

    assert list(universe.named_ports["http"]) == [8080]
    assert list(universe.numbers["http"]) == [8080, 60001]


def test_classes_are_merged_once_for_each_direction() -> None:
    analysis = Flows(ingress(**ports(TCP80))).analysis

    assert halves(analysis, Direction.INGRESS) is halves(analysis, Direction.INGRESS)


def test_a_pod_that_waits_for_its_identity_is_closed_whatever_is_applied() -> None:
    waiting = Endpoint("waiting", "east", {"reserved:init": ""})
    wide = policy(
        {"ingress": [{"fromEntities": ["all"]}], "enableDefaultDeny": {"ingress": False}},
        kind="CiliumClusterwideNetworkPolicy",
    )

    for given in ([], [ingress(fromEndpoints=[{}])]):
        flows = Flows(*given, endpoints=(*PODS, waiting))
        assert not flows.enters("web", "waiting")
        assert not flows.leaves("waiting", "web")
    assert Flows(wide, endpoints=(*PODS, waiting)).enters("web", "waiting")
    assert Flows(enforcement=Enforcement.NEVER, endpoints=(*PODS, waiting)).enters("web", "waiting")


def test_peers_of_a_policy_for_waiting_pods_are_of_its_namespace_since_1_14_2() -> None:
    escaping = {"matchExpressions": [{"key": "reserved:init", "operator": "DoesNotExist"}]}
    given = policy({"endpointSelector": escaping, "ingress": [{"fromEndpoints": [{}]}]})

    assert Flows(given, version="1.18.3").entering("api") == {"web", "api", "far"}
    assert "job" in Flows(given, version="1.14.1").entering("api")


def test_what_from_requires_asks_of_allows_is_not_asked_of_denies() -> None:
    given = policy(
        {
            "ingress": [
                {"fromEntities": ["all"]},
                {
                    "fromRequires": [{"matchLabels": {"app": "db"}}],
                    "fromEndpoints": [{"matchLabels": {"app": "web"}}],
                },
            ],
            "ingressDeny": [{"fromEndpoints": [{"matchLabels": {"app": "web"}}]}],
        }
    )

    assert not Flows(given).enters("web", "api")
