"""VERIFY.md and ROLLOUT.md, read as somebody reads them who has to act on them."""

import re
from pathlib import Path
from typing import Any

import pytest
from builders import cluster, mesh, service
from compilation import tls_files, tree

GOLDEN = Path(__file__).parent.parent / "golden"
GUIDES = [
    pytest.param(path, id=f"{path.parts[-4]}/{path.parts[-2]}")
    for path in sorted(GOLDEN.glob("*/out/*/*.md"))
]


def verify(*clusters: dict[str, Any], name: str = "cluster1", **overrides: Any) -> str:
    return tree(mesh(*clusters, **overrides))[f"{name}/VERIFY.md"]


def section(guide: str, title: str) -> str:
    """A section with its subsections."""
    level = guide[: guide.index(f"# {title}\n")].rpartition("\n")[2].count("#") + 1
    start = guide.index(f"# {title}\n")
    end = re.search(rf"^#{{1,{level}}} ", guide[start + 2 :], re.MULTILINE)
    return guide[start : start + 2 + end.start()] if end else guide[start:]


def rows(guide: str, title: str) -> list[list[str]]:
    """The cells of the tables of a section, heads and rulers left out."""
    lines = [line for line in section(guide, title).splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    rulers = {index for index, row in enumerate(cells) if set("".join(row)) <= {"-"}}
    return [row for index, row in enumerate(cells) if index not in rulers and index + 1 not in rulers]


def with_cilium(**cilium: Any) -> dict[str, Any]:
    return {"cilium": {"version": "1.6.9", **cilium}}


NATIVE = {"mode": "native", "nativeRoutingCIDR": "10.0.0.0/8"}
HEALTH = ["TCP", "4240"]
PING = ["ICMP", "type 0 and 8, code 0"]
PING_V6 = ["ICMPv6", "type 128 and 129, code 0"]
ESP = ["ESP", "none: IP protocol 50"]


@pytest.mark.parametrize(
    ("cilium", "expected"),
    [
        pytest.param({}, [["UDP", "8472"], HEALTH, PING], id="VXLAN"),
        pytest.param(
            {"datapath": {"tunnelProtocol": "geneve"}}, [["UDP", "6081"], HEALTH, PING], id="Geneve"
        ),
        pytest.param({"datapath": NATIVE}, [HEALTH, PING], id="native routing"),
        pytest.param({"encryption": "ipsec"}, [["UDP", "8472"], ESP, HEALTH, PING], id="VXLAN with IPsec"),
        pytest.param(
            {"datapath": NATIVE, "encryption": "ipsec"}, [ESP, HEALTH, PING], id="native routing with IPsec"
        ),
    ],
)
def test_the_firewall_between_nodes_has_the_ports_of_the_datapath(
    cilium: dict[str, Any], expected: list[list[str]]
) -> None:
    found = rows(verify(**with_cilium(**cilium)), "Firewall")
    assert [row[:2] for row in found if row[0] != "cluster2"] == expected


@pytest.mark.parametrize(
    ("addresses", "expected"),
    [
        pytest.param({"nodeCIDRs": ["fd00:101::/64"]}, [PING_V6], id="IPv6"),
        pytest.param({"nodeCIDRs": ["192.168.1.0/24", "fd00:101::/64"]}, [PING, PING_V6], id="both"),
        pytest.param({"nodeCIDRs": None, "nodeIPs": ["fd00:101::1"]}, [PING_V6], id="IPv6 addresses"),
        pytest.param(
            {"nodeCIDRs": None, "podCIDRs": ["fd00:1::/48"]},
            [PING_V6],
            id="IPv6 pods on nodes that mesh.yaml does not know",
        ),
    ],
)
def test_pings_are_let_through_in_the_families_of_the_nodes(
    addresses: dict[str, Any], expected: list[list[str]]
) -> None:
    found = rows(verify(cluster(1, **addresses), cluster(2)), "Firewall")
    assert [row[:2] for row in found if row[0].startswith("ICMP")] == expected


def test_native_routing_lets_pods_through_by_their_own_addresses() -> None:
    text = section(verify(**with_cilium(datapath=NATIVE)), "Firewall")
    assert "both ways between the PodCIDRs of cluster1 (10.1.0.0/16) and those of every other cluster" in text
    assert "PodCIDRs" not in section(verify(), "Firewall")


def test_the_firewall_names_who_dials_whom_where() -> None:
    clusters = [
        cluster(1, service={"port": 12379, "sourceRanges": ["10.0.0.0/8"]}),
        cluster(2, serviceIPs=["172.16.2.11", "172.16.2.10"]),
        cluster(3, service={"type": "NodePort", "port": 32379, "sourceRanges": ["10.0.0.0/8"]}),
    ]
    guide = verify(*clusters)
    assert rows(guide, "Firewall")[-2:] == [
        ["cluster2", "https://cluster2.mesh.cilium.io:2379", "172.16.2.10, 172.16.2.11", "TCP 2379"],
        ["cluster3", "https://cluster3.mesh.cilium.io:32379", "172.16.3.10", "TCP 32379"],
    ]
    text = section(guide, "Firewall")
    assert "between the nodes of cluster1 (192.168.1.0/24)" in text
    assert "(172.16.1.10, TCP 12379; its load balancer lets in 10.0.0.0/8 only)" in text
    assert "(172.16.3.10, TCP 32379)" in section(verify(*clusters, name="cluster3"), "Firewall")


def test_the_node_table_says_what_cilium_node_list_shows_of_every_cluster() -> None:
    clusters = [
        cluster(1, nodeCIDRs=None, nodeIPs=["192.168.1.5", "192.168.1.4", "192.168.1.9"]),
        cluster(2, id=255, podCIDRs=["fd00:2::/48", "10.2.0.0/16"]),
        cluster(3, nodeCIDRs=None),
    ]
    assert rows(verify(*clusters), "Nodes") == [
        ["cluster1", "1", "65536 to 131071", "3", "192.168.1.4/31, 192.168.1.9/32", "10.1.0.0/16"],
        ["cluster2", "255", "16711680 to 16777215", "?", "192.168.2.0/24", "10.2.0.0/16, fd00:2::/48"],
        ["cluster3", "3", "196608 to 262143", "?", "not in mesh.yaml", "10.3.0.0/16"],
    ]


def test_a_cluster_with_many_scattered_nodes_does_not_fill_the_guide() -> None:
    nodes = [f"192.168.1.{2 * number}" for number in range(1, 101)]
    guide = verify(cluster(1, nodeCIDRs=None, nodeIPs=nodes), cluster(2))
    assert rows(guide, "Nodes")[0][3:5] == [
        "100",
        ", ".join(f"192.168.1.{2 * number}/32" for number in range(1, 17)) + " and 84 more blocks",
    ]


def test_neighbouring_nodes_are_one_block() -> None:
    nodes = [f"192.168.1.{number}" for number in range(64, 128)]
    assert (
        rows(verify(cluster(1, nodeCIDRs=None, nodeIPs=nodes), cluster(2)), "Nodes")[0][4]
        == "192.168.1.64/26"
    )


def test_the_services_of_a_cluster_are_listed_with_their_ports_and_backends() -> None:
    services = [
        service("web", ports=[{"name": "a", "port": 80}, {"name": "b", "port": 53, "protocol": "UDP"}]),
        service("db", namespace="data", backends=["cluster2"]),
        service("elsewhere", clusters=["cluster2", "cluster3"]),
    ]
    guide = verify(cluster(1), cluster(2), cluster(3), services=services)
    assert rows(guide, "Global services") == [
        ["data/db", "80/TCP", "cluster2"],
        ["default/web", "80/TCP, 53/UDP", "cluster1, cluster2, cluster3"],
    ]


def test_a_cluster_that_does_not_share_is_told_to_touch_its_service() -> None:
    """Up to Cilium 1.11 such a cluster gets no event when the other clusters' pods change."""
    limited = service("db", namespace="data", backends=["cluster2"])
    text = section(verify(services=[limited, service()], **with_cilium(version="1.7.3")), "Global services")
    assert "cluster1 does not share its pods of `data/db`" in text
    assert "In Cilium 1.7 such a cluster hears of changed pods in the others only when" in text
    assert "annotate service NAME --overwrite touched=" in text
    assert "touch" not in section(verify(services=[limited], name="cluster2"), "Global services")


def test_a_cluster_without_services_says_so() -> None:
    assert section(verify(), "Global services").endswith("None in this cluster.\n\n")


def test_what_must_exist_before_is_named() -> None:
    services = [service(namespace="shop"), service("own", namespace="web", manage="annotation")]
    before = section(verify(services=services, **with_cilium(namespace="cilium")), "Before")
    assert "These namespaces must exist; meshgen makes none: `cilium`, `shop`, `web`." in before
    assert "These Services are their applications' own and must exist: `web/own`." in before
    assert "applications'" not in section(verify(), "Before")


def test_the_secret_is_where_it_is_said_to_be() -> None:
    text = "The Secret `cilium-clustermesh`"
    assert f"{text} exists; mesh.yaml has no `tls` section" in section(verify(), "Before")
    assert f"{text} is not needed while there is no other cluster" in section(verify(cluster(1)), "Before")
    files = tree(mesh(tls={"source": "files"}), tls_files("cluster1", "cluster2"))
    before = section(files["cluster1/VERIFY.md"], "Before")
    assert f"{text} is in `secrets/test/cluster1/` beside mesh.yaml" in before
    assert "./apply.sh --context CONTEXT --secret PATH" in section(files["cluster1/VERIFY.md"], "Apply")


def test_the_certificate_is_ones_own_to_make_for_a_domain_that_the_operator_does_not_cover() -> None:
    assert "covers `*.mesh.cilium.io`; cilium-etcd-operator sees to that itself" in verify()
    before = section(verify(domain="mesh.example.com"), "Before")
    assert "covers `*.mesh.example.com`; cilium-etcd-operator covers `*.mesh.cilium.io` only" in before


@pytest.mark.parametrize(("name", "warned"), [("no", True), ("1e3", True), ("0x1f", True), ("north", False)])
def test_a_name_that_the_chart_misreads_is_warned_of(name: str, *, warned: bool) -> None:
    guide = verify(cluster(1, name=name), cluster(2), name=name)
    assert (f"The chart writes the name `{name}` without quotes" in guide) is warned


def test_ones_own_selector_is_the_one_that_must_fit() -> None:
    first = cluster(1, service={"selector": {"app": "my-etcd", "a": "b"}})
    assert "pods labelled `a: b`, `app: my-etcd`." in section(verify(first, cluster(2)), "Before")


def test_commands_can_be_pasted_with_the_context_and_namespace_of_the_cluster() -> None:
    guide = verify(cluster(1, context="admin@first"), cluster(2), **with_cilium(namespace="cilium"))
    commands = [command for command in re.findall(r"`(kubectl [^`]*)`", guide) if "kustomize" not in command]
    assert len(commands) > 5
    assert all(command.startswith("kubectl --context admin@first ") for command in commands)
    assert "./apply.sh --context admin@first" in guide
    inside_cilium = [command for command in commands if re.search(r"ds|logs|pods", command)]
    assert all(" -n cilium " in command for command in inside_cilium)


def test_a_lone_cluster_is_told_what_is_left() -> None:
    guide = verify(cluster(1))
    assert "cluster1 is the only cluster of its mesh" in guide
    assert "`hostAliases` is gone" in guide
    assert "## Firewall" not in guide
    own = [{"ip": "10.0.0.5", "hostnames": ["etcd.example.com"]}]
    assert "`hostAliases` holds your own entries only" in verify(cluster(1, cilium={"extraHostAliases": own}))


L7 = "| L7 policies drop traffic between clusters |"


def test_the_limitation_of_l7_policies_is_told_where_it_holds() -> None:
    assert L7 in section(verify(), "If it does not work")
    assert L7 not in verify(**with_cilium(datapath=NATIVE))


@pytest.mark.parametrize("guide", GUIDES)
def test_a_guide_has_one_sentence_a_line_and_no_blank_at_the_end_of_one(guide: Path) -> None:
    for line in guide.read_text("utf-8").splitlines():
        assert line == line.rstrip()
        if not line.startswith("|"):
            assert not re.search(r"[a-z`)][.?!] [A-Z`]", line.removeprefix("- ")), line


def test_the_rollout_tells_the_order_and_names_the_objects() -> None:
    rollout = tree(mesh(cluster(2), cluster(1)))["ROLLOUT.md"]
    assert "the mesh test: cluster1, cluster2." in rollout
    titles = re.findall(r"^## (.*)", rollout, re.MULTILINE)
    assert titles == [
        "Start the mesh",
        "Add a cluster",
        "Change the address of a cluster",
        "Take a global service out of a cluster",
        "Remove a cluster",
        "Change a cluster's name or ID",
        "Open and close policies",
    ]
    start = section(rollout, "Start the mesh")
    order = [
        "namespaces",
        "`cilium-etcd-external`",
        "`cilium-clustermesh`",
        "ConfigMap, DaemonSet, operator",
        "global",
    ]
    assert [start.index(word) for word in order] == sorted(start.index(word) for word in order)
    assert "`apply.sh` does steps 2 and 4 for its cluster, and goes no further than step 2" in start
    assert "Where its name, ID or identity mode changes, it stops for the restart of the workloads" in start
    assert "(`cilium monitor --type drop` in an agent)" in rollout
    remove = section(rollout, "Remove a cluster")
    assert "meshgen build --allow-removal NAME" in remove
    assert "prune guards" in remove
