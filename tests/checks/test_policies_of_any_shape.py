"""Policies as files may be anything: no finding about them is a traceback."""

import copy
from collections.abc import Iterator
from typing import Any

import yaml
from builders import service
from cases import HERE
from hypothesis import given
from hypothesis import strategies as st
from policy_findings import found

SERVICES = [
    service(),
    service("odd", ports=[{"port": 80, "targetPort": "http"}], selector={"name": "x-wing"}),
]
RULES = [{"name": "to-base", "allow": {"from": "x-wing@*", "to": "rebel-base@*", "ports": [80]}}]
EXPECT = [{"from": "x-wing@cluster1", "to": "rebel-base@cluster2:80", "is": "deny"}]
OTHERS = """
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: many-kinds, namespace: default}
spec:
  endpointSelector: {matchLabels: {name: x-wing}}
  enableDefaultDeny: {egress: false}
  egress:
  - toServices: [{k8sService: {serviceName: rebel-base, namespace: default}}]
    toPorts: [{ports: [{port: http, protocol: TCP}], rules: {http: [{method: GET}]}}]
  - toCIDRSet: [{cidr: 10.0.0.0/8, except: [10.1.0.0/16]}]
  - toFQDNs: [{matchPattern: "*"}]
  - icmps: [{fields: [{type: 8}]}]
  ingressDeny:
  - fromEntities: [world]
    fromRequires: [{matchLabels: {a: b}}]
"""
ODD = st.sampled_from(
    [None, 0, 1, -1, 1.5, True, "", "x", "80", "10.1.0.0/16", [], {}, ["x"], [None], [{}], [[]], {"a": None}]
)


def _objects() -> Iterator[dict[str, Any]]:
    for path in sorted(HERE.glob("MG4*/**/policies/*.yaml")):
        yield from (each for each in yaml.safe_load_all(path.read_bytes()) if isinstance(each, dict))
    yield yaml.safe_load(OTHERS)


OBJECTS = [*_objects()]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in an object."""
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from places(item, (*path, key))


@st.composite
def mangled(draw: st.DrawFn) -> dict[str, Any]:
    """A policy of which parts are something else, or missing."""
    made = copy.deepcopy(draw(st.sampled_from(OBJECTS)))
    for _ in range(draw(st.integers(1, 3))):
        known = [*places(made)]
        if not known:
            break
        *above, last = draw(st.sampled_from(known))
        around = made
        for step in above:
            around = around[step]
        if draw(st.booleans()):
            around[last] = draw(ODD)
        else:
            del around[last]
    return made


@given(
    st.lists(mangled(), min_size=1, max_size=2),
    st.sampled_from(["1.6.9", "1.8.13", "1.16.0", "1.19.4", "1.20.0"]),
)
def test_a_policy_of_any_shape_is_judged_or_refused(objects: list[dict[str, Any]], version: str) -> None:
    clusters = ["cluster1", "cluster2"]
    told = found(*objects, rules=RULES, services=SERVICES, expect=EXPECT, version=version, clusters=clusters)

    assert all(each.message for each in told)
