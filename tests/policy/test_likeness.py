"""A few clusters of each kind tell of all of them, and what is said of one keeps it apart."""

from typing import Any

import pytest
from builders import cluster, mesh, service, text
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from policies import parsed, rule

from meshgen.checking import run_checks
from meshgen.checks.policies import ENFORCEMENT_CHECKS, VOCABULARY_CHECKS
from meshgen.inspection import inspect
from meshgen.model import Mesh
from meshgen.policy.compilation import Policies
from meshgen.policy.likeness import FEW, few_of_each
from meshgen.reachability.expectations import outcomes
from meshgen.reachability.scene import Scene
from meshgen.survey import Survey

JUDGING = [check for check in (*VOCABULARY_CHECKS, *ENFORCEMENT_CHECKS) if check.of_policies]
ALIKE = FEW + 3
NAMED = f"cluster{ALIKE}"
"""The last cluster, which something names."""

WORKLOADS = [
    {"name": "web", "namespace": "shop", "labels": {"app": "web"}, "ports": {"http": 80}},
    {"name": "api", "namespace": "shop", "labels": {"app": "api"}, "clusters": {"labels": {"env": "prod"}}},
    {"name": "db", "namespace": "data", "labels": {"app": "db"}, "clusters": [NAMED]},
    {"name": "job", "namespace": "data", "labels": {"app": "job"}, "ports": {"http": 8080}},
    {"name": "agent", "namespace": "data", "labels": {"app": "agent"}, "hostNetwork": True},
]
POD_WHERES = ["*", "*", "same", "{env=prod}", "{env=test}", NAMED]
POD_WHOS = ["web", "api", "db", "job", "namespace:shop", "namespace:data", "any"]
OTHERS = ["entity:world", "entity:cluster", "entity:all", "fqdn:*", "cidr:0.0.0.0/0", "cidr:10.3.0.0/24"]

pods = st.tuples(st.sampled_from(POD_WHOS), st.sampled_from(POD_WHERES)).map("@".join)
targets = pods | st.sampled_from([*OTHERS, "service:shop/front", "service:shop/front"])


def _closing(source: str, target: str) -> list[str]:
    """The sides of a rule that it can close."""
    sides = (("egress", source), ("ingress", target))
    return [way for way, who in sides if ("@" in who and "any@" not in who) or "service:" in who]


@st.composite
def rules(draw: st.DrawFn) -> dict[str, Any]:
    """A rule between pods, or to what is no pod, or from it."""
    source, target = draw(pods), draw(targets)
    inside = "@" in target or "service:" in target
    if "@" not in target or source.endswith("@same"):
        source, target = source.replace("@same", "@*"), target.replace("@same", "@*")
    if target.startswith(("entity:", "cidr:")) and draw(st.booleans()):
        source, target = target, source
    intent: dict[str, Any] = {"from": source, "to": target}
    intent |= draw(st.sampled_from([{}, {"ports": [80]}, {"ports": [8080]}, {"ports": ["53/UDP"]}]))
    if inside and intent.get("ports") == [80]:
        intent |= draw(st.sampled_from([{}, {"http": [{"method": "GET"}]}, {"http": [{"method": "PUT"}]}]))
    if "http" not in intent and "fqdn:" not in target and draw(st.integers(0, 3)) == 0:
        return {"deny": intent}
    return {"allow": intent, "isolate": [way for way in _closing(source, target) if draw(st.booleans())]}


selections = st.sampled_from(["all", {"labels": {"env": "prod"}}, {"labels": {"env": "test"}}, [NAMED]])


@st.composite
def postures(draw: st.DrawFn) -> dict[str, Any]:
    who = draw(
        st.sampled_from(
            [
                {"namespaces": ["shop"]},
                {"namespaces": ["kube-system"]},
                {"workloads": ["web"]},
                {"workloads": ["job"]},
            ]
        )
    )
    close = draw(st.sampled_from([["egress"], ["ingress"], ["ingress", "egress"]]))
    return {**who, "close": close, "clusters": draw(selections)}


@st.composite
def meshes(draw: st.DrawFn) -> dict[str, Any]:
    """Many clusters of few kinds, with policies of all sorts."""
    env = draw(st.sampled_from([{"env": "prod"}, {}]))
    other = draw(
        st.sampled_from([{}, {"policy": {"dns": {"namespace": "dns"}}}, {"labels": {"env": "test"}}])
    )
    clusters = [cluster(number, labels=env) for number in range(1, ALIKE + 1)]
    clusters += [cluster(number, **other) for number in range(ALIKE + 1, ALIKE + draw(st.integers(1, ALIKE)))]
    version = draw(st.sampled_from(["1.6.9", "1.16.5", "1.18.3", "1.19.4", "1.20.0"]))
    drawn = draw(st.lists(rules(), min_size=1, max_size=4))
    policy = {
        "posture": draw(st.lists(postures(), max_size=2)),
        "rules": [{"name": f"r{number}", **each} for number, each in enumerate(drawn)],
    }
    front = service(
        "front", namespace="shop", selector={"app": draw(st.sampled_from(["web", "api", "front"]))},
        clusters=draw(selections), backends=draw(selections),
        ports=[{"port": 80, "targetPort": draw(st.sampled_from([80, 8080]))}],
    )  # fmt: skip
    expect = [
        {"from": draw(pods), "to": f"{draw(pods)}:80", "is": draw(st.sampled_from(["allow", "deny"]))}
        for _ in range(draw(st.integers(0, 2)))
    ]
    return mesh(
        *clusters, cilium={"version": version}, workloads=WORKLOADS, services=[front], policy=policy,
        expect=[each for each in expect if not each["from"].endswith("@same")],
    )  # fmt: skip


@given(meshes())
@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_few_clusters_of_each_kind_tell_what_all_of_them_would(data: dict[str, Any]) -> None:
    whole = Survey(parsed(data))
    few = whole.few()
    assert len(few.mesh.clusters) < len(whole.mesh.clusters)
    for check in JUDGING:
        found = [*check.find(whole)]
        if found:
            event(f"{check.rule.code} finds something")

        assert bool([*check.find(few)]) is bool(found), check.rule.code
        assert [*run_checks([check], whole)] == found, check.rule.code
    assert [*outcomes(scene(few.mesh))] == [*outcomes(scene(whole.mesh))]


def scene(of: Mesh) -> Scene:
    """A mesh as the engine sees it."""
    return Scene(of, Policies(of))


def names(data: dict[str, Any]) -> list[str]:
    """The clusters that are left of a mesh."""
    return [each.name for each in few_of_each(parsed(data)).clusters]


def many(*last: dict[str, Any], count: int = 9, **overrides: Any) -> dict[str, Any]:
    """Clusters that are alike, and others after them."""
    overrides.setdefault("policy", {"rules": [rule("web@*", "web@*")]})
    return mesh(
        *(cluster(number) for number in range(1, count + 1)), *last, workloads=WORKLOADS[:1], **overrides
    )


FIRST = [f"cluster{number}" for number in range(1, FEW + 1)]


def test_the_first_of_each_kind_stay_in_their_order() -> None:
    others = [cluster(number, labels={"env": "prod"}) for number in range(10, 16)]
    policy = {"rules": [rule("web@{env=prod}", "web@*")]}

    assert names(many(*others, policy=policy)) == [*FIRST, "cluster10", "cluster11", "cluster12", "cluster13"]


@pytest.mark.parametrize(
    "selecting",
    [
        pytest.param({"policy": {"rules": [rule("web@{env=prod}", "web@*")]}}, id="a rule"),
        pytest.param({"services": [service(clusters={"labels": {"env": "prod"}})]}, id="a service"),
    ],
)
def test_labels_count_that_something_selects_by(selecting: dict[str, Any]) -> None:
    assert names(many(cluster(10, labels={"env": "prod", "a": "b"}), **selecting)) == [*FIRST, "cluster10"]


def test_what_policies_do_not_depend_on_tells_no_clusters_apart() -> None:
    own = [
        cluster(number, labels={"env": str(number)}, region="eu", helmValues={"k8sServiceHost": str(number)})
        for number in range(10, 14)
    ]

    assert len(names(many(*own))) == FEW


def test_a_mesh_of_few_clusters_is_left_as_it_is() -> None:
    whole = parsed(many(count=FEW))

    assert few_of_each(whole) is whole


def test_a_mesh_in_which_each_cluster_is_another_is_left_as_it_is() -> None:
    own = [cluster(number, policy={"dns": {"namespace": f"dns-{number}"}}) for number in range(1, 10)]
    whole = parsed(mesh(*own))

    assert few_of_each(whole) is whole


@pytest.mark.parametrize(
    "trait",
    [
        pytest.param({"cilium": {"namespace": "cilium"}}, id="the namespace of Cilium"),
        pytest.param({"cilium": {"datapath": {"mode": "native"}}}, id="how packets move"),
        pytest.param({"cilium": {"version": "1.19.4"}}, id="the version of Cilium"),
        pytest.param({"policy": {"dns": {"namespace": "dns"}}}, id="DNS of its own"),
        pytest.param(
            {"helmValues": {"clustermesh": {"policyDefaultLocalCluster": True}}}, id="what its policies mean"
        ),
        pytest.param(
            {"helmValues": {"clustermesh": {"defaultGlobalNamespace": False}}},
            id="which namespaces are global",
        ),
    ],
)
def test_what_policies_depend_on_tells_clusters_apart(trait: dict[str, Any]) -> None:
    assert names(many(cluster(10, **trait))) == [*FIRST, "cluster10"]


def test_values_that_cilium_reads_otherwise_tell_clusters_apart() -> None:
    values = [{"clustermesh": {"policyDefaultLocalCluster": value}} for value in (1, 1.0, True)]
    kinds = [[cluster(number, helmValues=each) for number in range(1, 10)] for each in values]
    clusters = [{**each, "name": f"{at}-{each['name']}"} for at, kind in enumerate(kinds) for each in kind]

    assert len(names(mesh(*clusters))) == len(kinds) * FEW


@pytest.mark.parametrize("name", ["*", "-a", "a/b", "a@b", "a" * 64])
def test_where_a_name_is_no_label_all_clusters_are_looked_at(name: str) -> None:
    whole = Survey(parsed(many(cluster(10, name=name))))
    [check] = [check for check in JUDGING if check.rule.code == "MG401"]

    assert few_of_each(whole.mesh) is whole.mesh
    assert [*run_checks([check], whole)] == [*check.find(whole)]


@pytest.mark.parametrize(
    "speaking",
    [
        pytest.param({"policy": {"rules": [rule("web@*", "web@cluster7")]}}, id="a rule"),
        pytest.param({"expect": [{"from": "web@cluster7", "to": "web@*:80", "is": "allow"}]}, id="expect"),
        pytest.param({"services": [service(clusters=["cluster7"])]}, id="a service"),
        pytest.param({"services": [service(backends=["cluster7"])]}, id="the backends of a service"),
        pytest.param(
            {
                "policy": {
                    "posture": [{"namespaces": ["shop"], "close": ["ingress"], "clusters": ["cluster7"]}]
                }
            },
            id="a posture",
        ),
        pytest.param({"policy": {"rules": [rule("web@*", "cidr:10.7.1.0/24")]}}, id="an address of its pods"),
        pytest.param(
            {"expect": [{"from": "web@*", "to": "cidr:10.7.0.0/16:80", "is": "allow"}]}, id="its PodCIDR"
        ),
    ],
)
def test_a_cluster_that_is_spoken_of_stands_for_itself(speaking: dict[str, Any]) -> None:
    assert names(many(**speaking)) == [*FIRST, "cluster7"]


def test_files_of_policies_may_speak_of_any_cluster() -> None:
    whole = parsed(many(policy={"raw": [{"file": "policies/own.yaml"}]}))

    assert few_of_each(whole) is whole


def test_clusters_of_one_name_are_all_looked_at() -> None:
    twins = many({**cluster(10), "name": "cluster9"})

    assert few_of_each(whole := parsed(twins)) is whole


def test_a_sound_mesh_of_many_clusters_is_judged_by_a_few() -> None:
    policy = {"rules": [rule("web@*", "web@*", ports=[80], isolate=["egress", "ingress"])]}
    inspection = inspect(text(many(cilium={"version": "1.18.3"}, policy=policy)), "mesh.yaml")
    assert inspection.survey is not None
    assert inspection.survey.policies is not None

    assert not inspection.diagnostics
    assert "objects" not in vars(inspection.survey.policies)
    scene = inspection.survey.few().scene
    assert scene is not None
    assert [*scene.objects] == FIRST


def test_a_finding_that_lists_clusters_lists_all_of_them() -> None:
    policy = {"posture": [{"namespaces": ["kube-system"], "close": ["ingress"]}]}
    found = inspect(text(many(policy=policy)), "mesh.yaml").diagnostics

    listed = "cluster1, cluster2, cluster3, cluster4, cluster5, cluster6, cluster7, cluster8 and 1 more"
    assert any(each.message.endswith(listed) for each in found if each.code == "MG410")


def test_of_rules_that_hide_one_the_same_is_told_however_many_clusters_there_are() -> None:
    shop = [{"name": name, "namespace": "shop", "labels": {"app": name}} for name in ("web", "api", *"abcd")]
    rules = [
        rule("web@*", "namespace:shop@*", name="a", ports=[80], isolate=["egress", "ingress"]),
        rule("web@*", "api@*", name="b", ports=[80, 81]),
        rule("web@*", "api@*", name="hidden", ports=[80]),
    ]
    for count in (2, FEW + 1, 15):
        whole = Survey(parsed({**many(count=count), "workloads": shop, "policy": {"rules": rules}}))
        [check] = [check for check in JUDGING if check.rule.code == "MG416"]
        [found] = check.find(whole)

        assert found.message.endswith("the rule a allows all of this, and more")
        assert [*run_checks([check], whole)] == [found]


def test_a_finding_at_a_cluster_is_told_where_that_stands() -> None:
    first = [cluster(number, name=f"z{number}") for number in range(90, 99)]
    http = rule("web@*", "web@same", ports=[80], http=[{"method": "GET"}], isolate=["egress", "ingress"])
    apart = rule("web@*", "web@*", name="all", ports=[80], http=[{"method": "GET"}])
    data = many(cilium={"version": "1.16.5"}, policy={"rules": [http, apart]})
    data["clusters"] = [*first, *data["clusters"]]
    [found] = [each for each in inspect(text(data), "mesh.yaml").diagnostics if each.code == "MG420"]

    assert "cluster1, " in found.message
    assert [each.path for each in found.related] == ["clusters[9].cilium.datapath.mode"]
