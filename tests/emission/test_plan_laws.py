"""Laws of what a mesh means: its order says nothing, and a cluster is found only where it is named."""

from typing import Any

import pytest
from builders import cluster, mesh, service
from compilation import inspected, manifest, planned, tree
from hypothesis import given, settings
from hypothesis import strategies as st

from meshgen.plan.digests import mesh_digest
from meshgen.plan.types import TlsObject

PROVIDERS = ["gcp", "aws", "azure", "generic"]

labels = st.fixed_dictionaries({}, optional={"env": st.sampled_from(["prod", "test"])})
cluster_numbers = st.lists(st.integers(1, 60), min_size=2, max_size=6, unique=True)


@st.composite
def meshes(draw: st.DrawFn) -> dict[str, Any]:
    """Valid meshes in which services select clusters by labels, so that any cluster can be taken out."""
    clusters = [
        cluster(
            number,
            provider=draw(st.sampled_from(PROVIDERS)),
            region=draw(st.sampled_from(["a", "b", None])),
            labels=draw(labels),
            serviceIPs=[f"172.16.{number}.{last}" for last in draw(st.sampled_from([[10], [20, 10]]))],
            service=draw(st.sampled_from([None, {"type": "NodePort", "port": 32379}])),
        )
        for number in draw(cluster_numbers)
    ]
    services = [
        service(
            name,
            clusters=draw(st.sampled_from(["all", {"labels": {"env": "prod"}}])),
            backends=draw(st.sampled_from(["all", {"labels": {"env": "prod"}}])),
            manage=draw(st.sampled_from(["object", "annotation"])),
        )
        for name in draw(st.lists(st.sampled_from(["a", "b", "c"]), unique=True, max_size=3))
    ]
    ignored = ["MG224", "MG303"]
    return mesh(*clusters, services=services, ignore=[{"code": code, "reason": "a test"} for code in ignored])


def names(data: dict[str, Any]) -> list[str]:
    return [item["name"] for item in data["clusters"]]


def without(data: dict[str, Any], name: str) -> dict[str, Any]:
    return data | {"clusters": [item for item in data["clusters"] if item["name"] != name]}


@given(meshes())
@settings(max_examples=40, deadline=None)
def test_clusters_and_services_are_sorted(data: dict[str, Any]) -> None:
    plan = planned(data)
    assert [item.name for item in plan.clusters] == sorted(names(data))
    assert [(item.namespace, item.name) for item in plan.services] == sorted(
        (item.namespace, item.name) for item in plan.services
    )
    for item in plan.clusters:
        assert list(item.services) == [found for found in plan.services if item.name in found.clusters]


@given(meshes())
@settings(max_examples=40, deadline=None)
def test_every_file_but_the_order_of_rollout_is_below_the_folder_of_a_cluster(data: dict[str, Any]) -> None:
    paths = set(tree(data))
    assert {path.partition("/")[0] for path in paths} == {*names(data), "ROLLOUT.md"}
    assert [path for path in paths if "/" not in path] == ["ROLLOUT.md"]
    assert not [path for path in paths if ".." in path.split("/")]


@given(meshes(), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_the_order_of_clusters_services_and_keys_says_nothing(data: dict[str, Any], dice: Any) -> None:
    def shuffled(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {key: shuffled(value[key]) for key in dice.sample(list(value), len(value))}

    other = shuffled(data) | {
        key: [shuffled(item) for item in dice.sample(data[key], len(data[key]))]
        for key in ("clusters", "services")
    }
    assert tree(other) == tree(data)
    assert digest(other) == digest(data)


@given(meshes(), st.data())
@settings(max_examples=60, deadline=None)
def test_taking_a_cluster_out_changes_others_only_where_it_was_named(
    data: dict[str, Any], choice: st.DataObject
) -> None:
    leaving = choice.draw(st.sampled_from(names(data)))
    before, after = tree(data), tree(without(data, leaving))
    for path in before:
        folder, _, inside = path.partition("/")
        if folder in {leaving, "ROLLOUT.md"} or before[path] == after.get(path):
            continue
        assert path in after
        if inside == "cilium-etcd-external.service.yaml":
            # GCP gives global access when some other cluster is in another region.
            assert before[path].replace(GLOBAL_ACCESS, "") == after[path]
        elif len(data["clusters"]) == 2:
            assert inside in {"VERIFY.md", "apply.sh", "patches/cilium.daemonset.yaml"}
        else:
            assert inside in {"VERIFY.md", "patches/cilium.daemonset.yaml"}
            assert all(_names(line, leaving) for line in _gone(before[path], after[path]))


GLOBAL_ACCESS = '    networking.gke.io/internal-load-balancer-allow-global-access: "true"\n'


def _gone(before: str, after: str) -> list[str]:
    """The lines that are no longer there."""
    rest = after.splitlines()
    gone = []
    for line in before.splitlines():
        if line in rest:
            rest.remove(line)
        else:
            gone.append(line)
    return gone


def _names(line: str, name: str) -> bool:
    """Whether a line is about a cluster: by name, by address, or as a part of its alias."""
    number = name.removeprefix("cluster")
    return any(part in line for part in (name, f"172.16.{number}.", "hostnames:"))


def digest(data: dict[str, Any]) -> str:
    mesh_ = inspected(data).mesh
    assert mesh_ is not None
    return mesh_digest(mesh_)


def full() -> dict[str, Any]:
    """A mesh in which every list has something to sort."""
    return mesh(
        cluster(
            1,
            podCIDRs=["10.1.0.0/16", "10.101.0.0/16"],
            serviceCIDRs=["10.201.0.0/16", "10.202.0.0/16"],
            nodeCIDRs=["192.168.1.0/25", "192.168.1.128/25"],
            nodeIPs=["192.168.1.4", "192.168.1.200"],
            service={"sourceRanges": ["10.0.0.0/8", "192.168.0.0/16"]},
            cilium={
                "extraHostAliases": [
                    {"ip": "10.0.0.5", "hostnames": ["a.example.com", "b.example.com"]},
                    {"ip": "10.0.0.6", "hostnames": ["c.example.com"]},
                ]
            },
        ),
        cluster(2),
        services=[
            service("a", clusters=["cluster1", "cluster2"], backends=["cluster1", "cluster2"]),
            service("b"),
        ],
    )


def _reversed_lists(value: Any, *, keep: tuple[str, ...]) -> Any:
    if isinstance(value, dict):
        return {key: item if key in keep else _reversed_lists(item, keep=keep) for key, item in value.items()}
    return (
        [_reversed_lists(item, keep=keep) for item in reversed(value)] if isinstance(value, list) else value
    )


def test_lists_whose_order_says_nothing_do_not_change_a_byte() -> None:
    data = full()
    other = _reversed_lists(data, keep=("serviceIPs", "ports"))
    assert other != data
    assert tree(other) == tree(data)
    assert digest(other) == digest(data)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"name": "other"}, id="the name of the mesh"),
        pytest.param({"clusters": [cluster(1), cluster(2, podCIDRs=["10.9.0.0/16"])]}, id="a PodCIDR"),
        pytest.param({"clusters": [cluster(1)]}, id="a cluster that left"),
        pytest.param({"services": [service()]}, id="a service"),
        pytest.param({"cilium": {"version": "1.7.16"}}, id="the version of Cilium"),
    ],
)
def test_the_digest_is_another_for(change: dict[str, Any]) -> None:
    assert digest(mesh() | change) != digest(mesh())


def test_the_digest_is_the_same_for_values_written_under_clusters_or_as_defaults() -> None:
    written = mesh(cluster(1, region="here"), cluster(2, region="here"))
    defaulted = mesh(clusterDefaults={"region": "here"})
    assert digest(written) == digest(defaulted)


def test_the_digest_says_nothing_of_accepted_findings() -> None:
    excused = mesh(ignore=[{"code": "MG205", "reason": "a test"}])
    assert digest(excused) == digest(mesh())


@pytest.mark.parametrize("selection", [["cluster1", "cluster2"], {"labels": {"env": "prod"}}, "all"])
def test_every_kind_of_selection_is_digested_without_a_warning(selection: Any) -> None:
    """Warnings are errors here; people would see them on standard error."""
    clusters = [cluster(number, labels={"env": "prod"}) for number in (1, 2)]
    assert digest(mesh(*clusters, services=[service(clusters=selection)])).startswith("sha256:")


def test_a_secret_never_shows_what_is_in_it() -> None:
    secret = TlsObject(name="mesh", clear=(), private_keys=("a.key",), private=(("a.key", b"secret"),))

    assert repr(secret) == "TlsObject('mesh')"


def test_adding_a_cluster_restarts_the_agents_of_no_other_but_for_its_host_name() -> None:
    before, after = tree(mesh()), tree(mesh(cluster(1), cluster(2), cluster(3)))
    path = "cluster1/patches/cilium.daemonset.yaml"
    old, new = manifest(before, path)["spec"]["template"], manifest(after, path)["spec"]["template"]
    assert old["metadata"] == new["metadata"]
    assert new["spec"]["hostAliases"] == [
        *old["spec"]["hostAliases"],
        {"ip": "172.16.3.10", "hostnames": ["cluster3.mesh.cilium.io"]},
    ]


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        pytest.param({"podCIDRs": ["10.99.0.0/16"]}, {"VERIFY.md"}, id="its PodCIDRs"),
        pytest.param({"nodeCIDRs": ["192.168.99.0/24"]}, {"VERIFY.md"}, id="its nodes"),
        pytest.param({"id": 99}, {"VERIFY.md"}, id="its ID"),
        pytest.param(
            {"serviceIPs": ["172.16.2.99"]}, {"VERIFY.md", "patches/cilium.daemonset.yaml"}, id="its address"
        ),
        pytest.param(
            {"service": {"type": "NodePort", "port": 32379}}, {"VERIFY.md"}, id="the port that is dialled"
        ),
        pytest.param({"name": "other"}, {"VERIFY.md", "patches/cilium.daemonset.yaml"}, id="its name"),
        pytest.param({"labels": {"env": "prod"}}, set(), id="a label that nothing selects"),
        pytest.param({"serviceCIDRs": ["10.98.0.0/16"]}, set(), id="its ClusterIPs"),
        pytest.param({"context": "there", "region": "here"}, set(), id="its context and region"),
        pytest.param({"cilium": {"namespace": "cilium", "version": "1.7.16"}}, set(), id="its Cilium"),
        pytest.param(
            {"service": {"annotations": {"a": "b"}, "labels": {"a": "b"}, "selector": {"a": "b"}}},
            set(),
            id="what its Service looks like",
        ),
    ],
)
def test_changing_a_cluster_changes_in_another_folder_only_what_names_it(
    change: dict[str, Any], changed: set[str]
) -> None:
    data = mesh(cluster(1), cluster(2), services=[service()])
    before, after = tree(data), tree(data | {"clusters": [cluster(1), cluster(2) | change]})
    inside = {path for path in before if path.startswith("cluster1/") and before[path] != after[path]}
    assert inside == {f"cluster1/{path}" for path in changed}
