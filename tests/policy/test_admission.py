"""What Cilium refuses, version by version: such an object closes nothing and allows nothing."""

from typing import Any

import pytest
from flows import Flows

from meshgen.engine.admission import refusals
from meshgen.engine.ports import icmp_range, range_without_ports, told
from meshgen.engine.semantics import semantics


def policy(spec: Any = None, kind: str = "CiliumNetworkPolicy", **more: Any) -> dict[str, Any]:
    whole = {"endpointSelector": {}, **spec} if isinstance(spec, dict) else spec
    namespace = {} if "Clusterwide" in kind else {"namespace": "shop"}
    made = {"apiVersion": "cilium.io/v2", "kind": kind, "metadata": {"name": "p", **namespace}}
    return made | ({"spec": whole} if whole is not None else {}) | more


def ingress(**rule: Any) -> dict[str, Any]:
    return policy({"ingress": [rule]})


def egress(**rule: Any) -> dict[str, Any]:
    return policy({"egress": [rule]})


def ports(*written: Any, **more: Any) -> dict[str, Any]:
    return {"toPorts": [{"ports": list(written), **more}]}


TCP80 = {"port": "80", "protocol": "TCP"}
PEER = {"fromEndpoints": [{}]}


def reasons(given: dict[str, Any], version: str) -> list[str]:
    return [f"{'.'.join(map(str, each.path))}: {each.reason}" for each in refusals(given, semantics(version))]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        pytest.param(policy(metadata={}), "metadata: it has no name", id="no name"),
        pytest.param(policy(), ": it has neither spec nor specs", id="no block"),
        pytest.param(
            policy({"endpointSelector": None, "ingress": [{}]}), "spec: a block needs an", id="no subject"
        ),
        pytest.param(policy({"ingress": 1}), ": it does not have the shape", id="no list"),
        pytest.param(
            ingress(fromEndpoints=[{}], fromEntities=["world"]),
            "spec.ingress.0.fromEntities: fromEndpoints and fromEntities cannot stand in one rule",
            id="two kinds of peers",
        ),
        pytest.param(
            egress(toCIDR=["10.0.0.0/8"], toCIDRSet=[{"cidr": "10.0.0.0/8"}]),
            "spec.egress.0.toCIDRSet: toCIDR and toCIDRSet cannot",
            id="two kinds of CIDRs",
        ),
        pytest.param(ingress(fromEntities=["mars"]), "there is no entity 'mars'", id="an entity"),
        pytest.param(ingress(fromCIDR=["10.0.0.300/8"]), "is neither a CIDR nor an address", id="a CIDR"),
        pytest.param(ingress(fromCIDR=[1]), "1 is neither a CIDR nor an address", id="a number"),
        pytest.param(
            ingress(fromCIDRSet=[{"cidr": "10.0.0.1"}]), "'10.0.0.1' is not a CIDR", id="an address in a set"
        ),
        pytest.param(
            ingress(fromCIDRSet=[{"cidr": "10.0.0.0/8", "except": ["192.0.2.0/24"]}]),
            "spec.ingress.0.fromCIDRSet.0.except.0: '192.0.2.0/24' is not a part of 10.0.0.0/8",
            id="an exception outside",
        ),
        pytest.param(
            egress(toFQDNs=[{"matchName": "a", "matchPattern": "*"}]),
            "spec.egress.0.toFQDNs.0: matchName and matchPattern cannot stand together",
            id="a name and a pattern",
        ),
        pytest.param(egress(toFQDNs=[{"matchName": "a b"}]), "is not a domain name", id="a domain"),
        pytest.param(
            egress(toFQDNs=[{"matchPattern": "a/b"}]), "is not a pattern of domain names", id="a pattern"
        ),
        pytest.param(
            ingress(**ports({"port": 80})), "a port must be given, as text", id="a port as a number"
        ),
        pytest.param(ingress(**ports({"protocol": "TCP"})), "a port must be given", id="no port"),
        pytest.param(ingress(**ports({"port": "80a-"})), "'80a-' is not a port", id="a bad port"),
        pytest.param(ingress(**ports({"port": "70000"})), "'70000' is not a port", id="a large port"),
        pytest.param(
            ingress(**ports({"port": "80", "protocol": "HTTP"})),
            "there is no protocol 'HTTP'",
            id="a protocol",
        ),
        pytest.param(ingress(**ports(*[TCP80] * 41)), "a list of ports has at most 40", id="41 ports"),
        pytest.param(
            ingress(**ports({"port": "80", "protocol": "UDP"}, rules={"http": [{}]})),
            "rules about requests hold for TCP and not for UDP",
            id="HTTP over UDP",
        ),
        pytest.param(
            ingress(**ports({"port": "80"}, rules={"http": [{}]})),
            "and not for ANY",
            id="HTTP without a protocol",
        ),
        pytest.param(
            ingress(**ports(TCP80, rules={"dns": [{"matchPattern": "*"}]})),
            "rules for DNS are not allowed on ingress",
            id="DNS on ingress",
        ),
        pytest.param(
            egress(**ports(rules={"dns": [{"matchPattern": "*"}]})),
            "rules for DNS need port 53",
            id="DNS, no port",
        ),
        pytest.param(
            ingress(**ports(TCP80, rules={"http": [{}], "kafka": [{}]})),
            "rules of one protocol only",
            id="two protocols",
        ),
        pytest.param(ingress(**ports(TCP80, rules={"l7": [{}]})), "l7 needs l7proto", id="l7 alone"),
        pytest.param(
            ingress(**ports(TCP80, rules={"http": [{}], "l7proto": "r2d2"})),
            "rules of one protocol only",
            id="two protocols, one of them by its name",
        ),
        pytest.param(
            ingress(**ports({"port": "80", "protocol": "UDP"}, rules={"http": []})),
            "rules about requests hold for TCP and not for UDP",
            id="an empty list of requests over UDP",
        ),
        pytest.param(
            ingress(**ports({"port": "0", "protocol": "TCP"}, rules={"http": [{}]})),
            "rules about requests cannot be used with port 0",
            id="requests at port 0",
        ),
        pytest.param(
            policy({"endpointSelector": {"matchLabels": {"app": "a/b"}}, "ingress": [{}]}),
            "spec.endpointSelector.matchLabels.app: 'a/b' is not a label value",
            id="a label value",
        ),
        pytest.param(
            policy({"endpointSelector": {"matchLabels": {"a b": "c"}}, "ingress": [{}]}),
            "'a b' is not a label key",
            id="a key",
        ),
        pytest.param(
            policy({"endpointSelector": {"matchLabels": {"k8s:A_/b": "c"}}, "ingress": [{}]}),
            "is not a label key",
            id="a prefix",
        ),
        pytest.param(
            ingress(fromEndpoints=[{"matchExpressions": [{"key": "a", "operator": "Is"}]}]),
            "there is no operator 'Is'",
            id="an operator",
        ),
        pytest.param(
            ingress(fromEndpoints=[{"matchExpressions": [{"key": "a", "operator": "In"}]}]),
            "the operator In needs values",
            id="no values",
        ),
        pytest.param(
            ingress(
                fromEndpoints=[{"matchExpressions": [{"key": "a", "operator": "Exists", "values": ["b"]}]}]
            ),
            "the operator Exists takes no values",
            id="too many values",
        ),
        pytest.param(
            ingress(
                fromEndpoints=[{"matchExpressions": [{"key": "a", "operator": "In", "values": ["b c"]}]}]
            ),
            "matchExpressions.0.values.0: 'b c' is not a label value",
            id="a value in an expression",
        ),
        pytest.param(policy({"nodeSelector": {}, "ingress": [{}]}), "a block has either", id="two subjects"),
        pytest.param(
            policy({"endpointSelector": None, "nodeSelector": {}, "ingress": [{}]}),
            "only a CiliumClusterwideNetworkPolicy has a nodeSelector",
            id="nodes in a namespace",
        ),
        pytest.param(
            ingress(icmps=[{"fields": [{"type": 8}]}], **ports(TCP80)),
            "icmps and toPorts cannot stand in one rule",
            id="ICMP and ports",
        ),
        pytest.param(ingress(icmps=[{"fields": [{"type": 256}]}]), "256 is not a type of ICMP", id="a type"),
        pytest.param(ingress(icmps=[{"fields": [{"type": True}]}]), "True is not a type", id="a switch"),
        pytest.param(
            ingress(icmps=[{"fields": [{"type": "PacketTooBig"}]}]),
            "'PacketTooBig' is not a type of ICMP messages of IPv4",
            id="a type of the other family",
        ),
        pytest.param(ingress(icmps=[{"fields": [{"type": "08"}]}]), "'08' is not a type", id="an octal type"),
        pytest.param(
            ingress(icmps=[{"fields": [{"type": 8, "family": "ipv4"}]}]), "no family 'ipv4'", id="a family"
        ),
        pytest.param(
            ingress(icmps=[{"fields": [{"type": 8}] * 41}]), "ICMP types has at most 40", id="many types"
        ),
        pytest.param(ingress(**ports(TCP80 | {"endPort": 70000})), "70000 is not a port", id="an end"),
        pytest.param(ingress(**ports(TCP80 | {"endPort": "90"})), "'90' is not a port", id="an end as text"),
        pytest.param(ingress(**ports(TCP80 | {"port": "80 "})), "'80 ' is not a port", id="a blank"),
        pytest.param(ingress(**ports(TCP80 | {"port": "٤٤٣"})), "is not a port", id="other digits"),
        pytest.param(ingress(**ports(TCP80 | {"port": "+80"})), "'+80' is not a port", id="a sign"),
        pytest.param(ingress(**ports(TCP80 | {"protocol": "IPX"})), "no protocol 'IPX'", id="a protocol"),
        pytest.param(
            egress(**ports({"port": "53", "endPort": 54}, rules={"dns": [{"matchPattern": "*"}]})),
            "rules for DNS hold for one port",
            id="a range for DNS",
        ),
        pytest.param(ingress(fromCIDR=["10.0.0.0/255.0.0.0"]), "neither a CIDR nor", id="a mask"),
        pytest.param(ingress(fromCIDR=["10.0.0.0/08"]), "neither a CIDR nor", id="a length with a zero"),
    ],
)
def test_refused_by_1_18_and_so_without_effect(given: dict[str, Any], reason: str) -> None:
    told = reasons(given, "1.18.3")

    assert any(reason in each for each in told), told
    assert Flows(given).entering("api") == Flows().entering("api")


@pytest.mark.parametrize(
    ("given", "refusing", "taking", "reason"),
    [
        pytest.param(policy({"ingress": []}), "1.18.3", "1.17.2", "a block needs a rule", id="no rule"),
        pytest.param(
            ingress(**ports({"port": "http"})), "1.6.9", "1.8.0", "needs Cilium 1.8", id="named ports"
        ),
        pytest.param(
            ingress(**ports({"port": "0"})), "1.10.1", "1.11.0", "port 0 needs Cilium 1.11", id="port 0"
        ),
        pytest.param(
            ingress(fromCIDR=["10.0.0.0/8"], **ports(TCP80)),
            "1.8.9",
            "1.9.0",
            "needs Cilium 1.9",
            id="CIDR and ports",
        ),
        pytest.param(
            policy({"ingress": [{}]}, kind="CiliumClusterwideNetworkPolicy"),
            "1.6.9",
            "1.7.0",
            "does not know",
            id="cluster-wide",
        ),
        pytest.param(
            ingress(fromRequires=[{}], **PEER),
            "1.19.0",
            "1.18.3",
            "fromRequires was removed in Cilium 1.19",
            id="fromRequires",
        ),
        pytest.param(
            ingress(fromNodes=[{}]),
            "1.16.0",
            "1.15.9",
            "needs the agent's flag enable-node-selector-labels",
            id="fromNodes",
        ),
        pytest.param(
            ingress(icmps=[{"fields": [{"type": "EchoRequest"}]}]),
            "1.15.9",
            "1.16.0",
            "'EchoRequest' is not a type",
            id="a name of a type",
        ),
        pytest.param(
            ingress(**ports({"port": "80", "protocol": "SCTP"})),
            "1.12.19",
            "1.13.0",
            "no protocol",
            id="SCTP",
        ),
        pytest.param(
            ingress(**ports({"port": "0", "protocol": "VRRP"})), "1.18.3", "1.19.0", "no protocol", id="VRRP"
        ),
        pytest.param(
            ingress(**ports({"port": "0", "protocol": "gre"})), "1.19.4", "1.20.0", "no protocol", id="GRE"
        ),
        pytest.param(
            ingress(fromEntities=["kube-apiserver"]), "1.10.0", "1.11.0", "no entity", id="kube-apiserver"
        ),
        pytest.param(ingress(fromEntities=["ingress"]), "1.12.0", "1.13.0", "no entity", id="ingress"),
        pytest.param(
            ingress(**ports(TCP80, rules={"kafka": [{}]})),
            "1.20.0",
            "1.19.4",
            "were removed in Cilium 1.20",
            id="Kafka",
        ),
        pytest.param(
            egress(toServices=[{"k8sService": {}}], **ports(TCP80)),
            "1.16.0",
            "1.17.0",
            "toServices with toPorts",
            id="services",
        ),
        pytest.param(
            policy({"ingressDeny": [{"fromEndpoints": [{}], "fromEntities": ["world"]}]}),
            "1.16.7",
            "1.16.6",
            "fromEndpoints and fromEntities cannot stand in one rule",
            id="two kinds of peers that are denied",
        ),
        pytest.param(
            policy({"ingressDeny": [{"icmps": [{"fields": [{"type": 8}]}], **ports(TCP80)}]}),
            "1.17.0",
            "1.15.9",
            "icmps and toPorts cannot stand in one rule",
            id="ICMP and ports that are denied",
        ),
        pytest.param(
            ingress(**ports({"port": "80", "protocol": "UDP"}, rules={"l7proto": "r2d2"})),
            "1.20.0",
            "1.19.4",
            "were removed in Cilium 1.20",
            id="a protocol of requests without any",
        ),
    ],
)
def test_refused_by_some_versions(given: dict[str, Any], refusing: str, taking: str, reason: str) -> None:
    assert any(reason in each for each in reasons(given, refusing))
    assert reasons(given, taking) == []


@pytest.mark.parametrize(
    "given",
    [
        policy({"ingress": [{}], "egress": [{}]}),
        policy(specs=[{"endpointSelector": {}, "ingress": [PEER]}]),
        ingress(fromCIDRSet=[{"cidrGroupRef": "group"}]),
        ingress(fromCIDR=["2001:db8::1"]),
        egress(toFQDNs=[{"matchPattern": "*.example.com"}], **ports({"port": "443", "protocol": "TCP"})),
        egress(**ports({"port": "53", "protocol": "ANY"}, rules={"dns": [{"matchPattern": "*"}]})),
        policy({"ingressDeny": [PEER]}),
        ingress(icmps=[{"fields": [{"type": 8}, {"type": "8"}, {"type": "Echo"}]}, {}]),
        ingress(icmps=[{"fields": [{"type": "EchoReply", "family": "IPv6"}]}]),
        ingress(icmps=[{"fields": [{"type": 8, "family": None}]}], fromEndpoints=None),
        policy({"egressDeny": [{"toFQDNs": [{"matchName": "x y"}], "toEntities": ["all"]}]}),
        ingress(toServices="x", toFQDNs=3, **PEER),
        ingress(**ports({"port": "http", "endPort": 9, "protocol": "tcp"})),
        egress(**ports({"port": "dns", "endPort": 99}, rules={"dns": [{"matchPattern": "*"}]})),
        policy(
            {"endpointSelector": None, "nodeSelector": {}, "ingress": [{}]},
            kind="CiliumClusterwideNetworkPolicy",
        ),
    ],
    ids=str,
)
def test_taken(given: dict[str, Any]) -> None:
    assert reasons(given, "1.18.3") == []


def test_an_empty_list_of_what_was_removed_is_taken() -> None:
    assert reasons(ingress(fromRequires=[], **PEER), "1.19.4") == []


def test_two_kinds_of_peers_that_are_denied_were_both_denied_before_they_were_refused() -> None:
    given = policy({"ingressDeny": [{"fromEndpoints": [{}], "fromEntities": ["world"]}]}), ingress()
    allowed = policy({"ingress": [{}, {"fromEntities": ["all"]}]})

    assert Flows(*given, allowed, version="1.16.6").entering("api") == {"db", "job", "host"}
    assert Flows(*given, allowed, version="1.16.7").entering("api") == set(Flows().entering("api"))


def test_a_domain_without_a_name_is_no_name_and_still_closes() -> None:
    """Such an object is taken; all that it allows is nothing."""
    assert Flows(egress(toFQDNs=[{}])).leaving("web") == set()
    assert Flows(egress(toFQDNs=[{}], **ports(TCP80))).leaving("web") == set()


@pytest.mark.parametrize(
    ("port", "reason"),
    [
        ({"port": "0"}, None),
        ({"port": "vrrp"}, None),
        ({}, "needs the agent's flag enable-extended-ip-protocols"),
        ({"port": ""}, "needs the agent's flag enable-extended-ip-protocols"),
        ({"port": 0}, 'is "0", and not 0'),
        ({"port": "112"}, "is \"0\", and not '112'"),
    ],
)
def test_the_port_of_a_protocol_without_ports(port: dict[str, Any], reason: str | None) -> None:
    found = reasons(ingress(**ports({"protocol": "VRRP", **port})), "1.19.4")
    assert [each.endswith(str(reason)) for each in found] == ([] if reason is None else [True])


def test_a_key_that_its_section_lacks_is_as_if_it_were_not_there() -> None:
    flows = Flows(ingress(toServices=[{"k8sService": {}}], **PEER, **ports(TCP80)))
    assert flows.entering("api") == Flows(ingress(**PEER, **ports(TCP80))).entering("api")


@pytest.mark.parametrize(
    ("rules", "at"),
    [
        ({"http": ["x"]}, "http"),
        ({"http": "abc"}, "http"),
        ({"http": {"a": 1}}, "http"),
        ({"http": [{"headers": 5}]}, "http"),
        ({"http": [{"headers": [5]}]}, "http"),
        ({"http": [{"path": ["/"]}]}, "http"),
        ({"dns": [["x"]]}, "dns"),
        ({"kafka": [1]}, "kafka"),
        ({"l7proto": 5, "l7": [{}]}, "l7proto"),
    ],
)
def test_rules_about_requests_of_another_shape_are_refused(rules: dict[str, Any], at: str) -> None:
    found = reasons(egress(**ports(TCP80, rules=rules)), "1.18.3")
    place = f"spec.egress.0.toPorts.0.rules.{at}"
    assert found == [f"{place}: {at} does not have the shape that the CRD asks for"]


def test_one_bad_block_drops_the_whole_object() -> None:
    good = {"endpointSelector": {}, "ingress": [{}]}
    bad = {"endpointSelector": {}, "ingress": [{"fromEntities": ["mars"]}]}

    assert Flows(policy(specs=[good])).entering("api") == set()
    assert "web" in Flows(policy(specs=[good, bad])).entering("api")


def test_a_range_for_dns_of_no_port_is_refused_for_the_port() -> None:
    given = egress(**ports({"port": "x y", "endPort": 54}, rules={"dns": [{"matchPattern": "*"}]}))
    assert reasons(given, "1.18.3") == ["spec.egress.0.toPorts.0.ports.0.port: 'x y' is not a port"]


def test_a_protocol_without_ports_opens_no_port() -> None:
    flows = Flows(ingress(**PEER, **ports({"port": "0", "protocol": "VRRP"})), version="1.19.4")
    assert flows.entering("api") == set()


def test_protocols_without_ports_are_told_by_their_names() -> None:
    found = [range_without_ports("GRE"), icmp_range(8, v6=False), icmp_range(128, v6=True)]
    assert told(found) == ("ICMP type 8", "ICMP type 128 (IPv6)", "GRE")
    assert told([(icmp_range(8, v6=False)[0], icmp_range(9, v6=False)[1])]) == ("ICMP type 8", "ICMP type 9")


def test_a_named_type_is_that_type() -> None:
    def entries(kind: Any) -> Any:
        return Flows(ingress(icmps=[{"fields": [{"type": kind}]}])).applied.entries

    assert entries("EchoRequest") == entries(8) == entries("8")
    assert entries("EchoReply") != entries(8)


def test_a_denying_rule_has_no_names_outside() -> None:
    """The CRD has no toFQDNs there: the API server drops the key, and what is left denies nobody."""
    denying = Flows(policy({"egressDeny": [{"toFQDNs": [{"matchName": "a.example"}]}]})).applied.entries
    assert denying == Flows(policy({"egressDeny": [{}]})).applied.entries


def test_groups_of_ingress_came_with_1_16() -> None:
    given = ingress(fromGroups=[{"aws": {}}])
    assert (
        Flows(given, version="1.15.9").applied.entries == Flows(ingress(), version="1.15.9").applied.entries
    )
    assert Flows(given, version="1.16.0").applied.entries[0].peers.unclear
