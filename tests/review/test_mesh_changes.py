"""Changes of clusters, services and workloads, and what each does to a running mesh."""

from typing import Any

import pytest
from builders import cluster, mesh, service
from meshes import reviewed

from meshgen.review.clusters import Impact, MeshChange


def changes(*clusters: dict[str, Any], **overrides: Any) -> tuple[MeshChange, ...]:
    base = mesh(cluster(1), cluster(2), cluster(3))
    return reviewed(base, mesh(*(clusters or base["clusters"]), **overrides)).changes


def test_nothing_is_nothing() -> None:
    assert changes() == ()


@pytest.mark.parametrize(
    ("second", "what", "impact", "restarts", "gate"),
    [
        pytest.param({"id": 7}, "ID", Impact.UNSUPPORTED, 3, "identity", id="an ID"),
        pytest.param(
            {"serviceIPs": ["172.16.9.9"]}, "service addresses", Impact.RESTART, 2, None, id="an address"
        ),
        pytest.param(
            {"cilium": {"version": "1.7.1"}}, "Cilium version", Impact.RESTART, 1, None, id="a version"
        ),
        pytest.param({"podCIDRs": ["10.99.0.0/16"]}, "PodCIDRs", Impact.UNSUPPORTED, 0, None, id="a PodCIDR"),
        pytest.param({"service": {"port": 2380}}, "service port", Impact.RESTART, 2, None, id="a port"),
        pytest.param({"provider": "gcp"}, "provider", Impact.RECONNECT, 0, None, id="a provider"),
    ],
)
def test_a_change_of_a_cluster(
    second: dict[str, Any], what: str, impact: Impact, restarts: int, gate: str | None
) -> None:
    [change] = changes(cluster(1), cluster(2, **second), cluster(3))

    assert (change.subject, change.what, change.impact, change.gate) == ("cluster2", what, impact, gate)
    assert len(change.restarts) == restarts
    assert change.note


def test_a_cluster_that_is_added_restarts_the_agents_of_all_others() -> None:
    [change] = changes(cluster(1), cluster(2), cluster(3), cluster(4))

    assert (change.subject, change.after, change.restarts) == (
        "cluster4",
        "added",
        ("cluster1", "cluster2", "cluster3"),
    )


def test_a_cluster_that_is_removed_fails_a_gate() -> None:
    [change] = changes(cluster(1), cluster(2))

    assert (change.subject, change.after, change.gate) == ("cluster3", "removed", "removal")


def test_another_name_with_the_same_addresses_is_a_renaming() -> None:
    [change] = changes(cluster(1), cluster(2), cluster(3, name="third"))

    assert (change.what, change.before, change.after) == ("name", "cluster3", "third")
    assert (change.impact, change.gate) == (Impact.UNSUPPORTED, "identity")


def test_services_and_workloads() -> None:
    base = mesh(services=[service()], workloads=[{"name": "a", "labels": {"app": "a"}}])
    head = mesh(
        services=[service(ports=[81], affinity="local"), service("other")],
        workloads=[{"name": "b", "labels": {"app": "b"}, "serviceAccount": "b", "ports": {"http": 80}}],
    )

    found = {
        (change.what, change.subject): (change.before, change.after)
        for change in reviewed(base, head).changes
    }

    assert found["global service", "default/other"][0] == "absent"
    assert "ports 80/TCP" in found["global service", "default/rebel-base"][0]
    assert "affinity local" in found["global service", "default/rebel-base"][1]
    assert found["workload", "a"][1] == "absent"
    assert "service account b" in found["workload", "b"][1]


def test_the_whole_mesh() -> None:
    base = mesh(cluster(1), cluster(2))
    head = mesh(
        cluster(1),
        cluster(2),
        domain="mesh.example.com",
        cilium={"version": "1.6.9", "maxConnectedClusters": 511},
    )

    found = {change.what: change for change in reviewed(base, head).changes}

    assert found["domain"].restarts == ("cluster1", "cluster2")
    assert found["maxConnectedClusters"].gate == "identity"


@pytest.mark.parametrize(
    ("version", "impact", "restarts"),
    [
        pytest.param("1.15.19", Impact.RESTART, 2, id="host names in the DaemonSet"),
        pytest.param("1.19.6", Impact.APISERVER, 0, id="host names in the Deployment"),
        pytest.param("1.20.0", Impact.NONE, 0, id="addresses in the files of peers"),
    ],
)
def test_another_address_restarts_what_has_the_host_names(
    version: str, impact: Impact, restarts: int
) -> None:
    cilium = {"version": version}
    base = mesh(cluster(1), cluster(2), cluster(3), cilium=cilium)
    moved = mesh(cluster(1), cluster(2, serviceIPs=["172.16.9.9"]), cluster(3), cilium=cilium)
    joined = mesh(*base["clusters"], cluster(4), cilium=cilium)
    left = mesh(cluster(1), cluster(2), cilium=cilium)

    for head, fewer in ((moved, 0), (joined, -1), (left, 0)):
        [change] = reviewed(base, head).changes
        assert change.impact is impact
        assert len(change.restarts) == (restarts - fewer if restarts else 0)


def test_of_several_versions_the_worst_is_told() -> None:
    clusters = [cluster(1), cluster(2, cilium={"version": "1.15.19"}), cluster(3)]
    base = mesh(*clusters, cilium={"version": "1.16.19"})
    [change] = reviewed(base, mesh(*clusters, cluster(4), cilium={"version": "1.16.19"})).changes

    assert (change.impact, change.restarts) == (Impact.RESTART, ("cluster2",))


def test_an_upgrade_says_what_a_cluster_is_made_of_otherwise() -> None:
    clusters = [cluster(1), cluster(2)]
    before, after = (mesh(*clusters, cilium={"version": version}) for version in ("1.18.12", "1.19.6"))
    told = {change.note for change in reviewed(before, after).changes if change.what == "objects of Cilium"}

    [note] = told
    assert note.split("; ") == [
        "clusters in the chart's values: a list -> a map",
        "a peer without a cluster label: any cluster -> local cluster",
    ]


def test_an_upgrade_to_a_version_without_a_profile_says_nothing_of_objects() -> None:
    clusters = [cluster(1), cluster(2)]
    before, after = (mesh(*clusters, cilium={"version": version}) for version in ("1.8.13", "1.9.5"))

    assert {change.what for change in reviewed(before, after).changes} == {"Cilium version"}
