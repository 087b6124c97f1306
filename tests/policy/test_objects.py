"""What holds for every object that policies are compiled to, whatever they say."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from builders import ROOT, cluster, mesh, service
from definitions import definition
from hypothesis import given, settings
from hypothesis import strategies as st
from policies import compiled, parsed, rule, with_rules
from strategies import policies

from meshgen.policy.objects import PolicyObject
from meshgen.yaml_out import dump

NAMES = ["a", "no", "west"]
ALL_VERSIONS = ["1.6.9", "1.7.16", "1.8.13", "1.9.0", "1.14.2", "1.15.7", "1.16.0", "1.18.0", "1.20.0"]
WITH_DEFINITION = [f"1.{minor}" for minor in range(14, 21)]


@st.composite
def meshes(draw: st.DrawFn) -> dict[str, Any]:
    """Three clusters with policies of any kind, of one version or another."""
    clusters = [
        cluster(number, name=name, cilium={"version": draw(st.sampled_from(ALL_VERSIONS))})
        for number, name in enumerate(NAMES, 1)
    ]
    return mesh(*clusters) | draw(policies(NAMES, old=False))


def values(data: Any) -> Iterator[tuple[str, Any]]:
    """Every key with its value, at all depths."""
    if isinstance(data, dict):
        for key, item in data.items():
            yield key, item
            yield from values(item)
    elif isinstance(data, list):
        for item in data:
            yield from values(item)


def selectors(made: PolicyObject) -> Iterator[dict[str, Any]]:
    """The selectors of peers."""
    for key, value in values(made.manifest["spec"]):
        if key in {"fromEndpoints", "toEndpoints"}:
            yield from value


@given(meshes())
@settings(max_examples=300, deadline=None)
def test_nothing_is_written_that_means_something_else_than_it_looks_like(data: dict[str, Any]) -> None:
    for made in compiled(data):
        assert set(made.manifest) == {"apiVersion", "kind", "metadata", "spec"}
        assert set(made.manifest["metadata"]) <= {"name", "namespace"}
        for key, value in values(made.manifest):
            assert value != [], key
            assert value != {} or key == "endpointSelector"
            assert not (key == "toPorts" and any(not entry.get("ports") for entry in value))
            assert not (key == "ports" and len(value) > 40)
            assert key not in {"specs", "toServices"}
            assert key != "port" or isinstance(value, str)
            assert key != "ports" or all("protocol" in port for port in value)


@given(meshes())
@settings(max_examples=300, deadline=None)
def test_every_peer_has_both_scopes_and_every_subject_its_cluster(data: dict[str, Any]) -> None:
    for made in compiled(data):
        subject = made.manifest["spec"]["endpointSelector"]["matchLabels"]
        assert subject["io.cilium.k8s.policy.cluster"] == made.cluster
        assert not [key for key in subject if "pod.namespace" in key]
        for selector in selectors(made):
            keys = {
                *selector.get("matchLabels", {}),
                *(expression["key"] for expression in selector.get("matchExpressions", ())),
            }
            assert {"k8s:io.cilium.k8s.policy.cluster", "k8s:io.kubernetes.pod.namespace"} <= keys


@given(meshes())
@settings(max_examples=200, deadline=None)
def test_only_postures_and_rules_that_isolate_close_pods(data: dict[str, Any]) -> None:
    """An object that is neither has no subject that is not closed by one of those."""
    rules = data["policy"]["rules"]
    closing = set()
    for made in compiled(data):
        isolates = made.at[1] == "rules" and made.direction in rules[int(made.at[2])].get("isolate", ())
        if made.role == "posture" or isolates:
            closing.add((made.cluster, made.direction, made.namespace, *subject_of(made)))
    for made in compiled(data):
        spec = made.manifest["spec"]
        if spec.get("enableDefaultDeny") == {made.direction: False}:
            assert made.role == "deny"
            continue
        pods = set(subject_of(made))
        assert any(
            key[:3] == (made.cluster, made.direction, made.namespace) and set(key[3:]) <= pods
            for key in closing
        )


def subject_of(made: PolicyObject) -> list[tuple[str, str]]:
    return sorted(made.manifest["spec"]["endpointSelector"]["matchLabels"].items())


@given(meshes(), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_the_order_of_keys_rules_and_clusters_says_nothing(data: dict[str, Any], dice: Any) -> None:
    def shuffled(value: Any) -> Any:
        if isinstance(value, list):
            items = [shuffled(item) for item in value]
            dice.shuffle(items)
            return items
        if not isinstance(value, dict):
            return value
        items = [(key, shuffled(item)) for key, item in value.items()]
        dice.shuffle(items)
        return dict(items)

    def written(some: dict[str, Any]) -> list[tuple[str, str]]:
        return [(made.cluster, dump(made.manifest)) for made in compiled(some)]

    again = {**shuffled({key: value for key, value in data.items() if key != "workloads"})}
    for posture in again["policy"]["posture"]:
        posture["close"] = sorted(posture["close"])
    headers = [http for one in again["policy"]["rules"] for http in one.get("allow", {}).get("http", [])]
    assert all(isinstance(http, dict) for http in headers)
    without_http(again)
    without_http(data)
    assert written({**again, "workloads": data["workloads"]}) == written(data)


def without_http(data: dict[str, Any]) -> None:
    """Requests stay in the order in which they are written."""
    for one in data["policy"]["rules"]:
        one.get("allow", {}).pop("http", None)


def everything(version: str) -> dict[str, Any]:
    """Each form of a rule."""
    http = [{"method": "GET", "path": "/", "host": "a", "headers": ["X: 1"]}]
    ranges = ["1-9"] if version >= "1.16" else []
    return with_rules(
        rule("x-wing@*", "rebel-base@*", name="pods", ports=[80, "53/UDP", "7/SCTP", *ranges], why="a"),
        rule("x-wing@cluster1", "rebel-base@same", name="http", ports=["http"], http=http),
        rule("any@*", "db@*", name="any", isolate=["ingress"]),
        rule("x-wing@*", "service:default/rebel-base", name="service", isolate=["egress"]),
        rule("x-wing@*", "fqdn:*.example.com", name="pattern", ports=[443]),
        rule("x-wing@*", "fqdn:example.com", name="name"),
        rule("x-wing@*", "cidr:10.0.0.0/8", name="block"),
        rule("cidr:2001:db8::/32", "namespace:default@*", name="six", ports=[1]),
        rule("entity:kube-apiserver", "rebel-base@*", name="entity", ports=[1]),
        rule("any@*", "entity:world", name="deny-world", kind="deny"),
        rule("namespace:default@*", "db@*", name="deny-db", kind="deny", ports=["sql", *ranges]),
        rule("cidr:10.0.0.0/8", "any@*", name="deny-block", kind="deny"),
        posture=[{"namespaces": ["default", "data"], "close": ["ingress", "egress"], "intraNamespace": True}],
        dns={"nodeLocal": True},
        services=[service(ports=[80])],
        version=version,
    )


@pytest.mark.parametrize("version", WITH_DEFINITION)
def test_each_object_is_valid_by_the_definition_of_its_version(version: str) -> None:
    validators = {
        kind: definition(f"cilium-{version}-{kind.lower().replace('policy', 'policies')}", "v2")
        for kind in ("CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy")
    }
    found = compiled(everything(f"{version}.0"))
    # Before 1.16 open pods are not denied anything.
    kinds = {"CiliumNetworkPolicy"} | ({"CiliumClusterwideNetworkPolicy"} if version >= "1.16" else set())
    assert {made.kind for made in found} == kinds
    for made in found:
        validators[made.kind].validate(made.manifest)


@pytest.mark.parametrize("version", WITH_DEFINITION)
def test_the_policies_of_the_example_are_valid_by_later_definitions_too(version: str) -> None:
    validator = definition(f"cilium-{version}-ciliumnetworkpolicies", "v2")
    paths = sorted((ROOT / "out").glob("*/policies/*.yaml"))
    assert len(paths) == 2
    for path in paths:
        validator.validate(yaml.safe_load(path.read_text("utf-8")))


@given(meshes())
@settings(max_examples=50, deadline=None)
def test_compiling_again_gives_the_same(data: dict[str, Any]) -> None:
    assert compiled(data) == compiled(data)
    assert parsed(data) == parsed(data)
