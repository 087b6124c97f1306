"""
NetworkPolicies mean what the Kubernetes documentation says, and where Cilium differs, what it does.

https://kubernetes.io/docs/concepts/services-networking/network-policies/
"""

from typing import Any

import pytest
from flows import Flows

EVERYONE = {"web", "api", "db", "job", "far", "inside", "outside", "host"}
PODS = {"web", "api", "db", "job", "far"}


def policy(spec: dict[str, Any], namespace: str = "shop") -> dict[str, Any]:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "np", "namespace": namespace},
        "spec": {"podSelector": {"matchLabels": {"app": "api"}}, **spec},
    }


def ingress(*peers: dict[str, Any], **rule: Any) -> dict[str, Any]:
    return policy({"ingress": [{"from": list(peers), **rule}]})


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(policy({"policyTypes": ["Ingress"]}), set(), id="no rule: nobody"),
        pytest.param(policy({"ingress": []}), set(), id="an empty list of rules: nobody"),
        pytest.param(policy({"ingress": [{}]}), EVERYONE, id="an empty rule: everybody"),
        pytest.param(ingress(), EVERYONE, id="an empty list of peers: everybody"),
        pytest.param(ingress({"podSelector": {}}), {"web", "api", "far"}, id="all pods of the namespace"),
        pytest.param(ingress({"namespaceSelector": {}}), PODS, id="all pods of all namespaces"),
        pytest.param(
            ingress({"namespaceSelector": {"matchLabels": {"team": "data"}}}),
            {"db"},
            id="a namespace by label",
        ),
        pytest.param(
            ingress({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "batch"}}}),
            {"job"},
            id="a namespace by its name",
        ),
        pytest.param(
            ingress(
                {
                    "namespaceSelector": {"matchLabels": {"team": "data"}},
                    "podSelector": {"matchLabels": {"app": "web"}},
                }
            ),
            set(),
            id="both selectors in one peer: both must hold",
        ),
        pytest.param(
            ingress(
                {"namespaceSelector": {"matchLabels": {"team": "data"}}},
                {"podSelector": {"matchLabels": {"app": "web"}}},
            ),
            {"db", "web", "far"},
            id="two peers: one of them must hold",
        ),
        pytest.param(
            ingress(
                {
                    "podSelector": {
                        "matchExpressions": [{"key": "tier", "operator": "NotIn", "values": ["front"]}]
                    }
                }
            ),
            {"api"},
            id="NotIn",
        ),
        pytest.param(
            ingress(
                {
                    "namespaceSelector": {},
                    "podSelector": {"matchExpressions": [{"key": "tier", "operator": "DoesNotExist"}]},
                }
            ),
            {"db", "job"},
            id="DoesNotExist",
        ),
        pytest.param(
            ingress({"namespaceSelector": {"matchExpressions": [{"key": "team", "operator": "Exists"}]}}),
            {"db", "job"},
            id="a namespace by an expression",
        ),
        pytest.param(ingress({"ipBlock": {"cidr": "192.0.2.0/24"}}), {"inside"}, id="a block"),
        pytest.param(
            ingress({"ipBlock": {"cidr": "0.0.0.0/0", "except": ["192.0.2.0/24"]}}),
            {"outside"},
            id="a block but for a part",
        ),
    ],
)
def test_who_enters(given: dict[str, Any], expected: set[str]) -> None:
    assert Flows(given).entering("api") == expected


def test_pods_that_no_policy_selects_are_open() -> None:
    flows = Flows(ingress({"podSelector": {"matchLabels": {"app": "web"}}}))

    assert flows.entering("db") == EVERYONE
    assert flows.leaving("api") == EVERYONE


def test_several_policies_add_up() -> None:
    flows = Flows(
        ingress({"podSelector": {"matchLabels": {"app": "web"}}}),
        ingress({"ipBlock": {"cidr": "192.0.2.7/32"}}),
    )

    assert flows.entering("api") == {"web", "far", "inside"}


@pytest.mark.parametrize(
    ("ports", "allowed", "denied"),
    [
        pytest.param([{"port": 80}], [(80, "TCP")], [(80, "UDP"), (81, "TCP")], id="TCP is the default"),
        pytest.param([{"port": 53, "protocol": "UDP"}], [(53, "UDP")], [(53, "TCP")], id="a protocol"),
        pytest.param([{"protocol": "SCTP"}], [(1, "SCTP"), (9, "SCTP")], [(9, "TCP")], id="a whole protocol"),
        pytest.param([{"port": 80, "endPort": 82}], [(80, "TCP"), (82, "TCP")], [(83, "TCP")], id="a range"),
        pytest.param([{"port": "http"}], [(8080, "TCP")], [(80, "TCP")], id="a name is the pod's own"),
        pytest.param([{"port": "nope"}], [], [(80, "TCP"), (8080, "TCP")], id="a name that the pod lacks"),
        pytest.param([], [(1, "TCP"), (1, "SCTP")], [], id="an empty list is every port"),
    ],
)
def test_ports(ports: list[Any], allowed: list[Any], denied: list[Any]) -> None:
    flows = Flows(policy({"ingress": [{"from": [{"podSelector": {}}], "ports": ports}]}))

    assert [port for port in allowed if not flows.enters("web", "api", *port)] == []
    assert [port for port in denied if flows.enters("web", "api", *port)] == []


@pytest.mark.parametrize(
    ("spec", "closed"),
    [
        pytest.param({}, ("ingress",), id="neither types nor rules: ingress"),
        pytest.param({"egress": [{}]}, ("ingress",), id="a rule for egress allows all there"),
        pytest.param({"policyTypes": ["Egress"]}, ("egress",), id="egress alone"),
        pytest.param({"policyTypes": ["Ingress", "Egress"]}, ("ingress", "egress"), id="both"),
    ],
)
def test_which_directions_are_closed(spec: dict[str, Any], closed: tuple[str, ...]) -> None:
    flows = Flows(policy(spec))

    assert flows.enters("web", "api") is ("ingress" not in closed)
    assert flows.leaves("api", "web") is ("egress" not in closed)


def test_egress_to_a_namespace_and_to_a_block() -> None:
    to = [{"namespaceSelector": {"matchLabels": {"team": "data"}}}, {"ipBlock": {"cidr": "192.0.2.0/24"}}]
    flows = Flows(policy({"policyTypes": ["Egress"], "egress": [{"to": to, "ports": [{"port": 5432}]}]}))

    assert flows.leaving("api", 5432) == {"db", "inside"}
    assert flows.leaving("api", 443) == set()


def test_a_named_port_on_egress_is_one_number_for_all_before_1_20() -> None:
    spec = {"policyTypes": ["Egress"], "egress": [{"ports": [{"port": "sql"}]}]}

    assert Flows(policy(spec)).leaving("api", 5432) == EVERYONE
    assert Flows(policy(spec), version="1.20.0").leaving("api", 5432) == {"db"}


def test_without_a_namespace_it_is_the_default_one() -> None:
    given = policy({"policyTypes": ["Ingress"]})
    del given["metadata"]["namespace"]

    assert Flows(given).entering("api") == EVERYONE


class TestWhereCiliumDiffers:
    """Each difference with its reason."""

    def test_from_1_19_peers_are_those_of_the_local_cluster(self) -> None:
        """policy-default-local-cluster; Kubernetes knows one cluster only."""
        given = ingress({"podSelector": {"matchLabels": {"app": "web"}}})

        assert Flows(given, version="1.18.3").entering("api") == {"web", "far"}
        assert Flows(given, version="1.19.5").entering("api") == {"web"}

    def test_a_selector_may_name_another_cluster(self) -> None:
        """Cilium's labels are labels like others."""
        given = ingress({"podSelector": {"matchLabels": {"io.cilium.k8s.policy.cluster": "west"}}})

        assert Flows(given, version="1.19.5").entering("api") == {"far"}

    def test_a_block_never_selects_pods(self) -> None:
        """Pods have identities; to Kubernetes a block selects whoever has such an address."""
        assert Flows(ingress({"ipBlock": {"cidr": "0.0.0.0/0"}})).entering("api") == {"inside", "outside"}

    @pytest.mark.parametrize(
        ("version", "more"), [("1.19.4", {"web", "api"}), ("1.19.5", set()), ("1.18.3", set())]
    )
    def test_a_block_alone_admits_the_namespace_too(self, version: str, more: set[str]) -> None:
        """CVE-2026-56743."""
        given = ingress({"ipBlock": {"cidr": "192.0.2.0/24"}})

        assert Flows(given, version=version).entering("api") == {"inside", *more}

    def test_before_1_16_a_range_is_its_first_port(self) -> None:
        """EndPort is overlooked."""
        given = policy({"ingress": [{"ports": [{"port": 80, "endPort": 82}]}]})

        assert Flows(given, version="1.15.7").enters("web", "api", 80)
        assert not Flows(given, version="1.15.7").enters("web", "api", 82)


def test_what_is_no_network_policy_is_refused_and_closes_nothing() -> None:
    flows = Flows({"kind": "NetworkPolicy", "metadata": {"name": "np"}, "spec": {"ingress": [{"from": 1}]}})

    assert flows.applied.readings[0].refusals[0].reason == "it does not have the shape of a NetworkPolicy"
    assert flows.entering("api") == EVERYONE


ANY_POD = {"podSelector": {}}
TEN = "10.0.0.0/8"


def peers(*written: dict[str, Any], key: str = "from") -> dict[str, Any]:
    return {"ingress" if key == "from" else "egress": [{key: list(written)}]}


def addresses(cidr: str, *parts: Any) -> dict[str, Any]:
    return peers({"ipBlock": {"cidr": cidr, "except": list(parts)}})


def port(**written: Any) -> dict[str, Any]:
    return {"ingress": [{"ports": [written]}]}


def refused(spec: dict[str, Any]) -> list[str]:
    return [
        f"{'.'.join(map(str, each.path[1:]))}: {each.reason}"
        for each in Flows(policy(spec)).applied.readings[0].refusals
    ]


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ({"policyTypes": ["ingress"]}, "policyTypes.0: 'ingress' is neither Ingress nor Egress"),
        (
            {"podSelector": {"matchLabels": {"k8s:app": "a"}}},
            "k8s:app: 'k8s:app' is not a label key",
        ),
        ({"podSelector": {"matchExpressions": [{"key": "a", "operator": "Is"}]}}, "no operator 'Is'"),
        (peers({}), "ingress.0.from.0: a peer is a podSelector, a namespaceSelector"),
        (
            {"egress": [{"to": [{"podSelector": {"matchLabels": {"a": "b c"}}}]}]},
            "'b c' is not a label value",
        ),
        (
            peers(ANY_POD | {"ipBlock": {"cidr": TEN}}),
            "ipBlock and podSelector cannot",
        ),
        (addresses("10.0.0.0"), "'10.0.0.0' is not a CIDR"),
        (addresses(TEN, "10.0.0.0/8"), "smaller"),
        (
            {"ingress": [{"from": [{"ipBlock": {"cidr": "10.0.0.0/8", "except": ["11.0.0.0/9"]}}]}]},
            "not a part",
        ),
        (addresses(TEN, "::/9"), "not a part"),
        (addresses(TEN, 1), "1 is not a part"),
        (port(protocol="tcp"), "no protocol 'tcp': TCP, UDP, SCTP"),
        (port(port="80"), "'80' is not the name of a port, and a number has no"),
        (port(port="HTTP"), "'HTTP' is not the name of a port"),
        (port(port="a-name-of-sixteen"), "is not the name of a port"),
        (port(port=0), "port: 0 is not a port"),
        (port(port=65536), "65536 is not a port"),
        (port(endPort=90), "endPort needs a port that is a number"),
        (port(port="http", endPort=90), "endPort needs a port"),
        (port(port=80, endPort=79), "79 is not a port from 80 on"),
        (port(port=80, endPort=70000), "70000 is not a port from 80 on"),
    ],
    ids=str,
)
def test_what_the_api_server_refuses_closes_nothing(spec: dict[str, Any], reason: str) -> None:
    told = refused(spec)
    assert len(told) == 1
    assert reason in told[0]
    assert Flows(policy(spec)).entering("api") == EVERYONE


@pytest.mark.parametrize(
    "spec",
    [
        {"policyTypes": ["Egress"], "egress": [{"to": [ANY_POD], "ports": [{"port": 80, "endPort": 90}]}]},
        {"ingress": [{"from": [{"ipBlock": {"cidr": "10.1.2.3/8", "except": ["10.1.0.0/16"]}}]}]},
        {"ingress": [{"ports": [{"port": "http"}, {"protocol": "SCTP"}, {"port": 1, "endPort": None}]}]},
        {"podSelector": {"matchExpressions": [{"key": "a", "operator": "In", "values": ["b"]}]}},
    ],
    ids=str,
)
def test_what_the_api_server_takes(spec: dict[str, Any]) -> None:
    assert refused(spec) == []


@pytest.mark.parametrize("cidr", [True, 5, None, ["192.0.2.0/24"]], ids=repr)
def test_a_block_that_is_no_text_is_refused(cidr: object) -> None:
    """The standard library would take a number for an address."""
    assert refused({"ingress": [{"from": [{"ipBlock": {"cidr": cidr}}]}]}) == [
        f"ingress.0.from.0.ipBlock.cidr: {cidr!r} is not a CIDR"
    ]


def test_a_block_without_an_address_is_refused() -> None:
    assert refused({"ingress": [{"from": [{"ipBlock": {}}]}]}) == [
        ": it does not have the shape of a NetworkPolicy"
    ]
