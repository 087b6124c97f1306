"""`meshgen suggest`: what it prints causes no finding when it is put into the mesh."""

import json
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from builders import cluster, mesh, text
from commands import Run
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from meshgen.addresses import cidr
from meshgen.inspection import inspect
from meshgen.suggestions import next_free_cidr, next_free_id, used_ranges


def found(data: dict[str, Any]) -> list[str]:
    """The codes that a mesh has."""
    inspection = inspect(text(data), "mesh.yaml")
    assert inspection.mesh is not None, inspection.diagnostics
    return [diagnostic.code for diagnostic in inspection.diagnostics]


def block(pool: str, index: int, length: int) -> str:
    """A block by its place among those of its length in a pool."""
    network = ip_network(pool)
    size = 1 << (network.max_prefixlen - length)
    start = int(network.network_address) + index % (network.num_addresses // size) * size
    return str(ip_network((start, length)))


LAW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
PODS = st.lists(
    st.one_of(
        st.builds(block, st.just("10.0.0.0/8"), st.integers(0, 400), st.integers(9, 32)),
        st.builds(block, st.just("fd00::/8"), st.integers(0, 400), st.integers(9, 128)),
    ),
    min_size=1,
    max_size=3,
)


@st.composite
def meshes(draw: st.DrawFn) -> dict[str, Any]:
    """Sound meshes, mostly with gaps between their ranges."""
    clusters = []
    native = draw(st.sampled_from([None, None, "10.0.0.0/8", "0.0.0.0/0"]))
    ids = draw(st.lists(st.integers(1, 255), min_size=1, max_size=6, unique=True))
    for position, number in enumerate(ids):
        node = f"10.255.{position}"
        clusters.append(
            cluster(
                position + 1,
                id=number,
                podCIDRs=draw(PODS),
                serviceCIDRs=draw(st.sampled_from([None, [f"10.254.{position}.0/24"]])),
                nodeCIDRs=[f"{node}.0/25"],
                nodeIPs=draw(st.sampled_from([None, [f"{node}.7"]])),
                serviceIPs=[f"{node}.200"],
            )
        )
    cilium: dict[str, Any] = {"version": "1.6.9"}
    if native:
        cilium["datapath"] = {"mode": "native", "nativeRoutingCIDR": native}
    cilium |= draw(st.sampled_from([{}, {}, {"ipam": "eni"}, {"chaining": "aws-cni"}]))
    made = mesh(*clusters, cilium=cilium)
    assume(set(found(made)) <= {"MG211", "MG221"})
    return made


@LAW
@given(data=meshes(), provider=st.sampled_from([None, "gcp", "aws", "alibaba", "generic"]))
def test_an_id_that_is_suggested_causes_no_finding(data: dict[str, Any], provider: str | None) -> None:
    before = inspect(text(data), "mesh.yaml").mesh
    assert before is not None
    number = next_free_id(before, provider)
    assert number is not None
    # MG225 and MG224 are about load balancers, and have nothing to do with the ID.
    added = cluster(100, id=number, provider=provider or "generic", podCIDRs=["fdff::/64"])
    data = {**data, "clusters": [*data["clusters"], added]}

    codes = found(data)

    assert codes.count("MG211") == found({**data, "clusters": data["clusters"][:-1]}).count("MG211")
    assert {"MG202", "MG209"}.isdisjoint(codes)


@LAW
@given(data=meshes(), length=st.integers(8, 32), six=st.booleans())
def test_a_pod_cidr_that_is_suggested_causes_no_finding(
    data: dict[str, Any], length: int, *, six: bool
) -> None:
    before = inspect(text(data), "mesh.yaml").mesh
    assert before is not None
    size = 1 << ((128 if six else 32) - length)
    suggested = next_free_cidr(before, used_ranges(before), size, six=six)
    assume(suggested is not None)
    assert suggested is not None
    assert cidr(suggested).last - cidr(suggested).first + 1 == size
    added = cluster(
        100,
        id=next_free_id(before),
        podCIDRs=[suggested],
        nodeCIDRs=["203.0.113.0/26"],
        serviceIPs=["203.0.113.200"],
    )

    codes = found({**data, "clusters": [*data["clusters"], added]})

    block = before.cilium.datapath.native_routing_cidr
    # NOTE: whoever asks for the family that the mesh does not route has to say what is routed there.
    other = block is not None and block.family != cidr(suggested).family
    assert set(codes) <= ({"MG211", "MG215"} if other else {"MG211"})


def write(folder: Path, data: dict[str, Any]) -> None:
    (folder / "mesh.yaml").write_bytes(text(data))


@pytest.mark.parametrize(
    ("ids", "options", "expected"),
    [
        pytest.param([1, 2], [], "3", id="the next one"),
        pytest.param([2, 3], [], "1", id="the lowest one"),
        pytest.param([*range(1, 128)], [], "128", id="any of them"),
        pytest.param([1, 2], ["--provider", "aws"], "3", id="for aws"),
        pytest.param([*range(1, 127)], ["--provider", "alibaba"], "127", id="the last that suits alibaba"),
        pytest.param([0, 300, -1], [], "1", id="IDs out of range take no place"),
    ],
)
def test_ids(run: Run, folder: Path, ids: list[int], options: list[str], expected: str) -> None:
    write(folder, mesh(*[cluster(place, id=number) for place, number in enumerate(ids, start=1)]))

    assert run("suggest", "id", *options) == (0, f"{expected}\n", "")


def test_what_is_free_is_written_in_each_format(run: Run, folder: Path) -> None:
    write(folder, mesh(cluster(1)))

    ran = run("suggest", "id", "--format", "json=free.json", "--format", "text=free.txt")
    block = json.loads(run("suggest", "pod-cidr", "--format", "json").out)

    assert ran == (0, "2\n", "")
    assert json.loads((folder / "free.json").read_text()) == {
        "schema": "meshgen.suggest/v1",
        "what": "id",
        "next": 2,
    }
    assert (folder / "free.txt").read_text() == "2\n"
    assert (block["what"], block["next"]) == ("pod-cidr", "10.2.0.0/16")


def test_a_format_of_findings_is_none_of_what_is_free(run: Run, folder: Path) -> None:
    write(folder, mesh(cluster(1)))

    ran = run("suggest", "id", "--format", "sarif=free.sarif")

    assert ran.status == 2
    assert "'sarif=free.sarif' is none of text, json" in ran.err
    assert not (folder / "free.sarif").exists()


@pytest.mark.parametrize("provider", ["aws", "alibaba"])
def test_bit_0x80_is_skipped_where_providers_use_it(run: Run, folder: Path, provider: str) -> None:
    write(folder, mesh(*[cluster(number) for number in range(1, 128)]))

    assert run("suggest", "id").out == "128\n"
    ran = run("suggest", "id", "--provider", provider)
    assert (ran.status, ran.err) == (3, "meshgen: no id of that kind is free\n")


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"cilium": {"version": "1.6.9", "ipam": "eni"}}, id="in the mesh"),
        pytest.param({"cilium": {"version": "1.6.9", "chaining": "aws-cni"}}, id="by chaining"),
        pytest.param({"clusterDefaults": {"cilium": {"ipam": "alibabacloud"}}}, id="by default"),
    ],
)
def test_bit_0x80_is_skipped_where_a_new_cluster_would_use_it(
    run: Run, folder: Path, settings: dict[str, Any]
) -> None:
    write(folder, mesh(*[cluster(number) for number in range(1, 128)], **settings))

    assert run("suggest", "id").status == 3


def test_bit_0x80_is_free_where_the_default_says_so(run: Run, folder: Path) -> None:
    write(
        folder,
        mesh(
            *[cluster(number) for number in range(1, 128)],
            cilium={"version": "1.6.9", "ipam": "eni"},
            clusterDefaults={"cilium": {"ipam": "cluster-pool"}},
        ),
    )

    assert run("suggest", "id").out == "128\n"


def test_511_clusters_have_511_ids(run: Run, folder: Path) -> None:
    clusters = [cluster(1, name=f"c{number}", id=number) for number in range(1, 256)]
    write(folder, mesh(*clusters))
    few = run("suggest", "id")
    write(folder, mesh(*clusters, cilium={"version": "1.6.9", "maxConnectedClusters": 511}))

    assert (few.status, run("suggest", "id").out) == (3, "256\n")
    assert run("suggest", "id", "--provider", "aws").out == "256\n"


@pytest.mark.parametrize(
    ("pods", "options", "expected"),
    [
        pytest.param(["10.1.0.0/16"], [], "10.2.0.0/16", id="the next one"),
        pytest.param(["10.1.0.0/16"], ["--size", "24"], "10.2.0.0/24", id="of a size"),
        pytest.param(["10.1.0.0/16"], ["--size", "/24"], "10.2.0.0/24", id="of a size as it is written"),
        pytest.param(["10.1.0.0/24"], ["--size", "24"], "10.1.1.0/24", id="the next small one"),
        pytest.param(["10.255.0.0/16"], [], "10.0.0.0/16", id="from the bottom when the top is reached"),
        pytest.param(["10.0.0.0/8"], [], "172.17.0.0/16", id="in the next private range"),
        pytest.param(["8.0.0.0/8"], [], "10.0.0.0/16", id="private, whatever is used now"),
        pytest.param(["10.1.0.0/16"], ["--ipv6", "--size", "64"], "fd00::/64", id="IPv6"),
        pytest.param(["fd00:1::/64"], ["--ipv6", "--size", "64"], "fd00:1:0:1::/64", id="the next of IPv6"),
    ],
)
def test_pod_cidrs(run: Run, folder: Path, pods: list[str], options: list[str], expected: str) -> None:
    write(folder, mesh(cluster(1, podCIDRs=pods, nodeCIDRs=["192.168.1.0/24"])))

    assert run("suggest", "pod-cidr", *options) == (0, f"{expected}\n", "")


def test_a_pod_cidr_keeps_clear_of_everything_else(run: Run, folder: Path) -> None:
    write(
        folder,
        mesh(
            cluster(
                1,
                podCIDRs=["10.1.0.0/16"],
                serviceCIDRs=["10.2.0.0/16"],
                nodeCIDRs=["10.3.0.0/20"],
                nodeIPs=["10.4.0.1"],
                serviceIPs=["10.5.255.255"],
            )
        ),
    )

    assert run("suggest", "pod-cidr").out == "10.6.0.0/16\n"


def test_a_pod_cidr_stays_in_what_is_routed_natively(run: Run, folder: Path) -> None:
    native = {"mode": "native", "nativeRoutingCIDR": "10.0.0.0/14"}
    cilium = {"version": "1.6.9", "datapath": native}
    write(folder, mesh(cluster(1), cluster(2), cilium=cilium))
    inside = run("suggest", "pod-cidr")
    narrow = {"cilium": {"datapath": {"nativeRoutingCIDR": "10.0.0.0/15"}}}
    write(folder, mesh(cluster(1), cluster(2, podCIDRs=["10.0.0.0/16"], **narrow), cilium=cilium))
    full = run("suggest", "pod-cidr")

    assert inside.out == "10.3.0.0/16\n"
    assert (full.status, full.err) == (3, "meshgen: no pod-cidr of that kind is free\n")


def test_a_pod_cidr_is_never_one_that_cannot_be_used(run: Run, folder: Path) -> None:
    cilium = {"version": "1.6.9", "datapath": {"mode": "native", "nativeRoutingCIDR": "0.0.0.0/0"}}
    write(
        folder,
        mesh(cluster(1, podCIDRs=["126.0.0.0/8"]), cluster(2, podCIDRs=["223.0.0.0/8"]), cilium=cilium),
    )

    assert run("suggest", "pod-cidr", "--size", "8").out == "128.0.0.0/8\n"


@pytest.mark.parametrize(
    ("clusters", "question"),
    [
        pytest.param([cluster(1), cluster(2, id=1)], ["id"], id="of a duplicate ID"),
        pytest.param([cluster(1), cluster(2, id=256)], ["id"], id="of an ID out of range"),
        pytest.param(
            [cluster(1), cluster(2, podCIDRs=["10.1.128.0/17"])],
            ["pod-cidr", "--size", "17"],
            id="of overlapping PodCIDRs",
        ),
        pytest.param(
            [cluster(1), cluster(2, nodeCIDRs=["10.1.0.0/24"])], ["pod-cidr"], id="of a node in a PodCIDR"
        ),
        pytest.param(
            [cluster(1, podCIDRs=["fd00:1::/64"]), cluster(2, podCIDRs=["fd00:1::/64"])],
            ["pod-cidr", "--ipv6", "--size", "64"],
            id="of IPv6",
        ),
    ],
)
def test_the_help_of_a_finding_says_the_same(
    run: Run, folder: Path, clusters: list[dict[str, Any]], question: list[str]
) -> None:
    write(folder, mesh(*clusters))
    helped = json.loads(run("check", "--format", "json").out)["findings"][0]["help"]

    assert helped.split()[-1] == run("suggest", *question).out.strip()


def test_nothing_is_suggested_from_a_full_mesh_in_the_help_either(run: Run, folder: Path) -> None:
    clusters = [cluster(1, name=f"c{number}", id=number) for number in range(1, 256)]
    write(folder, mesh(*clusters, cluster(2, id=7)))
    listed = json.loads(run("check", "--format", "json").out)["findings"]

    assert "no ID that suits it is free" in {
        finding["help"] for finding in listed if finding["code"] == "MG202"
    }


def test_no_block_is_suggested_where_none_is_left(run: Run, folder: Path) -> None:
    whole = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]
    write(
        folder,
        mesh(cluster(1, podCIDRs=whole), cluster(2, podCIDRs=["10.0.0.0/9"], nodeCIDRs=["10.7.0.0/16"])),
    )
    helps = {finding["help"] for finding in json.loads(run("check", "--format", "json").out)["findings"]}

    assert "no free block of that size is left; take a smaller one" in helps
    assert "renumber one of the two" in helps
    assert run("suggest", "pod-cidr", "--size", "9").status == 3
