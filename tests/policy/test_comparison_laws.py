"""What `differences` says of two sets of policies holds for every pod, listed or not."""

from copy import deepcopy
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from objects import CLUSTERS, VERSIONS, pods, policies

from meshgen.engine.analysis import Analysis, Verdict
from meshgen.engine.applied import Applied, Setting
from meshgen.engine.comparison import differences
from meshgen.engine.entries import Direction
from meshgen.engine.labels import Endpoint, Universe, indexes_of
from meshgen.engine.ports import END, SIZE, point
from meshgen.engine.semantics import semantics
from meshgen.engine.universe import universe

Policies = dict[str, list[dict[str, Any]]]
PORTS = [
    *(point(port, protocol) for port in (79, 80, 443, 450, 8000, 8500, 9001) for protocol in ("TCP", "UDP")),
    2 * SIZE + 80,
    END - 1,
]

policy_sets = st.fixed_dictionaries({name: st.lists(policies(), max_size=3) for name in CLUSTERS})


def applied(version: str, of: Policies) -> list[Applied]:
    return [Applied(Setting(name, semantics(version), each)) for name, each in of.items()]


def state(analysis: Analysis, source: int, target: int, port: int) -> Verdict:
    leaving = analysis.judge(source, target, port, Direction.EGRESS)
    entering = analysis.judge(target, source, port, Direction.INGRESS)
    verdicts = {half.verdict for half in (leaving, entering) if half is not None}
    if Verdict.DENIED in verdicts:
        return Verdict.DENIED
    return Verdict.UNKNOWN if Verdict.UNKNOWN in verdicts else Verdict.ALLOWED


def changed(before: list[Applied], after: list[Applied]) -> list[Any]:
    everything = universe([], [before, after], {}, any_pod=True)
    return list(differences(Analysis(everything, before), Analysis(everything, after)))


def renamed(_objects: list[Any], policy: dict[str, Any], _draw: st.DrawFn) -> None:
    policy["metadata"]["name"] = "renamed"


def copied(objects: list[Any], policy: dict[str, Any], _draw: st.DrawFn) -> None:
    objects.append(deepcopy(policy))


def listed(_objects: list[Any], policy: dict[str, Any], _draw: st.DrawFn) -> None:
    if "spec" in policy:
        policy["specs"] = [policy.pop("spec")]


def joined(objects: list[Any], _policy: dict[str, Any], draw: st.DrawFn) -> None:
    objects.append(draw(policies()))


def removed(objects: list[Any], policy: dict[str, Any], _draw: st.DrawFn) -> None:
    objects.remove(policy)


def turned(_objects: list[Any], policy: dict[str, Any], _draw: st.DrawFn) -> None:
    block = policy.get("spec") or policy["specs"][0]
    for section in ("ingress", "egress"):
        block.get(section, []).reverse()


def left(_objects: list[Any], _policy: dict[str, Any], _draw: st.DrawFn) -> None:
    """Nothing is done."""


EDITS = [renamed, copied, listed, joined, removed, turned, left, left]


@st.composite
def edits(draw: st.DrawFn, of: Policies) -> Policies:
    """A set of policies that is written differently, and may or may not mean something else."""
    edited = deepcopy(of)
    for name, objects in edited.items():
        for policy in list(objects):
            draw(st.sampled_from(EDITS))(objects, policy, draw)
        edited[name] = draw(st.permutations(objects))
    return edited


@given(st.data())
@settings(max_examples=2_000, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_change_is_never_claimed_while_some_pod_sees_one(data: st.DataObject) -> None:
    version, later = data.draw(st.sampled_from(VERSIONS)), data.draw(st.sampled_from(VERSIONS))
    if data.draw(st.integers(0, 3)):
        later = version
    first = data.draw(policy_sets)
    before, after = applied(version, first), applied(later, data.draw(edits(first)))

    found = changed(before, after)

    if found:
        return
    drawn = data.draw(st.lists(pods(), min_size=2, max_size=6))
    outside = [
        Endpoint("world", "", {"reserved:world": ""}, address=(number, number))
        for number in (167772161, 3221225985, 134744072)
    ]
    sample = Universe([*drawn, *outside, Endpoint("host", "", {"reserved:host": ""})])
    one, two = Analysis(sample, before), Analysis(sample, after)
    for source in range(len(sample.endpoints)):
        for target in range(len(sample.endpoints)):
            for port in PORTS:
                assert state(one, source, target, port) is state(two, source, target, port)


@given(st.data())
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_difference_is_one(data: st.DataObject) -> None:
    version = data.draw(st.sampled_from(VERSIONS))
    first = data.draw(policy_sets)
    before, after = applied(version, first), applied(version, data.draw(edits(first)))
    everything = universe([], [before, after], {}, any_pod=True)
    one, two = Analysis(everything, before), Analysis(everything, after)

    for difference in differences(one, two):
        source = data.draw(st.sampled_from(list(indexes_of(difference.sources))))
        target = data.draw(st.sampled_from(list(indexes_of(difference.targets))))
        for (port, _), was, is_now in difference.changes:
            assert state(one, source, target, port) is was.verdict
            assert state(two, source, target, port) is is_now.verdict
            assert was != is_now


@given(policy_sets, st.sampled_from(VERSIONS), st.randoms(use_true_random=False))
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_same_rules_written_differently_are_no_change(of: Policies, version: str, chosen: Any) -> None:
    other = deepcopy(of)
    for name, objects in other.items():
        chosen.shuffle(objects)
        for number, policy in enumerate(objects):
            policy["metadata"]["name"] = f"p{number}"
            policy["specs"] = [policy.pop("spec")]
            for section in ("ingress", "egress", "ingressDeny", "egressDeny"):
                chosen.shuffle(policy["specs"][0].get(section, []))
        other[name] = objects + deepcopy(objects)

    assert changed(applied(version, of), applied(version, other)) == []
