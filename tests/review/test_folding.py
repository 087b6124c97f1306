"""The review of a few clusters of each kind says what the review of all of them does."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from builders import cluster, mesh, service, text
from commands import Run
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from meshgen.engine.labels import Bits
from meshgen.inspection import Depth, inspect
from meshgen.model import Mesh
from meshgen.policy.compilation import Policies
from meshgen.policy.likeness import SHOWN, Folding, folding
from meshgen.policy.objects import PolicyObject
from meshgen.reachability.scene import Scene
from meshgen.review.report import Review, review
from meshgen.review.rows import Row
from meshgen.review.schema import schema

COUNT = SHOWN + 3
LAST = f"cluster{COUNT}"

WHERES = st.sampled_from(["*", "*", "same", "{env=prod}", LAST])
WHOS = st.sampled_from(["web", "api", "db", "namespace:shop", "any"])
WORKLOADS = [
    {"name": "web", "namespace": "shop", "labels": {"app": "web"}},
    {"name": "api", "namespace": "shop", "labels": {"app": "api"}, "clusters": {"labels": {"env": "prod"}}},
    {"name": "db", "namespace": "data", "labels": {"app": "db"}},
]
pods = st.tuples(WHOS, WHERES).map("@".join)


@st.composite
def rules(draw: st.DrawFn) -> dict[str, Any]:
    """A rule between pods, or to what is no pod."""
    source, target = draw(pods), draw(pods | st.sampled_from(["entity:world", "service:shop/front"]))
    if "@" not in target or source.endswith("@same"):
        source, target = source.replace("@same", "@*"), target.replace("@same", "@*")
    intent = {"from": source, "to": target, **draw(st.sampled_from([{}, {"ports": [80]}, {"ports": [81]}]))}
    if draw(st.integers(0, 3)) == 0:
        return {"deny": intent}
    sides = (("egress", source), ("ingress", target))
    closing = [way for way, who in sides if ("@" in who and "any@" not in who) or "service:" in who]
    return {"allow": intent, "isolate": [way for way in closing if draw(st.booleans())]}


@st.composite
def policies(draw: st.DrawFn) -> dict[str, Any]:
    """Some rules and perhaps something that is closed."""
    clusters = draw(st.sampled_from(["all", {"labels": {"env": "prod"}}, [LAST]]))
    posture = {"namespaces": ["shop"], "close": ["ingress"], "clusters": clusters}
    found = draw(st.lists(rules(), min_size=1, max_size=3))
    return {
        "posture": draw(st.sampled_from([[], [], [posture]])),
        "rules": [{"name": f"r{number}", **each} for number, each in enumerate(found)],
    }


@st.composite
def changes(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """A mesh of many clusters before and after, with other policies, and sometimes with other clusters."""
    prod = draw(st.sampled_from([{}, {"labels": {"env": "prod"}}]))
    clusters = [cluster(number, **prod) for number in range(1, COUNT + 1)]
    clusters += [cluster(number) for number in range(10, 10 + draw(st.sampled_from([0, 1, COUNT])))]
    version = draw(st.sampled_from(["1.6.9", "1.18.3", "1.20.0"]))
    front = service("front", namespace="shop", selector={"app": "web"}, clusters="all")
    base, head = (
        mesh(*clusters, cilium={"version": version}, workloads=WORKLOADS, services=[front], policy=policy)
        for policy in (draw(policies()), draw(policies()))
    )
    head["clusters"] = draw(st.sampled_from([clusters, clusters, clusters[1:], [*clusters, cluster(30)]]))
    return base, head


def parsed(data: dict[str, Any]) -> Mesh:
    """The mesh, whatever checks say of it."""
    found = inspect(text(data), "mesh.yaml", depth=Depth.PARSED)
    assert found.mesh is not None, found.diagnostics
    return found.mesh


def reviewed(fold: Folding) -> Review:
    """The review of two meshes without the clusters that a folding leaves out."""
    return review(_scene(fold.base), _scene(fold.head), names=("base", "head"), folding=fold)


def _scene(of: Mesh) -> Scene:
    return Scene(of, Policies(of))


def whole_and_folded(base: dict[str, Any], head: dict[str, Any]) -> tuple[Review, Review, Folding]:
    """The reviews of all clusters and of a few, and what was left out of the latter."""
    before, after = parsed(base), parsed(head)
    fold = folding(before, after)
    return reviewed(Folding.none(before, after)), reviewed(fold), fold


def sorts(found: Review, fold: Folding) -> Counter[object]:
    """How many rows there are of each sort, whichever clusters that are alike they are about."""
    counts: Counter[object] = Counter()
    for row in found.rows:
        counts[_sort(found, row, fold)] += 1 + row.alike
    return counts


def _sort(found: Review, row: Row, fold: Folding) -> object:
    parts = [_parts(found, row.sources), _parts(found, row.targets)]
    alike: list[object] = []
    for kind in fold.kinds:
        at = [tuple(part.pop(name, frozenset()) for part in parts) for name in kind]
        if not found.alike:
            alike.append(frozenset(Counter(at).items()))
            continue
        shown, rest = Counter(at[:SHOWN]), len(kind) - SHOWN
        usual, _ = shown.most_common(1)[0]
        shown[usual] += rest
        alike.append(frozenset(shown.items()))
    told = (row.kind, row.risk, row.scope, row.before, row.after, row.ports)
    return (*told, *(frozenset(part.items()) for part in parts), *alike)


def _parts(found: Review, bits: Bits) -> dict[str, frozenset[str]]:
    """The endpoints in a set by cluster, without the names of clusters."""
    assert found.sides is not None
    universe = found.sides.after.universe
    return {
        name: frozenset(_names(found, bits & here, name))
        for name, here in (*universe.of_cluster.items(), ("", universe.outside))
        if bits & here
    }


def _names(found: Review, bits: Bits, cluster_name: str) -> Iterator[str]:
    assert found.sides is not None
    for index, endpoint in enumerate(found.sides.after.universe.endpoints):
        if bits >> index & 1:
            yield endpoint.name.removesuffix(f"@{cluster_name}")


@given(changes())
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_few_clusters_are_reviewed_for_all(change: tuple[dict[str, Any], dict[str, Any]]) -> None:
    whole, folded, fold = whole_and_folded(*change)

    assert fold.kinds
    assert sorts(folded, fold) == sorts(whole, fold)
    told = {(row.source_names, row.target_names, row.size, row.before, row.after) for row in whole.rows}
    for row in folded.rows:
        assert (row.source_names, row.target_names, row.size, row.before, row.after) in told
    assert [each[:2] + each[3:] for each in folded.postures] == [
        each[:2] + each[3:] for each in whole.postures
    ]
    for name in ("result", "changes", "refused", "meanings", "objects", "restarts"):
        assert getattr(folded, name) == getattr(whole, name), name


def test_names_stand_in_one_order_whichever_clusters_are_left_out() -> None:
    dns = {"policy": {"dns": {"namespace": "shop", "labels": {"app": "web"}}}}
    clusters = [*(cluster(number, **dns) for number in (1, 2, 3, 4, 5, 9)), cluster(8)]
    front = service("front", namespace="shop", selector={"app": "web", "tier": "x"})
    calls = {"from": "job@same", "to": "service:shop/front"}
    job = {"name": "job", "namespace": "kube-system", "serviceAccount": "job"}
    base = mesh(
        *clusters, workloads=[job], services=[front],
        policy={"rules": [{"name": "r", "allow": calls, "isolate": ["ingress"]}]},
    )  # fmt: skip
    head = mesh(*clusters, policy={"posture": [{"namespaces": ["kube-system"], "close": ["egress"]}]})
    whole, folded, fold = whole_and_folded(base, head)

    assert fold.kinds
    assert {row.target_names for row in folded.rows} <= {row.target_names for row in whole.rows}


@pytest.mark.parametrize("turned", [False, True])
def test_files_of_policies_may_speak_of_clusters_of_the_other_mesh(*, turned: bool) -> None:
    small = mesh(cluster(1), policy={"raw": [{"file": "policies/own.yaml"}]})
    large = mesh(*(cluster(number) for number in range(1, 13)))
    both = (large, small) if turned else (small, large)

    assert not folding(*map(parsed, both)).kinds


def many(port: int, *last: dict[str, Any], **overrides: Any) -> dict[str, Any]:
    """Many clusters that are alike, in each of which one workload may call another."""
    rules = [
        rule("web-db", "web@same", "db@*", [port], isolate=["egress", "ingress"]),
        rule("web-web", "web@*", "web@*", [7000], isolate=["ingress"]),
    ]
    clusters = [cluster(number) for number in range(1, 13)]
    overrides = {"policy": {"rules": rules}, "workloads": [WORKLOADS[0], WORKLOADS[2]], **overrides}
    return mesh(*clusters, *last, **overrides)


def rule(name: str, source: str, target: str, ports: list[int], **more: Any) -> dict[str, Any]:
    """A rule that allows."""
    return {"name": name, "allow": {"from": source, "to": target, "ports": ports}, **more}


class Changed:
    """Two meshes as files, to be compared in any format."""

    def __init__(self, folder: Path, run: Run) -> None:
        self._folder = folder
        self._run = run

    def __call__(self, base: dict[str, Any], head: dict[str, Any], *options: str, into: str = "text") -> str:
        """What is said of the change."""
        for name, data in (("base", base), ("head", head)):
            (self._folder / f"{name}.yaml").write_bytes(text(data))
        paths = (str(self._folder / "base.yaml"), str(self._folder / "head.yaml"))
        return self._run("diff", *paths, "--format", into, *options).out


@pytest.fixture
def diff(tmp_path: Path, meshgen: Run) -> Changed:
    """`meshgen diff` of two meshes."""
    return Changed(tmp_path, meshgen)


SHOWS = "cluster1, cluster10, cluster11, cluster12, cluster2"
ALIKE = (
    "12 clusters are alike to policies, and changes of connections are told of the first 5 for all of them: "
    f"{SHOWS}, cluster3, cluster4, cluster5, cluster6, cluster7, cluster8, cluster9"
)


def test_one_row_stands_for_all_clusters_that_are_alike(diff: Changed) -> None:
    told = diff(many(80), many(81)).splitlines()
    widened = [line for line in told if line.startswith("~+")]

    row = "~+ widened medium in-cluster: web@cluster1 -> db@cluster1: 80/TCP => 81/TCP"
    assert widened == [f"{row}, and 11 more like it in clusters that are alike"]
    assert f"= {ALIKE}" in told
    files = [line for line in told if "files of" in line]
    assert files == ["= files of cluster1 and 11 more like it: 2 changed"]


def test_a_comment_counts_every_row(diff: Changed) -> None:
    told = diff(many(80), many(81), into="markdown")

    assert "NEW ACCESS (12 widened, 12 narrowed)" in told
    assert "| `web@cluster1`, and 11 more like it in clusters that are alike | `db@cluster1` |" in told
    assert f"- {ALIKE}" in told.replace("`", "")
    assert "\n- `cluster1` and 11 more like it: 0 added, 2 changed, 0 removed\n" in told
    assert told.count("0 added, 2 changed, 0 removed") == 1


def test_json_tells_of_all_clusters(diff: Changed) -> None:
    told = json.loads(diff(many(80), many(81), into="json"))

    Draft202012Validator(schema()).validate(told)
    assert [each["alike"] for each in told["changes"]] == [11, 11]
    [kind] = told["alike"]
    assert kind["shown"] == SHOWS.split(", ")
    assert len(kind["clusters"]) == len(told["semantics"]) == len(told["files"]) == len(told["objects"]) == 12


def test_sizes_are_those_of_the_whole_mesh(diff: Changed) -> None:
    shut = {"rules": [rule("web-web", "web@*", "web@*", [80], isolate=["ingress"])]}
    told = json.loads(diff(many(80, policy=None), many(80, policy=shut), into="json"))
    [posture] = told["posture"]
    [cut] = [each for each in told["changes"] if each["from"]["told"] == ["web@*"]]

    assert posture["workloads"] == ["web@*"]
    assert cut["to"]["size"] == posture["size"]
    assert posture["size"] % 12 == 0
    assert cut["to"]["endpoints"] == sorted(f"web@cluster{number}" for number in range(1, 13))


def test_the_page_and_sarif_tell_it_too(diff: Changed) -> None:
    page, sarif = (diff(many(80), many(81), into=name) for name in ("html", "sarif"))

    assert "and 11 more like it in clusters that are alike" in page
    assert ALIKE in page
    assert "<code>cluster1</code> and 11 more like it: 0 added, 2 changed, 0 removed" in page
    assert "12 widened, 12 narrowed" in page
    assert "=&gt; 81/TCP, and 11 more like it" in sarif or "=> 81/TCP, and 11 more like it" in sarif


def test_where_nothing_changed_nothing_is_said_of_clusters(diff: Changed) -> None:
    assert diff(many(80), many(80)).splitlines()[:-1] == []


def test_a_gate_says_how_many_it_fails_for(diff: Changed) -> None:
    told = diff(many(80), many(81), "--fail-on", "opened")

    assert "! gate opened fails: widened web@cluster1 -> db@cluster1: 81/TCP, and 11 more like it" in told


def test_a_cluster_that_a_declared_change_names_is_looked_at_by_itself(diff: Changed, tmp_path: Path) -> None:
    ends = [
        {"from": f"web@cluster{number}", "to": f"db@cluster{number}", "reason": "known"} for number in (3, 4)
    ]
    (tmp_path / "allow.yaml").write_bytes(text({"allow": ends}))
    told = diff(many(80), many(81), "--allow", str(tmp_path / "allow.yaml"))
    failed = [line for line in told.splitlines() if line.startswith("! gate undeclared fails: widened")]

    fails = "! gate undeclared fails: widened web@cluster1 -> db@cluster1: 81/TCP"
    assert failed == [f"{fails}, and 9 more like it in clusters that are alike"]


def test_an_address_changes_the_files_of_every_cluster(diff: Changed) -> None:
    head = many(81)
    head["clusters"][6] = cluster(7, serviceIPs=["172.16.7.11"])
    told = json.loads(diff(many(80), head, into="json"))
    changed = {each["cluster"]: each["changed"] for each in told["files"]}

    assert len(changed) == 12
    assert "patches/cilium.daemonset.yaml" in changed["cluster12"]
    assert "patches/cilium.daemonset.yaml" not in changed["cluster7"]
    assert "cilium-etcd-external.service.yaml" in changed["cluster7"]


@pytest.mark.parametrize("number", [1, 7])
def test_a_cluster_whose_files_alone_change_stands_for_no_other(diff: Changed, number: int) -> None:
    base = many(80, cilium={"version": "1.18.3"})
    head = many(80, cilium={"version": "1.18.3"})
    head["clusters"][number - 1]["service"] = {"labels": {"team": "net"}}
    told = diff(base, head).splitlines()

    assert [line for line in told if "files of" in line] == [f"= files of cluster{number}: 1 changed"]


def test_an_odd_cluster_does_not_keep_others_from_standing_together(diff: Changed) -> None:
    head = many(80)
    head["clusters"][0] = cluster(1, serviceIPs=["172.16.1.11"])
    told = diff(many(80), head).splitlines()

    assert [line.partition(":")[0] for line in told if "files of" in line] == [
        "= files of cluster1",
        "= files of cluster10 and 10 more like it",
    ]


def test_clusters_that_are_delivered_in_two_ways_have_files_of_their_own(diff: Changed) -> None:
    def mixed(port: int) -> dict[str, Any]:
        made = many(port, cilium={"version": "1.18.3", "delivery": "helm"})
        for each in made["clusters"][6:]:
            each["cilium"] = {"delivery": "manifests"}
        return made

    told = json.loads(diff(mixed(80), mixed(81), into="json"))

    assert [len(kind["clusters"]) for kind in told["alike"]] == [12]
    assert len(told["files"]) == 12


def refused_object(cluster_name: str, name: str) -> PolicyObject:
    """An object that no version of Cilium takes."""
    metadata = {"name": name, "namespace": "shop"}
    manifest = {"kind": "CiliumNetworkPolicy", "metadata": metadata, "spec": {}}
    return PolicyObject(cluster_name, manifest, ("policy", "raw", 0), name, "raw")


def test_what_cilium_refuses_now_is_told_of_every_cluster() -> None:
    fold = folding(parsed(many(80)), parsed(many(80)))
    base, head = _scene(fold.base), _scene(fold.head)
    for name in head.objects:
        base.objects[name].append(refused_object(name, "before"))
        head.objects[name] += [refused_object(name, "before"), refused_object(name, "now")]
    told = review(base, head, names=("base", "head"), folding=fold).refused

    assert {each.place.name for each in told} == {"now"}
    assert [each.place.cluster for each in told] == sorted(f"cluster{number}" for number in range(1, 13))
