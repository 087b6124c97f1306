# ruff: noqa: E501 - a row of a table is one line
"""Everything that is wrong with a file is told in one run, once, in order, with both ends."""

import pytest
from builders import cluster, mesh, service, text
from placed import diagnostics, placed

from meshgen.model.crowds import VALUES
from meshgen.model.parse import LIMIT

BROKEN = """\
version: "1"
nam: rebel-alliance
cilium:
  version: 1.20
  datapath: {mode: tunnle}
clusters:
  - name: cluster1
    id: yes
    provider: gcp
    podCIDRs: 10.1.0.0/16
    colour: red
  - name: 017
    id: &id "2"
    labels: {my env: prod, tier: no}
    podCIDRs: [10.2.0.0/33, 10.3.0.0/16]
    nodeIPs:
      - 10.0.0.1
      - 10.0.0.256
services:
  - name: Base
    ports: [0, {port: 80, targetPort: 1.5}]
    clusters: [cluster1, 2]
workload: []
"""


def test_every_mistake_is_told_at_its_place() -> None:
    assert placed(BROKEN) == [
        "MG103 1:10-1:13 version",
        "MG101 2:1-2:4 nam",
        "MG103 4:12-4:16 cilium.version",
        "MG104 5:20-5:26 cilium.datapath.mode",
        "MG103 8:9-8:12 clusters[0].id",
        "MG103 10:15-10:26 clusters[0].podCIDRs",
        "MG101 11:5-11:11 clusters[0].colour",
        "MG102 12:5-12:9 clusters[1].provider",
        "MG103 12:11-12:14 clusters[1].name",
        "MG103 13:13-13:16 clusters[1].id",
        'MG104 14:14-14:20 clusters[1].labels["my env"]',
        "MG103 14:34-14:36 clusters[1].labels.tier",
        "MG104 15:16-15:27 clusters[1].podCIDRs[0]",
        "MG104 18:9-18:19 clusters[1].nodeIPs[1]",
        "MG104 20:11-20:15 services[0].name",
        "MG104 21:13-21:14 services[0].ports[0]",
        "MG103 21:39-21:42 services[0].ports[1].targetPort",
        "MG103 22:26-22:27 services[0].clusters[1]",
        "MG101 23:1-23:9 workload",
    ]


def test_a_mistake_is_told_once_however_many_clusters_share_it() -> None:
    content = """\
version: 1
name: a
cilium: {version: 1.6.9}
clusters:
  - &one {name: a, id: x, provider: gcp, podCIDRs: [10.1.0.0/16]}
  - <<: *one
    name: b
"""

    assert placed(content) == ["MG103 5:24-5:25 clusters[0].id"]


def test_words_behind_an_alias_are_told_once() -> None:
    content = text(mesh()).decode() + "services:\n"
    content += "- {name: a, ports: [80], selector: &s {on: no}}\n- {name: b, ports: [80], selector: *s}\n"
    content += "- {name: c, ports: [80], selector: {<<: *s, a: b}}\n"

    assert [one.split()[2] for one in placed(content)] == ["services[0].selector.on"] * 2


def test_keys_that_are_missing_together_are_told_each() -> None:
    content = "version: 1\nname: a\ncilium: {version: 1.6.9}\nclusters: [{}, {}]\n"

    assert placed(content) == [
        *(f"MG102 4:12-4:14 clusters[0].{key}" for key in ("id", "name", "podCIDRs", "provider")),
        *(f"MG102 4:16-4:18 clusters[1].{key}" for key in ("id", "name", "podCIDRs", "provider")),
    ]


def test_findings_stop_where_there_are_too_many() -> None:
    data = mesh(services=[service(f"s{n}", wrong=1) for n in range(LIMIT + 5)])

    found = diagnostics(text(data))
    assert len(found) == LIMIT + 1
    assert {one.code for one in found} == {"MG101"}
    assert "more than 2,000 findings; the rest is left out" in {one.message for one in found}


def test_findings_of_one_cluster_stop_where_there_are_too_many() -> None:
    data = mesh(cluster(1, labels={f"bad key {n}": "x" for n in range(LIMIT + 5)}), cluster(2, id="x"))

    found = diagnostics(text(data))
    assert len(found) == LIMIT + 1
    assert {one.code for one in found} == {"MG104"}


def test_as_many_findings_as_are_told_come_without_a_note() -> None:
    data = mesh(services=[service(f"s{n}", wrong=1) for n in range(LIMIT)])

    found = diagnostics(text(data))
    assert len(found) == LIMIT
    assert {one.message for one in found} == {"the key 'wrong' is not known here"}


MANY = {f"k{n}": 1 for n in range(VALUES + 1)}


@pytest.mark.parametrize(
    ("data", "path", "message"),
    [
        pytest.param(
            mesh() | {"clusters": [1] * 1025}, "clusters", "clusters has 1,025 entries; at most 1,024 are read", id="clusters"
        ),
        pytest.param(
            mesh(services=[1] * 100_001), "services", "services has 100,001 entries; at most 100,000 are read", id="services"
        ),
        pytest.param(
            mesh(ignore=[1] * 10_001), "ignore", "ignore has 10,001 entries; at most 10,000 are read", id="ignored findings"
        ),
        pytest.param(
            mesh(cluster(1, helmValues=MANY), cluster(2)),
            "clusters[0]",
            "clusters[0] has 10,009 values; at most 10,000 are read",
            id="values in a cluster",
        ),
        pytest.param(
            mesh(services=[service(), service("b", labels=MANY)]),
            "services[1]",
            "services[1] has 10,007 values; at most 10,000 are read",
            id="values in a service",
        ),
        pytest.param(mesh(policy=MANY), "policy", "policy has 10,001 values; at most 10,000 are read", id="values in a section"),
        pytest.param(mesh() | MANY, "", "the file has 10,004 keys; at most 10,000 are read", id="keys of the file"),
        pytest.param(
            mesh(*[cluster(n) for n in range(1, 102)], clusterDefaults={"helmValues": {"a": list(range(9_900))}}),
            "clusterDefaults",
            "clusterDefaults has 9,902 values for each of 101 clusters; at most 1,000,000 are read",
            id="defaults of many clusters",
        ),
        pytest.param(
            mesh(*[cluster(n) for n in range(1, 102)], cilium={"version": "1.6.9", "extraHostAliases": [1] * 9_900}),
            "cilium",
            "cilium has 9,902 values for each of 101 clusters; at most 1,000,000 are read",
            id="settings of many clusters",
        ),
    ],
)  # fmt: skip
def test_what_is_larger_than_any_mesh_is_one_finding(
    data: dict[str, object], path: str, message: str
) -> None:
    (found,) = diagnostics(text(data))

    assert (found.code, found.path, found.message) == ("MG104", path, message)


def test_node_addresses_may_be_many() -> None:
    nodes = [f"192.168.{n // 250}.{n % 250 + 1}" for n in range(12_000)]
    data = mesh(
        cluster(1, nodeCIDRs=["192.168.0.0/16"], nodeIPs=nodes), cluster(2, nodeCIDRs=["172.20.0.0/16"])
    )

    assert diagnostics(text(data)) == ()
