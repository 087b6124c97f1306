"""Changes of clusters, services and workloads, and what each does to a running mesh."""

from collections.abc import Iterator
from typing import Any

import pytest
from builders import cluster, mesh, service
from meshes import reviewed

from meshgen.location import SourcePath
from meshgen.model import Cluster, Mesh
from meshgen.model.node import Node
from meshgen.review.changes import Impact, MeshChange, Restarts
from meshgen.review.cluster_facts import FACTS, TOLD_ELSEWHERE


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
        pytest.param(
            {"podCIDRs": ["10.2.0.0/16", "10.99.0.0/16"]}, "PodCIDRs", Impact.NONE, 0, None, id="one more"
        ),
        pytest.param(
            {"podCIDRs": ["10.2.0.0/16", "fd00::/104"]},
            "PodCIDRs",
            Impact.UNSUPPORTED,
            0,
            None,
            id="another family",
        ),
        pytest.param({"service": {"port": 2380}}, "service port", Impact.RESTART, 2, None, id="a port"),
        pytest.param({"provider": "gcp"}, "provider", Impact.RECONNECT, 0, None, id="a provider"),
        pytest.param(
            {"service": {"sourceRanges": ["10.0.0.0/8"]}},
            "source ranges",
            Impact.NONE,
            0,
            None,
            id="source ranges",
        ),
        pytest.param(
            {"cilium": {"datapath": {"nativeRoutingCIDR": "10.0.0.0/8"}}},
            "native routing CIDR",
            Impact.RESTART,
            1,
            None,
            id="a native routing CIDR",
        ),
        pytest.param(
            {"cilium": {"extraHostAliases": [{"ip": "10.0.0.5", "hostnames": ["etcd.example.com"]}]}},
            "extra host aliases",
            Impact.RESTART,
            1,
            None,
            id="a host alias",
        ),
        pytest.param(
            {"service": {"selector": {"app": "etcd"}}},
            "service selector",
            Impact.RECONNECT,
            0,
            None,
            id="a selector",
        ),
        pytest.param(
            {"service": {"labels": {"pool": "mesh"}}},
            "service labels",
            Impact.RECONNECT,
            0,
            None,
            id="a label of the Service",
        ),
        pytest.param(
            {"serviceCIDRs": ["10.96.0.0/16"]}, "ClusterIP blocks", Impact.NONE, 0, None, id="a service CIDR"
        ),
        pytest.param({"region": "east"}, "region", Impact.NONE, 0, None, id="a region"),
        pytest.param({"labels": {"env": "prod"}}, "labels", Impact.NONE, 0, None, id="labels"),
        pytest.param({"cilium": {"ipam": "kubernetes"}}, "IPAM", Impact.UNSUPPORTED, 1, None, id="IPAM"),
        pytest.param(
            {"cilium": {"chaining": "portmap"}}, "CNI chaining", Impact.RESTART, 1, None, id="chaining"
        ),
        pytest.param(
            {"cilium": {"delivery": "helm"}}, "delivery", Impact.RECONNECT, 1, None, id="a delivery"
        ),
    ],
)
def test_a_change_of_a_cluster(
    second: dict[str, Any], what: str, impact: Impact, restarts: int, gate: str | None
) -> None:
    [change] = changes(cluster(1), cluster(2, **second), cluster(3))

    assert (change.subject, change.what, change.impact, change.gate) == ("cluster2", what, impact, gate)
    assert len(change.restarts.agents) == restarts
    assert change.note


def test_a_cluster_that_is_added_restarts_the_agents_of_all_others() -> None:
    [change] = changes(cluster(1), cluster(2), cluster(3), cluster(4))

    assert (change.subject, change.after, change.restarts.agents) == (
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


def test_a_renaming_hides_no_other_change() -> None:
    cilium = {"version": "1.17.9"}
    base = mesh(cluster(1), cluster(2), cluster(3), cilium=cilium)
    head = mesh(cluster(1), cluster(2), cluster(3, name="third", serviceIPs=["172.16.9.9"]), cilium=cilium)

    renamed, moved = reviewed(base, head).changes

    assert (renamed.what, moved.what) == ("name", "service addresses")
    assert renamed.restarts == Restarts(agents=("third",), apiservers=("cluster1", "cluster2"))
    assert moved.restarts == Restarts(apiservers=("cluster1", "cluster2"))


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
    assert "serviceAccount b" in found["workload", "b"][1]


def test_the_whole_mesh() -> None:
    base = mesh(cluster(1), cluster(2))
    head = mesh(
        cluster(1),
        cluster(2),
        domain="mesh.example.com",
        cilium={"version": "1.6.9", "maxConnectedClusters": 511},
    )

    found = {change.what: change for change in reviewed(base, head).changes}

    assert found["domain"].restarts.agents == ("cluster1", "cluster2")
    assert found["maxConnectedClusters"].gate == "identity"


@pytest.mark.parametrize(
    ("version", "delivery", "impact"),
    [
        pytest.param("1.15.19", "helm", Impact.RESTART, id="host names in the DaemonSet"),
        pytest.param("1.19.6", "helm", Impact.APISERVER, id="host names in the Deployment"),
        pytest.param("1.19.6", "manifests", Impact.APISERVER, id="the same with manifests"),
        pytest.param("1.20.0", "helm", Impact.APISERVER, id="the chart of 1.20 has them there, too"),
        pytest.param("1.20.0", "manifests", Impact.NONE, id="addresses in the files of peers"),
    ],
)
def test_another_address_restarts_what_has_the_host_names(
    version: str, delivery: str, impact: Impact
) -> None:
    cilium = {"version": version, "delivery": delivery}
    base = mesh(cluster(1), cluster(2), cluster(3), cilium=cilium)
    moved = mesh(cluster(1), cluster(2, serviceIPs=["172.16.9.9"]), cluster(3), cilium=cilium)
    joined = mesh(*base["clusters"], cluster(4), cilium=cilium)
    left = mesh(cluster(1), cluster(2), cilium=cilium)

    for head, others in ((moved, 2), (joined, 3), (left, 2)):
        [change] = reviewed(base, head).changes
        restarting = {Impact.RESTART: change.restarts.agents, Impact.APISERVER: change.restarts.apiservers}
        assert change.impact is impact
        assert {each: len(names) for each, names in restarting.items() if names} == (
            {impact: others} if impact in restarting else {}
        )


def test_clusters_of_different_versions_restart_different_things() -> None:
    older, newer = cluster(1, cilium={"version": "1.15.19"}), cluster(2, cilium={"version": "1.16.19"})

    [change] = reviewed(mesh(older, newer), mesh(older, newer, cluster(3))).changes

    assert (change.impact, change.restarts) == (Impact.RESTART, Restarts(("cluster1",), ("cluster2",)))
    assert change.reach == " in 1 cluster; clustermesh-apiserver restarts in 1 cluster"


def by_name(number: int, name: str = "mesh") -> dict[str, Any]:
    return cluster(number, serviceIPs=None, service={"hostname": f"{name}{number}.example.com"})


@pytest.mark.parametrize("version", ["1.15.19", "1.19.6"])
def test_a_cluster_with_a_host_name_of_its_own_is_in_no_host_aliases(version: str) -> None:
    cilium = {"version": version}
    base = mesh(cluster(1), by_name(2), cilium=cilium)
    heads = [
        mesh(cluster(1), by_name(2), by_name(3), cilium=cilium),
        mesh(cluster(1), cilium=cilium),
        mesh(cluster(1), by_name(2, "other"), cilium=cilium),
    ]

    for head in heads:
        [change] = reviewed(base, head).changes
        assert (change.impact, change.restarts.agents) == (Impact.NONE, ())


def test_a_cluster_that_gets_a_host_name_leaves_the_host_aliases() -> None:
    cilium = {"version": "1.15.19"}
    base = mesh(cluster(1), cluster(2), cilium=cilium)
    head = mesh(cluster(1), cluster(2, service={"hostname": "mesh2.example.com"}), cilium=cilium)

    [change] = reviewed(base, head).changes
    assert (change.what, change.impact) == ("host name", Impact.RESTART)
    assert change.restarts == Restarts(agents=("cluster1",))


def test_another_port_stands_in_no_host_aliases() -> None:
    cilium = {"version": "1.15.19"}
    nodes = {"type": "NodePort", "port": 32379}
    base = mesh(cluster(1), cluster(2, service=nodes), cilium=cilium)
    head = mesh(cluster(1), cluster(2, service=nodes | {"port": 32380}), cilium=cilium)

    [change] = reviewed(base, head).changes
    assert (change.what, change.impact, change.restarts.agents) == ("service port", Impact.NONE, ())


def test_another_domain_restarts_what_has_the_host_names() -> None:
    base = mesh(cilium={"version": "1.19.6"})
    [change] = reviewed(base, base | {"domain": "mesh.example.com"}).changes

    assert (change.what, change.impact) == ("domain", Impact.APISERVER)
    assert change.restarts == Restarts(apiservers=("cluster1", "cluster2"))


def test_a_new_default_of_delivery_is_told() -> None:
    before, after = (mesh(cilium={"version": version}) for version in ("1.13.18", "1.14.19"))
    told = {change.what: change for change in reviewed(before, after).changes}

    assert (told["delivery"].before, told["delivery"].after) == ("manifests", "helm")


def trusting(version: str, delivery: str = "helm", **tls: Any) -> dict[str, Any]:
    return mesh(cilium={"version": version, "delivery": delivery}, tls=tls or None)


def test_another_source_of_certificates() -> None:
    base = trusting("1.19.6")
    [change] = reviewed(base, trusting("1.19.6", source="in-cluster")).changes

    assert (change.subject, change.what, change.before) == ("mesh", "tls.source", "none")
    assert (change.after, change.impact, change.restarts.agents) == ("in-cluster", Impact.RECONNECT, ())
    [back] = reviewed(trusting("1.19.6", source="in-cluster"), base).changes
    assert (back.before, back.after) == ("in-cluster", "none")


def test_agents_that_read_certificates_at_their_start_restart_with_their_source() -> None:
    base = trusting("1.8.13", "manifests")
    [change] = reviewed(base, trusting("1.8.13", "manifests", source="files")).changes

    assert change.restarts.agents == ("cluster1", "cluster2")


def test_another_issuer() -> None:
    base = trusting("1.19.6", source="in-cluster")
    head = trusting("1.19.6", source="in-cluster", issuer={"kind": "Issuer", "name": "own"})
    [change] = reviewed(base, head).changes

    assert (change.what, change.impact) == ("tls.issuer", Impact.RECONNECT)
    assert (change.before, change.after) == (
        "ClusterIssuer cilium-mesh of cert-manager.io",
        "Issuer own of cert-manager.io",
    )


@pytest.mark.parametrize(("delivery", "restarts"), [("helm", ("cluster1", "cluster2")), ("manifests", ())])
def test_another_file_of_authorities(delivery: str, restarts: tuple[str, ...]) -> None:
    base = trusting("1.19.6", delivery, source="in-cluster")
    head = trusting("1.19.6", delivery, source="in-cluster", caBundle="pki/authorities.pem")
    [change] = reviewed(base, head).changes

    assert (change.what, change.before, change.after) == ("tls.caBundle", "none", "pki/authorities.pem")
    assert (change.impact, change.restarts.agents) == (Impact.RECONNECT, restarts)


def test_of_several_versions_the_worst_is_told() -> None:
    clusters = [cluster(1), cluster(2, cilium={"version": "1.15.19"}), cluster(3)]
    base = mesh(*clusters, cilium={"version": "1.16.19"})
    [change] = reviewed(base, mesh(*clusters, cluster(4), cilium={"version": "1.16.19"})).changes

    assert (change.impact, change.restarts.agents) == (Impact.RESTART, ("cluster2",))


def test_an_upgrade_says_what_a_cluster_is_made_of_otherwise() -> None:
    clusters = [cluster(1), cluster(2)]
    before, after = (mesh(*clusters, cilium={"version": version}) for version in ("1.18.12", "1.19.6"))
    told = {change.note for change in reviewed(before, after).changes if change.what == "objects of Cilium"}

    [note] = told
    assert note.split("; ") == [
        "in cluster1, cluster2",
        "clusters in the chart's values: a list -> a map",
        "a peer without a cluster label: any cluster -> local cluster",
    ]


OLD = {"version": "1.18.12"}


def test_what_is_the_same_of_several_clusters_is_one_change() -> None:
    clusters = [cluster(number) for number in (1, 2, 3, 4)]
    of_its_own = clusters[2] | {"cilium": {"version": "1.20.0"}}
    base = mesh(*clusters[:2], clusters[2] | {"cilium": {"version": "1.19.6"}}, clusters[3], cilium=OLD)
    head = mesh(*clusters[:2], of_its_own, clusters[3], cilium={"version": "1.19.6"})
    found = {each.subject: each for each in reviewed(base, head).changes if each.what == "Cilium version"}

    assert found.keys() == {"3 clusters", "cluster3"}
    told = found["3 clusters"]
    assert told.together == ("cluster1", "cluster2", "cluster4")
    assert told.restarts == Restarts(told.together, told.together)
    assert (told.impact, told.reach) == (
        Impact.RESTART,
        " in 3 clusters; clustermesh-apiserver restarts in 3 clusters",
    )
    assert told.note.startswith("in cluster1, cluster2, cluster4; ")


@pytest.mark.parametrize(
    ("before", "after", "impact", "said"),
    [
        ("1.18.12", "1.19.6", Impact.RESTART, "which connections"),
        ("1.19.6", "1.18.12", Impact.RESTART, "which connections"),
        ("1.16.19", "1.19.6", Impact.UNSUPPORTED, "3 minor versions at once"),
        ("1.19.6", "1.17.18", Impact.UNSUPPORTED, "2 minor versions at once"),
        ("1.8.13", "1.10.20", Impact.UNSUPPORTED, "identities are kept in crd and no more in kvstore"),
    ],
)
def test_an_upgrade_goes_from_one_minor_version_to_the_next(
    before: str, after: str, impact: Impact, said: str
) -> None:
    sides = (mesh(cluster(1), cluster(2, cilium={"version": version})) for version in (before, after))
    told = {each.what: each for each in reviewed(*sides).changes}["Cilium version"]

    assert told.impact is impact
    assert told.note.startswith(said)


def test_clusters_that_come_and_go_are_told_one_by_one() -> None:
    clusters = [cluster(number) for number in (1, 2, 3, 4)]
    base, head = mesh(*clusters[:2], cluster(5), cluster(6)), mesh(*clusters)

    assert [(each.subject, each.after) for each in reviewed(base, head).changes] == [
        ("cluster3", "added"),
        ("cluster4", "added"),
        ("cluster5", "removed"),
        ("cluster6", "removed"),
    ]


def test_an_upgrade_to_a_version_without_a_profile_says_nothing_of_objects() -> None:
    clusters = [cluster(1), cluster(2)]
    before, after = (mesh(*clusters, cilium={"version": version}) for version in ("1.8.13", "1.9.5"))

    assert {change.what for change in reviewed(before, after).changes} == {"Cilium version"}


def leaves(model: type[Node], above: SourcePath = ()) -> Iterator[SourcePath]:
    """The path of every key that may be written below a mapping."""
    for name, field in model.model_fields.items():
        path = (*above, field.alias or name)
        if isinstance(field.annotation, type) and issubclass(field.annotation, Node):
            yield from leaves(field.annotation, path)
        else:
            yield path


def test_every_key_of_a_cluster_has_a_row_or_a_reason() -> None:
    told = [fact.path for fact in FACTS]
    assert len(set(told)) == len(told)
    assert {path for path in leaves(Cluster) if path[:1] not in TOLD_ELSEWHERE} == {*told}


OF_THE_MESH = {
    "version": "there is one",
    "name": "no file of a cluster depends on it but by its labels",
    "domain": "a row of its own",
    "cilium": "laid under every cluster, whose rows tell of it",
    "clusterDefaults": "likewise",
    "clusters": "rows of clusters",
    "services": "rows of services",
    "workloads": "rows of workloads",
    "policy": "rows of connections",
    "expect": "expectations that fail",
    "tls": "rows of trust",
    "secrets": "rows of recipients",
    "gitops": "a row of its own",
    "ignore": "findings",
}


def test_every_key_of_the_mesh_is_thought_of() -> None:
    assert {*OF_THE_MESH} == {field.alias for field in Mesh.model_fields.values()}


def test_a_workload_that_moves_to_the_network_of_its_node() -> None:
    pods = {"name": "a", "namespace": "shop", "labels": {"app": "a"}}
    base, head = mesh(workloads=[pods]), mesh(workloads=[pods | {"hostNetwork": True}])
    [change] = reviewed(base, head).changes

    assert (change.before, change.after, change.gate) == ("hostNetwork false", "hostNetwork true", "posture")
    assert "no policy selects them any more" in change.note
    [back] = reviewed(head, base).changes
    assert (back.before, back.after, back.gate) == ("hostNetwork true", "hostNetwork false", "posture")
    assert "policies select them" in back.note


@pytest.mark.parametrize(
    ("key", "value", "before", "after", "note"),
    [
        ("manage", "annotation", "manage object", "manage annotation", "another owner"),
        ("labels", {"a": "b"}, "labels none", "labels a=b", "may take it for another"),
        ("annotations", {"u": "https://x.example/?sig=1"}, "annotations none", "annotations u=", "reads its"),
        (
            "ports",
            [{"port": 80, "name": "http", "targetPort": 8080}],
            "ports 80/TCP",
            "ports http 80",
            "dial",
        ),
        ("clusters", {"labels": {"a": "b"}}, "clusters all", "clusters {a=b}", "balance"),
    ],
)
def test_each_key_of_a_service(key: str, value: Any, before: str, after: str, note: str) -> None:
    [change] = reviewed(mesh(services=[service()]), mesh(services=[service(**{key: value})])).changes

    assert change.before == before
    assert change.after.startswith(after)
    assert note in change.note
    assert "sig=1" not in change.after


@pytest.mark.parametrize("key", ["x/password", "x/url"])
def test_a_password_is_not_shown_and_another_one_is_a_change(key: str) -> None:
    old, new = ({"annotations": {key: f"https://ops:{word}@x.example"}} for word in ("s3cret", "0ther"))
    sides = (mesh(cluster(1, service=each), cluster(2), services=[service(**each)]) for each in (old, new))

    of_cluster, of_service = reviewed(*sides).changes

    assert (of_cluster.before, of_cluster.after) == (f"{key}=not shown", f"{key}=not shown")
    assert (of_service.before, of_service.after) == (of_service.before, f"annotations {key}=not shown")


def test_of_many_node_addresses_those_that_are_others() -> None:
    many = [f"192.168.2.{number}" for number in range(1, 20)]
    base = mesh(cluster(1), cluster(2, nodeIPs=many))
    [change] = reviewed(base, mesh(cluster(1), cluster(2, nodeIPs=[*many[2:], "192.168.2.99"]))).changes

    assert (change.what, change.before) == ("node IPs", "192.168.2.1, 192.168.2.2")
    assert change.after == "192.168.2.99"


def test_another_tool() -> None:
    [change] = reviewed(mesh(), mesh(gitops={"tool": "flux"})).changes

    assert (change.what, change.before, change.after) == ("gitops", "tool none", "tool flux")


def test_another_id_restarts_the_clusters_own_apiserver_too() -> None:
    base = mesh(cluster(1), cluster(2), cilium={"version": "1.19.6"})
    [change] = reviewed(base, mesh(cluster(1), cluster(2, id=7), cilium={"version": "1.19.6"})).changes

    assert change.restarts == Restarts(("cluster2",), ("cluster1", "cluster2"))


def test_a_pod_range_that_is_added_restarts_the_operator_by_hand() -> None:
    [change] = changes(cluster(1), cluster(2, podCIDRs=["10.2.0.0/16", "10.99.0.0/16"]), cluster(3))

    assert "when it starts: restart it" in change.note


def test_a_service_that_a_cluster_lost_stays_there() -> None:
    clusters = [cluster(1), cluster(2), cluster(3)]
    base, head = (mesh(*clusters, services=[service(clusters=where)]) for where in ("all", ["cluster1"]))
    [change] = reviewed(base, head).changes

    assert (change.before, change.after) == ("clusters all", "clusters cluster1")
    assert change.note.endswith("until it is deleted by hand, see ROLLOUT.md, in cluster2, cluster3")


def test_a_service_that_only_was_marked_leaves_nothing_behind() -> None:
    base = mesh(services=[service(manage="annotation")])
    head = mesh(services=[service(manage="annotation", clusters=["cluster1"])])
    [lost], [gone] = reviewed(base, head).changes, reviewed(base, mesh()).changes

    assert "by hand" not in lost.note
    assert gone.note.startswith("the Service stays with its owner")


def test_a_service_follows_the_labels_of_clusters() -> None:
    services = [service(clusters={"labels": {"env": "prod"}}, backends={"labels": {"tier": "data"}})]
    prod = {"labels": {"env": "prod"}}
    base = mesh(cluster(1, **prod), cluster(2, **prod), services=services)
    head = mesh(cluster(1, **prod), cluster(2, labels={"tier": "data"}), services=services)
    told = {each.what: each for each in reviewed(base, head).changes}["global service"]
    assert (told.before, told.after) == ("clusters cluster1, cluster2", "clusters cluster1")
    assert told.note.endswith("see ROLLOUT.md, in cluster2")

    head = mesh(cluster(1, **prod), cluster(2, labels={"env": "prod", "tier": "data"}), services=services)
    told = {each.what: each for each in reviewed(base, head).changes}["global service"]
    assert (told.before, told.after) == ("backends none", "backends cluster2")


def test_a_service_in_all_clusters_says_nothing_of_one_that_joins() -> None:
    clusters = [cluster(1), cluster(2)]
    base, head = (mesh(*each, services=[service()]) for each in (clusters, [*clusters, cluster(3)]))

    assert {each.what for each in reviewed(base, head).changes} == {"cluster"}


@pytest.mark.parametrize(
    ("key", "value", "identities"),
    [("clusters", ["cluster1"], False), ("labels", {"app": "b"}, True), ("serviceAccount", "b", True)],
)
def test_only_what_pods_are_selected_by_gives_identities(key: str, value: Any, *, identities: bool) -> None:
    pods = {"name": "a", "namespace": "shop", "labels": {"app": "a"}}
    [change] = reviewed(mesh(workloads=[pods]), mesh(workloads=[pods | {key: value}])).changes

    assert ("identities" in change.note) is identities


def test_a_service_that_is_gone_is_deleted_by_hand() -> None:
    [change] = reviewed(mesh(services=[service()]), mesh()).changes

    assert (change.before, change.after) == ("ports 80/TCP; selector name=rebel-base", "absent")
    assert "deleted by hand" in change.note
