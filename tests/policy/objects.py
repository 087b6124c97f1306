"""Random policy objects and pods, for laws about all of them."""

from typing import Any

from hypothesis import strategies as st

from meshgen.engine.labels import Endpoint, pod

CLUSTERS = ("east", "west")
NAMESPACES = ("shop", "data")
VERSIONS = ("1.6.9", "1.15.7", "1.18.3", "1.19.4", "1.20.0")

apps = st.sampled_from(["web", "api", "db"])
tiers = st.sampled_from(["gold", "iron"])

expressions = st.fixed_dictionaries(
    {
        "key": st.sampled_from(["app", "tier", "k8s:app", "any:tier"]),
        "operator": st.sampled_from(["In", "NotIn", "Exists", "DoesNotExist"]),
    }
).flatmap(
    lambda written: (
        st.lists(apps | tiers, min_size=1, max_size=2, unique=True).map(
            lambda values: {**written, "values": values}
        )
        if written["operator"] in {"In", "NotIn"}
        else st.just(written)
    )
)

matching = st.dictionaries(
    st.sampled_from(["app", "k8s:app", "tier"]), st.sampled_from(["web", "api", "db", "gold"]), max_size=2
)


@st.composite
def selectors(draw: st.DrawFn, *, scoped: bool = False) -> dict[str, Any]:
    """A label selector; a `scoped` one may name namespaces and clusters, too."""
    labels = dict(draw(matching))
    if scoped:
        if draw(st.booleans()):
            key = draw(st.sampled_from(["", "k8s:"])) + "io.kubernetes.pod.namespace"
            labels[key] = draw(st.sampled_from(NAMESPACES))
        if draw(st.booleans()):
            labels["k8s:io.cilium.k8s.policy.cluster"] = draw(st.sampled_from((*CLUSTERS, "north")))
    found: dict[str, Any] = {"matchLabels": labels} if labels else {}
    if draw(st.integers(0, 3)) == 0:
        found["matchExpressions"] = [draw(expressions)]
    return found


@st.composite
def port_rules(draw: st.DrawFn) -> list[dict[str, Any]]:
    """The toPorts of a rule."""
    ports = st.fixed_dictionaries(
        {"port": st.sampled_from(["80", "443", "8000", "0"])},
        optional={
            "protocol": st.sampled_from(["TCP", "UDP", "ANY"]),
            "endPort": st.sampled_from([500, 9000]),
        },
    )
    return [{"ports": draw(st.lists(ports, min_size=1, max_size=2))}]


@st.composite
def rules(draw: st.DrawFn, word: str) -> dict[str, Any]:
    """A rule of a block; `word` is `from` or `to`."""
    rule: dict[str, Any] = {}
    kind = draw(st.integers(0, 6))
    if kind <= 3:
        rule[f"{word}Endpoints"] = draw(st.lists(selectors(scoped=True), min_size=1, max_size=2))
    elif kind == 4:
        rule[f"{word}Entities"] = [draw(st.sampled_from(["all", "world", "cluster", "host"]))]
    elif kind == 5:
        rule[f"{word}CIDR"] = [draw(st.sampled_from(["10.0.0.0/8", "192.0.2.0/24", "0.0.0.0/0"]))]
    if draw(st.booleans()):
        rule["toPorts"] = draw(port_rules())
    return rule


@st.composite
def policies(draw: st.DrawFn) -> dict[str, Any]:
    """A CiliumNetworkPolicy or a cluster-wide one."""
    wide = draw(st.integers(0, 4)) == 0
    spec: dict[str, Any] = {"endpointSelector": draw(selectors())}
    for section, word in (
        ("ingress", "from"),
        ("egress", "to"),
        ("ingressDeny", "from"),
        ("egressDeny", "to"),
    ):
        if draw(st.integers(0, 3 if section.endswith("Deny") else 1)) == 0:
            spec[section] = draw(st.lists(rules(word), min_size=1, max_size=2))
    if draw(st.integers(0, 4)) == 0:
        spec["enableDefaultDeny"] = {"ingress": draw(st.booleans()), "egress": draw(st.booleans())}
    metadata = {"name": "p"} if wide else {"name": "p", "namespace": draw(st.sampled_from(NAMESPACES))}
    kind = "CiliumClusterwideNetworkPolicy" if wide else "CiliumNetworkPolicy"
    return {"apiVersion": "cilium.io/v2", "kind": kind, "metadata": metadata, "spec": spec}


@st.composite
def pods(draw: st.DrawFn) -> Endpoint:
    """Any pod, with labels that policies name and with others."""
    labels = draw(
        st.dictionaries(
            st.sampled_from(["app", "tier", "color"]),
            st.sampled_from(["web", "api", "db", "gold", "iron", "blue"]),
            max_size=3,
        )
    )
    return pod(
        "pod",
        cluster=draw(st.sampled_from(CLUSTERS)),
        namespace=draw(st.sampled_from((*NAMESPACES, "kube-system"))),
        labels=labels,
    )
