"""The engine says of every flow what the plainest reading of the same policies says."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plain_reading import CLUSTER, NAMESPACE, OF_NAMESPACE, Flow, Party, admits

from meshgen.engine.analysis import Analysis, Verdict
from meshgen.engine.applied import Applied, Setting
from meshgen.engine.cilium_policies import span
from meshgen.engine.entries import Direction
from meshgen.engine.labels import Endpoint, Universe, pod
from meshgen.engine.ports import point
from meshgen.engine.semantics import semantics

CLUSTERS = ("east", "west")
VERSIONS = (
    "1.6.9", "1.7.16", "1.8.13", "1.9.18", "1.10.20", "1.11.20", "1.12.19", "1.13.18", "1.15.7",
    "1.16.6", "1.17.3", "1.18.3", "1.19.4", "1.19.5", "1.20.0",
)  # fmt: skip
CIDRS = ["10.0.0.0/8", "10.1.2.0/24", "10.1.2.3/32", "192.0.2.0/24", "0.0.0.0/0", "::/0", "2001:db8::/32"]
ADDRESSES = ["10.1.2.3", "10.9.9.9", "192.0.2.7", "198.51.100.1", "2001:db8::1", "2001:db9::1"]
PORTS = [(port, protocol) for port in (80, 443, 8080) for protocol in ("TCP", "UDP", "SCTP")]

values = st.sampled_from(["web", "db", "gold"])
names = st.sampled_from(["app", "tier"])
own_keys = st.builds("".join, st.tuples(st.sampled_from(["", "", "k8s:", "any:"]), names))


def expressions(
    keys: st.SearchStrategy[str], of: st.SearchStrategy[str]
) -> st.SearchStrategy[dict[str, Any]]:
    """An expression on one of these keys."""
    listed = st.lists(of, min_size=1, max_size=2, unique=True)
    one_of = st.fixed_dictionaries(
        {"key": keys, "operator": st.sampled_from(["In", "NotIn"]), "values": listed}
    )
    return one_of | st.fixed_dictionaries(
        {"key": keys, "operator": st.sampled_from(["Exists", "DoesNotExist"])}
    )


def _sourced(key: str) -> st.SearchStrategy[str]:
    return st.sampled_from([key, f"k8s:{key}", f"any:{key}"])


PLACES = (
    (_sourced(NAMESPACE), st.sampled_from(["shop", "data", "none"])),
    (_sourced(CLUSTER), st.sampled_from([*CLUSTERS, "north"])),
    (_sourced(f"{OF_NAMESPACE}team"), st.sampled_from(["red", "blue"])),
    (_sourced(f"{OF_NAMESPACE}kubernetes.io/metadata.name"), st.sampled_from(["shop", "data"])),
)


@st.composite
def selectors(draw: st.DrawFn, *, placed: bool = True) -> dict[str, Any]:
    """A selector of labels; a `placed` one asks for namespaces, their labels and clusters as well."""
    labels = draw(st.dictionaries(own_keys, values, max_size=1))
    asked = [draw(expressions(own_keys, values))] if draw(st.integers(0, 2)) == 0 else []
    for keys, of in PLACES if placed else ():
        match draw(st.integers(0, 4)):
            case 0:
                labels[draw(keys)] = draw(of)
            case 1:
                asked.append(draw(expressions(keys, of)))
    if placed and draw(st.integers(0, 15)) == 0:
        labels = {f"reserved:{draw(st.sampled_from(['host', 'world', 'remote-node']))}": ""}
    return {key: part for key, part in (("matchLabels", labels), ("matchExpressions", asked)) if part}


named = st.sampled_from(["80", "80", "8080", "0", "http", "HTTP"])
ports = st.fixed_dictionaries(
    {"port": named},
    optional={
        "protocol": st.sampled_from(["TCP", "UDP", "ANY", "tcp", "SCTP"]),
        "endPort": st.sampled_from([60, 443, 9000]),
    },
)
port_rules = st.lists(
    st.builds(lambda of: {"ports": of} if of else {}, st.lists(ports, max_size=2)), max_size=2
)
cidr_sets = st.fixed_dictionaries(
    {"cidr": st.just("10.0.0.0/8")}, optional={"except": st.just(["10.1.2.0/24"])}
) | st.fixed_dictionaries({"cidr": st.sampled_from(CIDRS)})
entities = st.sampled_from(
    ["all", "world", "cluster", "host", "remote-node", "init", "health", "kube-apiserver"]
)


@st.composite
def rules(draw: st.DrawFn, word: str) -> dict[str, Any]:
    """A rule with one kind of peers at most; lists may be empty."""
    rule: dict[str, Any] = {}
    kinds = {
        "Endpoints": selectors(),
        "Entities": entities,
        "CIDR": st.sampled_from(CIDRS),
        "CIDRSet": cidr_sets,
    }
    kind = draw(st.sampled_from(["", "Endpoints", "Endpoints", "Endpoints", "Entities", "CIDR", "CIDRSet"]))
    if kind:
        rule[f"{word}{kind}"] = draw(
            st.lists(kinds[kind], min_size=draw(st.sampled_from([0, 1, 1])), max_size=2)
        )
    if draw(st.booleans()):
        rule["toPorts"] = draw(port_rules)
    return rule


SECTIONS = (("ingress", "from"), ("egress", "to"), ("ingressDeny", "from"), ("egressDeny", "to"))


@st.composite
def blocks(draw: st.DrawFn) -> dict[str, Any]:
    block: dict[str, Any] = {"endpointSelector": draw(selectors(placed=draw(st.integers(0, 3)) == 0))}
    for section, word in SECTIONS:
        if draw(st.integers(0, 5 if section.endswith("Deny") else 1)) == 0:
            block[section] = draw(st.lists(rules(word), min_size=1, max_size=2))
    if draw(st.integers(0, 3)) == 0:
        sides = st.sampled_from(["ingress", "egress"])
        block["enableDefaultDeny"] = draw(st.dictionaries(sides, st.booleans()))
    return block


kubernetes_selectors = st.fixed_dictionaries(
    {},
    optional={
        "matchLabels": st.dictionaries(names, values, max_size=1),
        "matchExpressions": st.lists(expressions(names, values), max_size=1),
    },
)
namespace_selectors = st.fixed_dictionaries(
    {},
    optional={
        "matchLabels": st.just({"team": "red"}) | st.just({"kubernetes.io/metadata.name": "data"}),
        "matchExpressions": st.lists(
            expressions(st.just("team"), st.sampled_from(["red", "blue"])), max_size=1
        ),
    },
)
kubernetes_peers = (
    st.fixed_dictionaries(
        {"podSelector": kubernetes_selectors}, optional={"namespaceSelector": namespace_selectors}
    )
    | st.fixed_dictionaries({"namespaceSelector": namespace_selectors})
    | st.fixed_dictionaries({"ipBlock": cidr_sets})
)
kubernetes_ports = (
    st.fixed_dictionaries({}, optional={"protocol": st.sampled_from(["TCP", "UDP", "SCTP"])})
    | st.fixed_dictionaries(
        {"port": st.sampled_from([80, 8080, "http"])}, optional={"protocol": st.just("UDP")}
    )
    | st.fixed_dictionaries({"port": st.just(80), "endPort": st.sampled_from([80, 443, 9000])})
)


@st.composite
def network_specs(draw: st.DrawFn) -> dict[str, Any]:
    spec: dict[str, Any] = {"podSelector": draw(kubernetes_selectors)}
    for section, word in SECTIONS[:2]:
        of = {word: st.lists(kubernetes_peers, max_size=2), "ports": st.lists(kubernetes_ports, max_size=2)}
        if draw(st.booleans()):
            spec[section] = draw(st.lists(st.fixed_dictionaries({}, optional=of), max_size=2))
    if draw(st.booleans()):
        spec["policyTypes"] = draw(st.lists(st.sampled_from(["Ingress", "Egress"]), max_size=2, unique=True))
    return spec


@st.composite
def policies(draw: st.DrawFn) -> dict[str, Any]:
    """A policy of any kind."""
    kind = draw(
        st.sampled_from(["NetworkPolicy", *["CiliumNetworkPolicy"] * 3, "CiliumClusterwideNetworkPolicy"])
    )
    metadata = {"name": "p"}
    if "Clusterwide" not in kind:
        metadata["namespace"] = draw(st.sampled_from(["shop", "data"]))
    body: dict[str, Any] = {"spec": draw(network_specs() if kind == "NetworkPolicy" else blocks())}
    if kind != "NetworkPolicy" and draw(st.integers(0, 4)) == 0:
        body = {"specs": draw(st.lists(blocks(), min_size=1, max_size=2))}
    return {"kind": kind, "metadata": metadata, **body}


TEAMS = {"shop": {"team": "red"}, "data": {"team": "blue"}, "other": {}}


@st.composite
def pods(draw: st.DrawFn, number: int) -> Endpoint:
    """A pod of one of two clusters."""
    namespace = draw(st.sampled_from(sorted(TEAMS)))
    return pod(
        f"pod{number}",
        cluster=draw(st.sampled_from(CLUSTERS)),
        namespace=namespace,
        labels=draw(st.dictionaries(names, values, max_size=2)),
        namespace_labels=TEAMS[namespace],
        ports=draw(st.sampled_from([{}, {}, {"http": 8080}, {"http": 80}])),
    )


NODES = ("host", "remote-node", "health", "unmanaged", "init", "kube-apiserver", "ingress")
OTHERS = [
    *(Endpoint(text, "", {"reserved:world": ""}, address=span(text)) for text in ADDRESSES),
    *(Endpoint(name, "", {f"reserved:{name}": ""}) for name in NODES),
]


def party(endpoint: Endpoint) -> Party:
    address = endpoint.name if endpoint.address else ""
    return Party(endpoint.name, dict(endpoint.labels), endpoint.cluster, address, dict(endpoint.ports))


@given(st.data())
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_flow_is_judged_as_its_policies_read(data: st.DataObject) -> None:
    version = data.draw(st.sampled_from(VERSIONS))
    minor, patch = map(int, version.split(".")[1:])
    local = data.draw(st.booleans()) if minor >= 18 else False
    endpoints = [data.draw(pods(number)) for number in range(data.draw(st.integers(1, 3)))] + OTHERS
    everybody = tuple(map(party, endpoints))
    written = {name: data.draw(st.lists(policies(), max_size=2)) for name in CLUSTERS}
    applied = [
        Applied(Setting(name, semantics(version, local_cluster=local), of)) for name, of in written.items()
    ]
    taken = {
        each.setting.name: [
            policy
            for policy, reading in zip(each.setting.policies, each.readings, strict=True)
            if not reading.refusals
        ]
        for each in applied
    }
    analysis = Analysis(Universe(endpoints), applied)

    for subject, own in enumerate(endpoints):
        for peer in range(len(endpoints)) if own.cluster else ():
            for port, protocol in PORTS:
                for direction in Direction:
                    judged = analysis.judge(subject, peer, point(port, protocol), direction)
                    flow = Flow(
                        everybody[subject], everybody[peer], port, protocol, direction.value, everybody
                    )
                    admitted = admits(flow, taken[own.cluster], (minor, patch), local=local)
                    assert judged is not None
                    assert judged.verdict is (Verdict.ALLOWED if admitted else Verdict.DENIED), flow[:5]
