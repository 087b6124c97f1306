"""Policies of any shape that the published definitions have, and whether Cilium takes them."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import yaml
from definitions import FOLDER
from hypothesis import strategies as st

SECTIONS = {"ingress": "from", "egress": "to", "ingressDeny": "from", "egressDeny": "to"}
MEMBERS = ("Endpoints", "CIDR", "CIDRSet", "Entities", "Nodes", "Groups", "Services", "FQDNs")

_TEXTS = {
    "CIDR": ["10.0.0.0/8", "10.0.0.1", "::/0", "10.1.2.3/8"],
    "cidr": ["10.0.0.0/8", "0.0.0.0/0"],
    "except": ["10.1.0.0/16", "10.0.0.0/8"],
    "port": ["80", "0", "65535", "53", "http", "HTTP-2"],
    "key": ["app", "k8s:app", "reserved:host", "a.b/c"],
    "matchLabels": ["", "web", "A_b.c"],
    "values": ["", "web"],
    "matchName": ["a.example", "x."],
    "matchPattern": ["*", "*.example", "**.a"],
}


@cache
def block(kind: str, minor: str) -> dict[str, Any]:
    """The schema of `spec` in a version such as `1.18`."""
    path = FOLDER / f"cilium-{minor}-{kind.lower().removesuffix('y')}ies.yaml"
    versions = yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)["spec"]["versions"]
    (schema,) = [one["schema"]["openAPIV3Schema"] for one in versions if one["name"] == "v2"]
    return dict(schema["properties"]["spec"])


@st.composite
def values(draw: st.DrawFn, schema: dict[str, Any], name: str = "") -> Any:
    """A value of a schema; of an object with many fields it has few."""
    if "properties" in schema:
        return draw(_objects(schema))
    if schema.get("type") == "object":
        keys = st.lists(st.sampled_from(_TEXTS["key"]), max_size=2, unique=True)
        of = schema.get("additionalProperties", {"type": "string"})
        return {key: draw(values(of, name)) for key in draw(keys)}
    if schema.get("type") == "array":
        most = min(2, schema.get("maxItems", 2))
        count = draw(st.integers(min(schema.get("minItems", 0), most), most))
        return [draw(values(schema["items"], name)) for _ in range(count)]
    return draw(st.sampled_from(_scalars(schema, name)))


def _scalars(schema: dict[str, Any], name: str) -> list[Any]:
    if schema.get("x-kubernetes-int-or-string"):
        return [8, 255, "EchoReply"]
    if schema.get("type") == "integer":
        low, high = schema.get("minimum", 0), schema.get("maximum", 65535)
        return [each for each in (0, 1, 79, 8080) if low <= each <= high]
    if schema.get("type") == "boolean":
        return [False, True]
    known = [end for end in _TEXTS if name.endswith(end)]
    return list(schema.get("enum") or (_TEXTS[known[0]] if known else ["a", "x"]))


@st.composite
def _objects(draw: st.DrawFn, schema: dict[str, Any]) -> dict[str, Any]:
    fields = schema["properties"]
    chosen = {*draw(st.lists(st.sampled_from(sorted(fields)), max_size=3)), *schema.get("required", ())}
    # Else there are hardly any requests at ports.
    chosen |= {"toPorts", "ports", "rules"} & fields.keys() if draw(st.booleans()) else set()
    if branches := schema.get("oneOf"):
        named = [set(branch.get("required") or branch.get("properties") or ()) for branch in branches]
        chosen = chosen.difference(*named) | draw(st.sampled_from(named))
    return {name: draw(values(fields[name], name)) for name in sorted(chosen)}


@st.composite
def policies(draw: st.DrawFn, kind: str, schema: dict[str, Any]) -> dict[str, Any]:
    """An object with one rule in each of some sections."""
    subject = draw(st.sampled_from(["endpointSelector", "endpointSelector", "nodeSelector"]))
    sections = draw(st.lists(st.sampled_from(sorted(SECTIONS)), max_size=2, unique=True))
    spec = {name: [draw(values(schema["properties"][name]["items"]))] for name in sections}
    whole = draw(st.integers(0, 2)) > 0
    spec[subject] = {} if whole else draw(values(schema["properties"][subject]))
    metadata = {"name": "p"} if "Clusterwide" in kind else {"name": "p", "namespace": "shop"}
    return {"apiVersion": "cilium.io/v2", "kind": kind, "metadata": metadata, "spec": spec}


def faults(policy: dict[str, Any], minor: int, patch: int) -> Iterator[str]:
    """
    Why Cilium 1.14 or later does not take an object that has the published shape; as its code says it.

    Source: Sanitize and Validate in pkg/policy/api/rule_validation.go.
    """
    spec = policy["spec"]
    if minor >= 18 and not any(spec.get(name) for name in SECTIONS):
        yield "no rule"
    if "nodeSelector" in spec and "Clusterwide" not in policy["kind"]:
        yield "nodes in a namespace"
    yield from _selector(spec.get("endpointSelector") or spec.get("nodeSelector") or {})
    for section, word in SECTIONS.items():
        for rule in spec.get(section, ()):
            deny = section.endswith("Deny")
            if not deny or (minor, patch) >= (16, 7):
                yield from _together(rule, word, minor)
            yield from _rule(rule, word, deny=deny)


def _together(rule: dict[str, Any], word: str, minor: int) -> Iterator[str]:
    if sum(bool(rule.get(word + member)) for member in MEMBERS) > 1:
        yield "two kinds of peers"
    if rule.get("icmps") and rule.get("toPorts"):
        yield "messages and ports"
    if rule.get(f"{word}Nodes"):
        yield "nodes without the flag"
    if minor < 17 and rule.get("toServices") and rule.get("toPorts"):
        yield "services and ports"


def _rule(rule: dict[str, Any], word: str, *, deny: bool) -> Iterator[str]:
    for selector in (*rule.get(f"{word}Endpoints", ()), *rule.get(f"{word}Requires", ())):
        yield from _selector(selector)
    for name in rule.get("toFQDNs", ()):
        if name.get("matchName") and name.get("matchPattern"):
            yield "a name and a pattern"
    for port_rule in rule.get("toPorts", ()):
        ports = port_rule.get("ports", ())
        if any("port" not in port for port in ports):
            yield "no port"
        if not deny:
            yield from _requests(port_rule.get("rules") or {}, ports, word)


def _requests(rules: dict[str, Any], ports: list[dict[str, Any]], word: str) -> Iterator[str]:
    kinds = rules.keys() & {"http", "kafka", "dns"}
    if kinds or "l7" in rules:
        yield from _names(rules, ports, word)
        if any(port.get("port") == "0" for port in ports):
            yield "requests at every port"
        if "l7" in rules and not rules.get("l7proto"):
            yield "requests of no protocol"
        if len(kinds) + bool(rules.get("l7proto")) > 1:
            yield "two protocols"


def _names(rules: dict[str, Any], ports: list[dict[str, Any]], word: str) -> Iterator[str]:
    if not rules.get("dns") and any(port.get("protocol") != "TCP" for port in ports):
        yield "requests over another protocol than TCP"
    if rules.get("dns") and word == "from":
        yield "DNS on ingress"
    if rules.get("dns") and any(map(_range, ports)):
        yield "a range for DNS"
    if "dns" in rules and not ports:
        yield "DNS without a port"


def _range(port: dict[str, Any]) -> bool:
    return port.get("port", "").isdecimal() and port.get("endPort", 0) > int(port["port"])


def _selector(selector: dict[str, Any]) -> Iterator[str]:
    for expression in selector.get("matchExpressions", ()):
        if bool(expression.get("values")) is not (expression["operator"] in {"In", "NotIn"}):
            yield "an operator with or without values"
