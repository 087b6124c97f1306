"""Why references stand for no pods: in words, and just where the engine finds no pair."""

from typing import Any

import pytest
from builders import cluster, mesh, service
from policies import parsed

from meshgen.model.reference import parse_reference
from meshgen.policy.absence import nobody, unmet
from meshgen.policy.compilation import Policies
from meshgen.reachability.actors import Actors
from meshgen.reachability.scene import Scene

WORKLOADS = [
    {"name": "web", "namespace": "shop", "labels": {"app": "web"}},
    {"name": "db", "namespace": "data", "labels": {"app": "db"}, "clusters": ["cluster2"]},
    {"name": "job", "namespace": "shop", "labels": {"app": "job"}, "clusters": ["cluster1"]},
    {"name": "none", "namespace": "shop", "labels": {"app": "none"}, "clusters": {"labels": {"env": "x"}}},
    {"name": "agent", "namespace": "shop", "labels": {"app": "agent"}, "hostNetwork": True},
]
SERVICES = [
    service("db", namespace="data", selector={"app": "db"}, clusters=["cluster1", "cluster2"]),
    service("alone", namespace="data", selector={"app": "db"}, backends={"labels": {"env": "x"}}),
]


def scene(*, clusters: int = 3, **overrides: Any) -> Scene:
    numbered = (cluster(number) for number in range(1, clusters + 1))
    made = parsed(mesh(*numbered, **({"workloads": WORKLOADS, "services": SERVICES} | overrides)))
    return Scene(made, Policies(made))


@pytest.mark.parametrize(
    ("text", "reason", "way_out"),
    [
        ("agent@cluster1", "the pods of agent use the network of their node: no policy", "write entity:host"),
        ("db@cluster1", "db does not run where 'db@cluster1' says", "it runs in cluster2"),
        ("none@*", "none does not run where 'none@*' says", "it runs in no cluster"),
        ("web@{env=x}", "'web@{env=x}' matches no cluster of the mesh", ""),
        ("any@{env=x}", "'any@{env=x}' matches no cluster of the mesh", ""),
        ("service:data/alone", "no cluster shares pods for data/alone", "compare its clusters and its"),
    ],
)
def test_who_stands_for_nobody(text: str, reason: str, way_out: str) -> None:
    found = nobody(scene().directory, parse_reference(text))

    assert found is not None
    assert found.reason.startswith(reason)
    assert found.way_out.startswith(way_out)
    assert bool(way_out) is bool(found.way_out)
    assert found.text == (f"{found.reason} ({found.way_out})" if way_out else found.reason)


@pytest.mark.parametrize("text", ["gone@*", "web@gone", "service:data/gone", "entity:world", "web@same"])
def test_what_is_unknown_is_told_by_others(text: str) -> None:
    assert nobody(scene().directory, parse_reference(text)) is None


PAIRS = [
    ("web@*", "db@*", ""),
    ("web@*", "db@same", ""),
    ("job@*", "db@same", "db runs in none of the clusters of 'job@*' (it runs in cluster2)"),
    ("job@same", "db@*", "job runs in none of the clusters of 'db@*' (it runs in cluster1)"),
    ("job@same", "service:data/db", ""),
    ("web@same", "service:data/db", ""),
    ("job@*", "service:data/db", ""),
    ("entity:world", "service:data/db", ""),
    ("entity:world", "db@same", "'db@same' says same, and 'entity:world' names no cluster (write @* or"),
    ("web@same", "cidr:192.0.2.0/24", "'web@same' says same, and 'cidr:192.0.2.0/24' names no cluster"),
    (
        "web@cluster3",
        "service:data/db",
        "data/db does not exist in cluster3 (it exists in cluster1, cluster2)",
    ),
    ("agent@cluster1", "web@*", "the pods of agent use the network of their node"),
    ("web@*", "agent@cluster1", "the pods of agent use the network of their node"),
]


@pytest.mark.parametrize(("source", "target", "told"), PAIRS)
def test_there_is_a_pair_or_words_for_why_not(source: str, target: str, told: str) -> None:
    seen = scene()
    ends = parse_reference(source), parse_reference(target)
    absence = unmet(seen.directory, *ends)

    assert (absence.text if absence else "").startswith(told)
    assert bool(absence) is bool(told)
    pairings = Actors(seen, seen.analysis().universe).pairings(*ends)
    if not target.startswith("cidr:"):
        assert any(each.sources and each.targets for each in pairings) is not bool(told)


def test_same_beside_what_is_unknown_is_told_by_others() -> None:
    assert unmet(scene().directory, parse_reference("gone@*"), parse_reference("db@same")) is None


def test_callers_without_the_service_are_named_beside_others() -> None:
    absence = unmet(scene().directory, parse_reference("web@*"), parse_reference("service:data/db"))

    assert absence is not None
    assert absence.reason == "data/db does not exist in cluster3"


def test_of_many_clusters_some_are_named() -> None:
    many = [f"cluster{number}" for number in range(2, 7)]
    found = scene(clusters=7, workloads=[{**WORKLOADS[1], "clusters": many}]).directory
    absence = nobody(found, parse_reference("db@cluster1"))

    assert absence is not None
    assert absence.way_out == "it runs in cluster2, cluster3, cluster4 and more"
