"""
What policies are compiled to allows exactly what they say, on every version.

The expectation is worked out here from the vocabulary alone: who is closed, and which rule covers a flow.
"""

from typing import Any

from builders import cluster, mesh, text
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meshgen.engine.analysis import Verdict
from meshgen.engine.entries import Direction
from meshgen.engine.ports import point
from meshgen.inspection import inspect
from meshgen.policy.compilation import Policies
from meshgen.reachability.scene import Scene

CLUSTERS = ("cluster1", "cluster2", "cluster3")
RUNS = {
    "web": ("shop", CLUSTERS),
    "api": ("shop", CLUSTERS[:2]),
    "db": ("data", CLUSTERS[1:]),
    "job": ("data", CLUSTERS[:1]),
}
PORTS = (80, 443, 5432)
VERSIONS = ("1.6.9", "1.18.3", "1.19.4", "1.20.0")

wheres = st.sampled_from(["cluster1", "cluster2", "*", "same", "{env=prod}"])
whos = st.sampled_from(["web", "api", "db", "job", "namespace:shop", "namespace:data", "any"])


@st.composite
def references(draw: st.DrawFn) -> tuple[str, str]:
    return draw(whos), draw(wheres)


@st.composite
def rules(draw: st.DrawFn) -> dict[str, Any]:
    source, target = draw(references()), draw(references())
    if source[1] == target[1] == "same":
        target = (target[0], "*")
    intent: dict[str, Any] = {"from": "@".join(source), "to": "@".join(target)}
    if draw(st.booleans()):
        intent["ports"] = draw(st.lists(st.sampled_from(PORTS), min_size=1, max_size=2, unique=True))
    kind = "deny" if draw(st.integers(0, 3)) == 0 else "allow"
    rule: dict[str, Any] = {kind: intent}
    if kind == "allow" and draw(st.booleans()):
        closing = draw(st.sampled_from([["egress"], ["ingress"], ["egress", "ingress"]]))
        subjects = {"egress": source, "ingress": target}
        closing = [each for each in closing if subjects[each][0] != "any"]
        if closing:
            rule["isolate"] = closing
    return rule


@st.composite
def postures(draw: st.DrawFn) -> dict[str, Any]:
    made: dict[str, Any] = {
        "close": draw(st.sampled_from([["egress"], ["ingress"], ["ingress", "egress"]])),
        "clusters": draw(st.sampled_from(["all", ["cluster1"], ["cluster2", "cluster3"]])),
    }
    if draw(st.booleans()):
        made["namespaces"] = [draw(st.sampled_from(["shop", "data"]))]
        made["intraNamespace"] = draw(st.booleans())
    else:
        made["workloads"] = [draw(st.sampled_from(["web", "db"]))]
    return made


def names(who: str, workload: str) -> bool:
    return who in {"any", workload, f"namespace:{RUNS[workload][0]}"}


def meant(where: str, own: str, other: str) -> bool:
    return {"*": True, "same": own == other, "{env=prod}": own != "cluster3"}.get(where, own == where)


class Vocabulary:
    """A mesh as people read it."""

    def __init__(self, policy: dict[str, Any], *, denies: bool) -> None:
        self.postures = policy["posture"]
        self.rules = [rule for rule in policy["rules"] if denies or "allow" in rule]

    def covers(
        self, intent: dict[str, Any], source: tuple[str, str], target: tuple[str, str], port: int
    ) -> bool:
        sides = ((intent["from"], source, target), (intent["to"], target, source))
        for reference, (workload, own), (_, other) in sides:
            who, where = reference.split("@")
            if not (names(who, workload) and meant(where, own, other)):
                return False
        return port in intent.get("ports", [port])

    def closed(self, direction: str, workload: str, where: str) -> bool:
        for posture in self.postures:
            listed = posture["clusters"] == "all" or where in posture["clusters"]
            if listed and direction in posture["close"] and _of(posture, workload):
                return True
        return any(self._isolated(rule, direction, workload, where) for rule in self.rules)

    def _isolated(self, rule: dict[str, Any], direction: str, workload: str, where: str) -> bool:
        """A rule closes its own side wherever its two sides meet."""
        if direction not in rule.get("isolate", []):
            return False
        intent = rule["allow"]
        own, other = ("from", "to") if direction == "egress" else ("to", "from")
        who, place = intent[own].split("@")
        peer, peer_place = intent[other].split("@")
        if not (names(who, workload) and (place == "same" or meant(place, where, where))):
            return False
        for name in CLUSTERS:
            runs = peer in {"any", "namespace:shop", "namespace:data"} or name in RUNS[peer][1]
            if runs and meant(peer_place, name, where) and meant(place, where, name):
                return True
        return False

    def allowed(self, source: tuple[str, str], target: tuple[str, str], port: int) -> bool:
        for rule in self.rules:
            if "deny" in rule and self.covers(rule["deny"], source, target, port):
                return False
        for direction, (workload, where) in (("egress", source), ("ingress", target)):
            if self.closed(direction, workload, where) and not self._let(direction, source, target, port):
                return False
        return True

    def _let(self, direction: str, source: tuple[str, str], target: tuple[str, str], port: int) -> bool:
        if any("allow" in rule and self.covers(rule["allow"], source, target, port) for rule in self.rules):
            return True
        (one, here), (other, there) = source, target
        if here != there or RUNS[one][0] != RUNS[other][0]:
            return False
        return any(
            posture.get("intraNamespace")
            and direction in posture["close"]
            and RUNS[one][0] in posture["namespaces"]
            and (posture["clusters"] == "all" or here in posture["clusters"])
            for posture in self.postures
        )


def _of(posture: dict[str, Any], workload: str) -> bool:
    return workload in posture.get("workloads", []) or RUNS[workload][0] in posture.get("namespaces", [])


@given(
    st.fixed_dictionaries(
        {"posture": st.lists(postures(), max_size=2), "rules": st.lists(rules(), min_size=1, max_size=4)}
    ),
    st.sampled_from(VERSIONS),
)
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
def test_exactly_what_the_rules_say_is_allowed(policy: dict[str, Any], version: str) -> None:
    old = version == "1.6.9"
    if old:
        policy = {**policy, "rules": [rule for rule in policy["rules"] if "allow" in rule]}
    named = {**policy, "rules": [{"name": f"r{index}", **rule} for index, rule in enumerate(policy["rules"])]}
    workloads = [
        {"name": name, "namespace": namespace, "labels": {"app": name}, "clusters": list(where)}
        for name, (namespace, where) in RUNS.items()
    ]
    prod = {"labels": {"env": "prod"}}
    clusters = (cluster(1, **prod), cluster(2, **prod), cluster(3))
    data = mesh(*clusters, cilium={"version": version}, workloads=workloads, policy=named)
    inspection = inspect(text(data), "mesh.yaml")
    assert inspection.mesh is not None, inspection.diagnostics
    scene = Scene(inspection.mesh, Policies(inspection.mesh))
    assert not any(reading.refusals for each in scene.applied.values() for reading in each.readings)
    analysis = scene.analysis()
    index = {endpoint.name: number for number, endpoint in enumerate(analysis.universe.endpoints)}
    pods = [(name, where) for name, (_, places) in RUNS.items() for where in places]
    vocabulary = Vocabulary(policy, denies=not old)

    for source in pods:
        for target in pods:
            for port in PORTS:
                one, other = index["@".join(source)], index["@".join(target)]
                leaving = analysis.judge(one, other, point(port, "TCP"), Direction.EGRESS)
                entering = analysis.judge(other, one, point(port, "TCP"), Direction.INGRESS)
                assert leaving is not None
                assert entering is not None
                found = leaving.verdict is entering.verdict is Verdict.ALLOWED
                assert found is vocabulary.allowed(source, target, port), (source, target, port)
