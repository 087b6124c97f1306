"""Changed values of the chart: a row for each leaf, and nothing private in it."""

import json
from base64 import b64encode
from typing import Any

import pytest
from builders import cluster, mesh
from commands import Run
from meshes import located, reviewed, written

from meshgen.review.changes import HIDDEN, Impact, MeshChange
from meshgen.review.helm_values import changed_values, shown
from meshgen.review.machine import render

KEY = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----\n"


def changed(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(".".join(map(str, path)), was, is_now) for path, was, is_now in changed_values(before, after)]


def test_each_leaf_is_one_and_a_text_is_not_the_number_it_looks_like() -> None:
    before = {"a": {"b": 1, "same": [1, 2]}, "gone": {"x": True}, "list": [1]}
    after = {"a": {"b": "1", "same": [1, 2]}, "new": {}, "list": [1, 2]}

    assert changed(before, after) == [
        ("a.b", "1", '"1"'),
        ("list", "[1]", "[1, 2]"),
        ("gone.x", "true", "absent"),
    ]
    assert changed({"a": True}, {"a": 1}) == [("a", "true", "1")]


def test_items_with_keys_are_compared_one_by_one() -> None:
    before = {"extraEnv": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]}
    after = {"extraEnv": [{"name": "A", "value": "1"}, {"name": "B", "value": "3"}]}

    assert changed(before, after) == [("extraEnv.1.value", '"2"', '"3"')]


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({"tls": {"ca": {"key": "hunter2"}}}, id="a key"),
        pytest.param({"auth": {"adminPassword": "hunter2"}}, id="a password"),
        pytest.param({"auth": {"pinSecret": {"of": ["hunter2"]}}}, id="below a secret"),
        pytest.param({"extraEnv": [{"name": "API_TOKEN", "value": "hunter2"}]}, id="an environment"),
        pytest.param({"extraArgs": ["--api-token=hunter2"]}, id="an argument"),
        pytest.param({"extraConfig": {"raw": "password: hunter2"}}, id="a text with a password"),
        pytest.param({"a": f"{KEY}hunter2"}, id="a private key"),
        pytest.param({"a": b64encode(f"{KEY}{KEY}".encode()).decode() + " hunter2"}, id="one in base64"),
        pytest.param({"url": "https://user:hunter2@example.com/"}, id="a URL"),
        pytest.param({"url": "https://example.com/?sig=hunter2"}, id="a signed URL"),
        pytest.param({"urls": ["https://example.com/", "https://example.com/?a=hunter2"]}, id="a query"),
        pytest.param({"passphrases": {"dbPasswrd": "hunter2"}}, id="a passphrase"),
    ],
)
def test_what_may_be_private_is_not_shown(value: dict[str, Any]) -> None:
    assert changed({}, value)
    assert "hunter2" not in str(changed({}, value))
    assert "hunter2" not in str(changed(value, {}))


def test_what_only_names_or_switches_something_private_is_shown() -> None:
    value = {"tls": {"secretName": "mine", "secretSync": {"enabled": True}}, "secret": {"name": "other"}}

    assert [text for _, _, text in changed({}, value)] == ['"mine"', "true", '"other"']


def test_long_values_are_cut() -> None:
    [(_, _, text)] = changed({}, {"a": "x" * 500})

    assert text.startswith('"xxx')
    assert text.endswith("…")
    assert len(text) < 100


def test_other_facts_show_no_key_either() -> None:
    assert shown(KEY) == HIDDEN
    assert shown("plain") == "plain"


def of(before: dict[str, Any], after: dict[str, Any], version: str = "1.19.6") -> tuple[MeshChange, ...]:
    base, head = (
        mesh(cluster(1, helmValues=values), cluster(2), cilium={"version": version})
        for values in (before, after)
    )
    return reviewed(base, head).changes


def test_a_value_has_a_row_with_its_path() -> None:
    [change] = of({"hubble": {"enabled": False}}, {"hubble": {"enabled": True}})

    assert (change.subject, change.what) == ("cluster1", "helmValues.hubble.enabled")
    assert (change.before, change.after, change.impact) == ("false", "true", Impact.UNKNOWN)


def test_many_values_end_in_how_many_more() -> None:
    *some, last = of({}, {"podAnnotations": {f"a{number}": "b" for number in range(60)}})

    assert len(some) == 50
    assert (last.what, last.after) == ("helmValues", "10 more values")


def test_no_format_shows_what_is_private(meshgen: Run, tmp_path: Any) -> None:
    cilium = {"version": "1.19.6"}
    base = mesh(cluster(1), cluster(2), cilium=cilium)
    values = {"clustermesh": {"apiserver": {"tls": {"ca": {"key": "hunter2"}}}}}
    head = mesh(cluster(1, helmValues=values), cluster(2), cilium=cilium)
    found = located(base, head)

    assert "hunter2" not in render(found)
    assert json.loads(render(found))["meshChanges"][0]["after"] == HIDDEN
    files = written(tmp_path, "base/mesh.yaml", base), written(tmp_path, "head/mesh.yaml", head)
    told = meshgen("diff", *files)
    assert "helmValues.clustermesh.apiserver.tls.ca.key" in told.out
    assert "hunter2" not in told.out


MEANT = "policyDefaultLocalCluster"


def test_what_a_peer_means_is_told_however_many_values_change() -> None:
    first, *_ = of({}, {"podAnnotations": {f"a{n}": "b" for n in range(60)}, "clustermesh": {MEANT: False}})

    assert first.what == f"helmValues.clustermesh.{MEANT}"


def test_what_a_peer_means_is_told_with_the_value() -> None:
    [change] = of({}, {"clustermesh": {MEANT: False}})

    assert (change.impact, change.restarts.agents) == (Impact.RESTART, ("cluster1",))
    assert "a peer without a cluster label: local cluster -> any cluster" in change.note


def test_a_value_that_says_what_is_so_anyway_does_nothing() -> None:
    [change] = of({}, {"clustermesh": {MEANT: True}})

    assert (change.impact, change.restarts.agents) == (Impact.NONE, ())
    assert change.note.endswith("local cluster, as before")


def upgraded(values: dict[str, Any], before: str, after: str) -> dict[str, MeshChange]:
    one, other = (
        mesh(cluster(1, helmValues={"clustermesh": values}), cluster(2), cilium={"version": version})
        for version in (before, after)
    )
    return {
        each.what: each
        for each in reviewed(one, other).changes
        if "cluster1" in {each.subject, *each.together}
    }


def test_an_upgrade_with_the_value_says_what_is_so_in_this_cluster() -> None:
    assert "a peer" in upgraded({}, "1.18.12", "1.19.6")["objects of Cilium"].note
    assert "a peer" not in upgraded({MEANT: False}, "1.18.12", "1.19.6")["objects of Cilium"].note
    assert "a peer" not in upgraded({MEANT: True}, "1.18.12", "1.19.6")["objects of Cilium"].note


def test_a_value_that_only_the_newer_chart_reads_is_told() -> None:
    found = upgraded({MEANT: True}, "1.17.18", "1.18.12")

    change = found["a peer without a cluster label"]
    assert (change.before, change.after) == ("any cluster", "local cluster")
    assert (change.impact, change.restarts.agents) == (Impact.RESTART, ("cluster1",))
