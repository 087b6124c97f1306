"""The page of a review, as the text that it is; tests in a browser stand beside these."""

import html
import json
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any

import pytest
from builders import cluster, service
from hostile import HOSTILE, hostile
from reviewed import changed, located, mesh, rule, scene

from meshgen.policy.objects import PolicyObject
from meshgen.review import axes, connections, matrix, page, sections
from meshgen.review.files import file_changes
from meshgen.review.machine import Located
from meshgen.review.markup import Markup, code, joined, names, tag
from meshgen.review.page import render, render_reach
from meshgen.review.report import review

HELD = {"close": ["egress", "ingress"]}
OPEN = {"posture": [{"namespaces": ["data"], **HELD}]}


def embedded(content: str) -> dict[str, Any]:
    """The data of the matrix."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', content)
    assert found
    return dict(json.loads(found[1]))


def told(content: str) -> str:
    """The page as it reads."""
    return html.unescape(re.sub(r"<[^>]*>", "", content.partition("<body>")[2].partition("<script")[0]))


def cells(content: str) -> dict[str, dict[str, Any]]:
    """The states of the matrix by `source to target`, those that are denied and did not change left out."""
    data = embedded(content)
    found = {}
    for row, source in zip(data["cells"], data["sources"], strict=True):
        for number, target in zip(row, data["targets"], strict=True):
            state = data["states"][number]
            if state["changed"] or state["verdicts"][1] != "denied":
                pair = f"{data['ends'][source]['name']} to {data['ends'][target]['name']}"
                found[pair] = state | {"why": data["why"].get(f"{source} {target}")}
    return found


def test_the_same_change_gives_the_same_bytes() -> None:
    assert render(located(mesh(), changed())) == render(located(mesh(), changed()))


def test_only_its_own_style_and_script_are_let_in() -> None:
    content = render(located(mesh(), changed()))
    policy = html.unescape(re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', content)[0])
    assert policy.startswith("default-src 'none'; ")
    for kind, element in (("style-src", "<style>"), ("script-src", "<script>")):
        inline = content.partition(element)[2].partition("</")[0]
        digest = b64encode(sha256(inline.encode()).digest()).decode()
        assert f"{kind} 'sha256-{digest}'" in policy
    assert "http:" not in content
    assert "https:" not in content
    assert not re.search(r" on[a-z]+=| style=| src=", content.partition("<body>")[2].partition("<script")[0])


class Seen(HTMLParser):
    """The elements and attributes of a page, but for what its own script has."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def handle_starttag(self, name: str, attributes: list[tuple[str, str | None]]) -> None:
        self.seen |= {name, *(key for key, _ in attributes)}


def test_no_name_becomes_an_element_or_an_attribute() -> None:
    plain, bad = Seen(), Seen()
    plain.feed(render(located(mesh(), changed(), "opened")))
    content = render(hostile())
    bad.feed(content)
    assert bad.seen - plain.seen <= {"class"}
    assert "\u202e" not in content
    ends = [each["name"] for each in embedded(content)["ends"]]
    assert any(HOSTILE[1] in name for name in ends)
    assert HOSTILE[0] in told(content)


def test_what_fails_comes_first() -> None:
    made = told(render(located(mesh(), changed(), "world")))
    places = [
        made.index(text)
        for text in ("new access 2 opened", "Gates that fail (1)", "Expectations that fail (1 of 1)",
                     "opened critical world", "opened high", "widened medium", "cut cross-cluster", "Matrix")
    ]  # fmt: skip
    assert places == sorted(places)
    assert "web@cluster1 → db@cluster2:5432 must be denied and is allowed (mesh.yaml:" in made


def test_a_row_says_why() -> None:
    made = told(render(located(mesh(), changed())))
    assert "web@cluster1 → db@cluster2 at 5432/TCP" in made
    assert "denied: closed, and no rule allows it" in made
    assert "allowed: by a rule" in made
    assert "data/web-db-ingress in cluster2 (mesh.yaml:" in made


def test_cells_are_what_the_rows_say() -> None:
    made = cells(render(located(mesh(), changed())))
    marks = {pair: (state["mark"], state["told"]) for pair, state in made.items() if state["changed"]}
    assert marks == {
        "web@cluster1 to cidr:203.0.113.0/24": ("+", "opened"),
        "web@cluster1 to db@cluster2": ("+", "opened"),
        "web@cluster1 to api@cluster1": ("~+", "widened"),
        "web@cluster2 to api@cluster2": ("~+", "widened"),
        "api@cluster1 to db@cluster2": ("-", "cut"),
        "api@cluster2 to db@cluster2": ("-", "cut"),
    }
    still = made["web@cluster1 to DNS@cluster1"]
    assert (still["mark"], still["kind"]) == ("=", "still-allowed")
    assert still["why"]["halves"][0] is None, "what is unchanged is explained as it is now"
    opened = made["web@cluster1 to db@cluster2"]
    assert opened["ports"] == [["none"], ["5432/TCP"]]
    assert opened["why"]["port"] == "5432/TCP"


def test_nothing_changed() -> None:
    made = render(located(mesh(), mesh()))
    assert "No change. Policy objects that changed: 0; who reaches whom is the same" in told(made)
    assert "No file changes." in told(made)
    assert not any(state["changed"] for state in embedded(made)["states"])


def test_requests_and_unknown_answers_are_told() -> None:
    base = mesh(policy={"posture": [{"namespaces": ["shop"], **HELD}]}, expect=[])
    http = [{"method": "GET", "path": "/<v1>/.*"}]
    head = mesh(
        policy={
            "posture": [{"namespaces": ["shop"], **HELD}],
            "rules": [
                {"name": "get", "allow": {"from": "web@*", "to": "api@same", "ports": [8080], "http": http}},
                rule("names", "web@cluster1", "fqdn:*.example.com", [443]),
                rule("block", "web@cluster2", "cidr:203.0.113.0/24", [443]),
            ],
        },
        expect=[],
    )
    content = render(located(base, head))
    made = cells(content)
    assert "GET /<v1>/.*" in told(content)
    assert "allowed: by a rule, for some requests: GET /<v1>/.*" in told(content)
    unknown = made["web@cluster2 to fqdn:*.example.com"]
    assert (unknown["mark"], unknown["told"], unknown["verdicts"]) == ("?", "unknown", ["denied", "unknown"])
    assert "unknown: not known: a name may resolve to an address of a CIDR" in told(content)


def test_a_cluster_that_joins_was_not_there_before() -> None:
    added = mesh(clusters=[cluster(1), cluster(2), cluster(3)])
    content = render(located(mesh(), added))
    made = cells(content)
    inside = made["web@cluster3 to api@cluster3"]
    assert inside["verdicts"] == ["absent", "allowed"]
    assert inside["told"] == "allowed, unchanged"
    across = made["api@cluster3 to db@cluster2"]
    assert across["told"] == "opened"
    assert across["why"]["halves"][0] is None
    assert "not in the mesh" in told(content)
    assert "clustermesh-apiserver restarts in 2 clusters: cluster1, cluster2" in told(content)
    older = {"cilium": {"version": "1.15.19"}}
    before = render(located(mesh(**older), added | older))
    assert "agents restart in 2 clusters: cluster1, cluster2" in told(before)
    gone = render(located(added, mesh()))
    assert cells(gone)["api@cluster3 to db@cluster2"]["told"] == "cut"
    both = mesh(clusters=[cluster(1), cluster(2), cluster(4)])
    states = embedded(render(located(added, both)))["states"]
    assert ["absent", "absent"] in [state["verdicts"] for state in states]


def test_postures_and_files_are_told() -> None:
    opened = mesh(policy={"posture": [{"namespaces": ["data"], **HELD}]})
    paths = {f"cluster1/{number}": 1 for number in range(300)}
    made = told(render(located(mesh(), opened, files=file_changes(paths, {"a": 1}))))
    assert re.search(r"ingress of .*: closed → open, by shop/.* in cluster1 \(mesh.yaml:\d+\)", made)
    assert "cluster1: 0 added, 0 changed, 300 removed" in made
    assert "removed: 100 more" in made
    assert "the mesh: 1 added, 0 changed, 0 removed" in made
    closed = told(render(located(opened, mesh())))
    assert re.search(r"egress of .*: open → closed, by shop/", closed)


def test_many_rules_are_counted() -> None:
    rules = [rule(f"r{number}", "web@*", "api@same", [8080]) for number in range(30)]
    policy = {"posture": [{"namespaces": ["data", "shop"], **HELD}]}
    made = told(render(located(mesh(policy=policy), mesh(policy=policy | {"rules": rules}))))
    assert "and 10 more" in made


def without_sides(found: Located) -> Located:
    review = found.review._replace(
        rows=(), sides=None, incomplete="there are too many", files=None, no_files="nothing to compare with"
    )
    return found._replace(review=review)


def test_what_could_not_be_compared_has_no_matrix() -> None:
    made = render(without_sides(located(mesh(), changed())))
    assert "Not every pod could be looked at: there are too many. Nothing below is complete." in told(made)
    assert "Files were not compared: nothing to compare with" in told(made)
    assert embedded(made) == {}
    assert 'id="grid"' not in made
    assert "No change" not in told(made)


def test_refused_objects_are_told() -> None:
    made = told(render(hostile()))
    assert "Cilium refuses these objects, and none of them is enforced" in made


def test_what_is_left_out_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(axes, "SIDE", 2)
    monkeypatch.setattr(connections, "MOST_ROWS", 2)
    monkeypatch.setattr(matrix, "MOST_REASONS", 3)
    monkeypatch.setattr(page, "MOST_REASONS", 3)
    monkeypatch.setattr(sections, "_MOST_FILES", 0)
    content = render(located(mesh(), changed()))
    left_out = r"\d\d sources are left out, 2 of them with changes. \d\d targets are left out, 2 of them"
    assert re.search(left_out, told(content))
    assert "3 of 4 cells are explained rule by rule" in told(content)
    assert "3 more rows are not listed here" in told(content)
    data = embedded(content)
    assert [data["ends"][index]["name"] for index in data["targets"]] == [
        "db@cluster2",
        "cidr:203.0.113.0/24",
    ]
    assert len(data["why"]) == 3
    short = data["halves"][data["ends"][data["targets"][0]]["short"][1][1]]
    assert short["verdict"] == "closed"
    assert data["ends"][data["targets"][1]]["short"] == [[None, None], [None, None]]


def test_kinds_of_pods_stand_in_it_where_no_listed_pod_does() -> None:
    (base, base_places), (head, head_places) = scene(mesh(policy=OPEN)), scene(mesh(policy=OPEN))
    base.objects["cluster1"].append(let_in("nobody"))
    head.objects["cluster1"].append(let_in("admin"))
    found = review(base, head, names=("a", "b"))
    made = render(Located(found, base_places, head_places))
    opened = {pair for pair, state in cells(made).items() if state["told"] == "opened"}
    assert opened == {
        f"any other pod with {app}, role=admin of shop@{name} to api@cluster1"
        for app in ("app=api", "another app")
        for name in ("cluster1", "cluster2")
    }
    assert all(
        "role=admin" in each["name"] or "role=nobody" in each["name"]
        for each in embedded(made)["ends"]
        if each["name"].startswith("any other pod")
    )


def let_in(role: str) -> PolicyObject:
    """An object that lets pods with a role call `api`, and nobody else."""
    selector = {"matchLabels": {"role": role}}
    spec = {"endpointSelector": {"matchLabels": {"app": "api"}}, "ingress": [{"fromEndpoints": [selector]}]}
    metadata = {"name": "roles", "namespace": "shop"}
    made = {"apiVersion": "cilium.io/v2", "kind": "CiliumNetworkPolicy", "metadata": metadata, "spec": spec}
    return PolicyObject("cluster1", made, ("policy",), "roles", "raw")


def test_a_change_that_restarts_nothing() -> None:
    made = told(render(located(mesh(), mesh(services=[service()]))))
    assert "default/rebel-base: global service" in made
    assert "Agents restart" not in made


def test_who_reaches_whom() -> None:
    made, places = scene(mesh(services=[service("front", namespace="shop", selector={"app": "front"})]))
    analysis = made.analysis()
    everyone = analysis.universe.everyone
    content = render_reach(made, analysis, everyone, everyone, places)
    assert content == render_reach(made, analysis, everyone, everyone, places)
    found = cells(content)
    assert found["web@cluster1 to api@cluster1"]["mark"] == "\u2713"
    assert found["web@cluster1 to api@cluster1"]["told"] == "allowed"
    assert found["web@cluster1 to api@cluster1"]["why"]["port"] == "8080/TCP"
    assert "Only what changed" not in content
    assert "Cilium 1.18.3, peers mean any cluster" in told(content)
    one = render_reach(made, analysis, 1, 3, places)
    assert (len(embedded(one)["sources"]), len(embedded(one)["targets"])) == (1, 2)


def test_markup_is_made_of_texts() -> None:
    assert tag("a", "<&>", class_='"', aria_label="x") == '<a class="&quot;" aria-label="x">&lt;&amp;&gt;</a>'
    assert tag("input", type="text") == '<input type="text">'
    assert joined([Markup("<b></b>"), "\n\u202e"]) == "<b></b>\\n\\u202e"
    assert names("abc", 2) == f"{code('a')}, {code('b')} and 1 more"
    assert names("ab", 2) == f"{code('a')}, {code('b')}"


def test_errors_of_the_mesh_come_first() -> None:
    made = told(render(located(mesh(), changed())._replace(errors=2, new_errors=1)))
    assert "2 errors, 1 of them new, which meshgen check shows." in made


def test_new_errors_are_told() -> None:
    errors = tuple(f"MG202: ID {number} is taken" for number in range(7))
    made = told(render(located(mesh(), changed())._replace(errors=7, new_errors=7, new_texts=errors)))

    assert "MG202: ID 4 is taken" in made
    assert "ID 5" not in made
    assert "and 2 more new errors" in made


def test_what_breaks_a_running_mesh_comes_first() -> None:
    page = render(located(mesh(), mesh(clusters=[cluster(1), cluster(2, podCIDRs=["10.99.0.0/16"])])))

    assert "This breaks a running mesh" in page.partition("Connections that changed")[0]
    assert page.count("not supported live") == 1
    assert "Clusters, services and workloads" not in page
