"""What kubectl shows, and what the guide's script leaves, become a mesh.yaml."""

from pathlib import Path
from typing import Any

import pytest
from builders import ROOT
from commands import Run
from given import read, values, write


def thing(kind: str, name: str, *, namespace: str = "kube-system", **more: Any) -> dict[str, Any]:
    """An object of Kubernetes."""
    metadata = {"name": name, "namespace": namespace} | more.pop("metadata", {})
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata, **more}


def config(**data: str) -> dict[str, Any]:
    """A ConfigMap cilium-config; keys are written with _ for -."""
    made = {"cluster-name": "east", "cluster-id": "1"} | {
        key.replace("_", "-"): value for key, value in data.items()
    }
    return thing("ConfigMap", "cilium-config", data=made)


def node(number: int, **spec: Any) -> dict[str, Any]:
    """A node; what is not given of its spec is not there."""
    addresses = [
        {"type": "InternalIP", "address": f"10.128.0.{number}"},
        {"type": "Hostname", "address": f"node{number}"},
    ]
    labels = {"topology.kubernetes.io/region": "us-west1"}
    return thing(
        "Node", f"node{number}", metadata={"labels": labels}, spec=spec, status={"addresses": addresses}
    )


def exposed(name: str = "cilium-etcd-external", **more: Any) -> dict[str, Any]:
    """The Service by which the others reach a cluster."""
    spec = {
        "type": "LoadBalancer",
        "ports": [{"port": 2379, "nodePort": 31379}],
        "selector": {"app": "etcd", "etcd_cluster": "cilium-etcd", "io.cilium/app": "etcd-operator"},
    } | more.pop("spec", {})
    status = {"loadBalancer": {"ingress": more.pop("ingress", [{"ip": "10.138.0.18"}])}}
    return thing("Service", name, spec=spec, status=status, **more)


def imported(run: Run, *objects: Any, version: str = "1.6.9") -> tuple[dict[str, Any], str]:
    """The cluster that the objects become, and the report."""
    write("dump.json", thing("List", "", items=list(objects)))
    options = ["--cilium-version", version] if version else []
    done = run("import", "dump.json", *options)
    assert done.status == 0, done.err
    mesh = read()
    cluster: dict[str, Any] = mesh["clusters"][0]
    return cluster | {"mesh": mesh}, done.out


def test_a_cluster_of_the_guide_is_read_from_what_kubectl_shows(run: Run) -> None:
    annotations = {
        "cloud.google.com/load-balancer-type": "Internal",
        "example.com/owner": "network",
        "kubectl.kubernetes.io/last-applied-configuration": "{}",
    }
    labels = {"app.kubernetes.io/managed-by": "Helm", "team": "network"}
    cluster, out = imported(
        run,
        config(tunnel="geneve", identity_allocation_mode="kvstore"),
        node(
            12,
            podCIDR="10.1.1.0/24",
            podCIDRs=["10.1.1.0/24", "fd00:1:0:1::/64"],
            providerID="gce://shop/a/node12",
        ),
        node(11, podCIDR="10.1.0.0/24", providerID="gce://shop/a/node11"),
        exposed(metadata={"annotations": annotations, "labels": labels}),
    )
    mesh = cluster.pop("mesh")
    assert mesh["cilium"] == {"version": "1.6.9", "datapath": {"tunnelProtocol": "geneve"}}
    assert cluster == {
        "name": "east",
        "id": 1,
        "provider": "gcp",
        "region": "us-west1",
        "podCIDRs": ["10.1.0.0/23", "fd00:1:0:1::/64"],
        "nodeIPs": ["10.128.0.11", "10.128.0.12"],
        "serviceIPs": ["10.138.0.18"],
        "service": {"annotations": {"example.com/owner": "network"}, "labels": {"team": "network"}},
    }
    assert "guessed  clusters.east.podCIDRs" in out
    assert run("check").status == 0


def test_a_newer_cilium_config_says_more(run: Run) -> None:
    cluster, _ = imported(
        run,
        config(
            routing_mode="native", ipv4_native_routing_cidr="10.0.0.0/8", ipam="cluster-pool",
            cluster_pool_ipv4_cidr="10.1.0.0/16 10.2.0.0/16", cluster_pool_ipv6_cidr="fd00::/48",
            enable_wireguard="true", cni_chaining_mode="portmap", max_connected_clusters="511",
        ) | {"metadata": {"name": "cilium-config", "namespace": "cilium"}},
        exposed("clustermesh-apiserver", spec={"selector": {"k8s-app": "clustermesh-apiserver"}}),
        version="1.18",
    )  # fmt: skip
    assert cluster["mesh"]["cilium"] == {
        "version": "1.18",
        "maxConnectedClusters": 511,
        "namespace": "cilium",
        "datapath": {"mode": "native", "nativeRoutingCIDR": "10.0.0.0/8"},
        "chaining": "portmap",
        "encryption": "wireguard",
    }
    assert cluster["podCIDRs"] == ["10.1.0.0/16", "10.2.0.0/16", "fd00::/48"]


def test_pods_of_the_nodes_network_are_told_by_the_nodes(run: Run) -> None:
    cluster, out = imported(run, config(ipam="kubernetes"), node(1, podCIDR="10.1.0.0/24"), version="1.18")
    assert cluster["mesh"]["cilium"]["ipam"] == "kubernetes"
    assert cluster["podCIDRs"] == ["10.1.0.0/24"]
    _, out = imported(run, config(ipam="hostscope-legacy"), version="1.8")
    assert "unknown  ipam hostscope-legacy of east has no counterpart in mesh.yaml" in out


@pytest.mark.parametrize("block", [pytest.param("10.1.0.0/33", id="no block"), pytest.param(None, id="none")])
def test_pods_that_are_not_told_are_marked_and_never_invented(run: Run, block: str | None) -> None:
    cluster, out = imported(run, config(), node(1, podCIDR=block))
    assert "podCIDRs" not in cluster
    assert "missing  clusters.east: podCIDRs" in out
    assert "  - name: east # TODO podCIDRs\n" in Path("mesh.yaml").read_text()
    assert "error[MG102] the key 'podCIDRs' is missing" in run("check", "--format", "concise").out


def test_a_node_may_say_it_as_cilium_does(run: Run) -> None:
    written = {"io.cilium.network.ipv4-pod-cidr": "10.7.0.0/24"}
    cluster, _ = imported(run, config(), thing("Node", "node1", metadata={"annotations": written}))
    assert cluster["podCIDRs"] == ["10.7.0.0/24"]


def test_nodes_of_two_regions_have_none(run: Run) -> None:
    other = node(2)
    other["metadata"]["labels"] = {"failure-domain.beta.kubernetes.io/region": "us-east1"}
    assert "region" not in imported(run, config(), node(1), other)[0]


def test_node_ports_are_dialled_at_the_nodes(run: Run) -> None:
    cluster, _ = imported(run, config(), node(1), node(2), exposed(spec={"type": "NodePort"}))
    assert cluster["service"] == {"type": "NodePort", "port": 31379}
    assert cluster["serviceIPs"] == ["10.128.0.1", "10.128.0.2"]
    assert cluster["provider"] == "generic"
    Path("mesh.yaml").unlink()
    assert "serviceIPs" not in imported(run, config(), exposed(spec={"type": "NodePort", "ports": []}))[0]


def test_more_of_the_service_is_kept(run: Run) -> None:
    spec = {
        "selector": {"app": "my-etcd"},
        "loadBalancerIP": "10.138.0.18",
        "loadBalancerSourceRanges": ["10.0.0.0/8"],
        "ports": [{"port": 22379}],
    }
    cluster, _ = imported(run, config(), exposed(spec=spec))
    assert cluster["service"] == {
        "port": 22379,
        "selector": {"app": "my-etcd"},
        "sourceRanges": ["10.0.0.0/8"],
    }
    assert cluster["serviceIPs"] == ["10.138.0.18"]


def test_a_load_balancer_with_a_name_is_dialled_by_it_where_cilium_can(run: Run) -> None:
    named = [{"hostname": "lb.example.com"}]
    cluster, _ = imported(run, config(), exposed("clustermesh-apiserver", ingress=named), version="1.18")
    assert cluster["service"]["hostname"] == "lb.example.com"
    Path("mesh.yaml").unlink()
    cluster, out = imported(run, config(), exposed(ingress=named))
    assert "service" not in cluster
    assert "unknown  the load balancer of east has the name lb.example.com and no address" in out


@pytest.mark.parametrize(
    ("told", "version"),
    [
        pytest.param({"metadata": {"labels": {"helm.sh/chart": "cilium-1.16.3"}}}, "1.16.3", id="chart"),
        pytest.param(
            {"metadata": {"labels": {"app.kubernetes.io/version": "v1.17.4"}}}, "1.17.4", id="label"
        ),
        pytest.param(
            {
                "spec": {
                    "template": {
                        "spec": {"containers": [{"image": "quay.io/cilium/cilium:v1.19.1@sha256:00"}]}
                    }
                }
            },
            "1.19.1",
            id="image",
        ),
    ],
)
def test_the_version_is_read_from_what_has_it(run: Run, told: dict[str, Any], version: str) -> None:
    cluster, _ = imported(run, config(), thing("DaemonSet", "cilium", **told), version="")
    assert cluster["mesh"]["cilium"]["version"] == version


def test_a_version_that_is_given_comes_second_to_what_is_seen(run: Run) -> None:
    labels = {"labels": {"helm.sh/chart": "cilium-1.16.3"}}
    write("east/config.json", config())
    write("east/daemonset.json", thing("DaemonSet", "cilium", metadata=labels))
    assert run("import", "east", "--cilium-version", "1.18").status == 0
    assert read()["cilium"]["version"] == "1.16.3"
    assert run("import", "east@1.17", "-o", "other.yaml").status == 0
    assert read("other.yaml")["cilium"]["version"] == "1.17"


def test_no_version_is_asked_for(run: Run) -> None:
    write("dump.json", config())
    refused = run("import", "dump.json")
    assert refused.status == 2
    assert "give --cilium-version" in refused.err


def global_service(name: str = "shop", **more: Any) -> dict[str, Any]:
    """A global Service."""
    annotations = {"io.cilium/global-service": "true"} | more.pop("annotations", {})
    spec = {"selector": {"app": name}, "ports": [{"port": 80, "targetPort": 80, "protocol": "TCP"}]} | more
    metadata = {"annotations": annotations, "labels": more.pop("labels", {})}
    return thing("Service", name, namespace="web", metadata=metadata, spec=spec)


def test_global_services_become_services_that_their_owners_keep(run: Run) -> None:
    west = config(cluster_name="west", cluster_id="2")
    ports = [{"name": "dns", "port": 53, "targetPort": "dns", "protocol": "UDP"}, {"name": "web", "port": 80}]
    write("east.json", thing("List", "", items=[
        config(),
        global_service(),
        global_service("names", ports=ports, annotations={"io.cilium/shared-service": "false"}),
        global_service("bare", selector=None, annotations={"io.cilium/service-affinity": "local"}),
        thing("Service", "other", spec={"ports": [{"port": 1}]}),
        global_service("portless", ports=[]),
    ]))  # fmt: skip
    write(
        "west.json", thing("List", "", items=[west, global_service(), global_service("names", ports=ports)])
    )
    done = run("import", "east.json", "west.json", "--cilium-version", "1.8")
    assert done.status == 0
    usual = {"namespace": "web", "manage": "annotation"}
    udp = {"name": "dns", "port": 53, "targetPort": "dns", "protocol": "UDP"}
    expected = [
        {"name": "bare", "clusters": ["east"], "ports": [80], "affinity": "local", **usual},
        {
            "name": "names", "ports": [udp, {"name": "web", "port": 80}], "selector": {"app": "names"},
            "backends": ["west"], **usual,
        },
        {"name": "shop", "ports": [80], "selector": {"app": "shop"}, **usual},
    ]  # fmt: skip
    assert read()["services"] == expected

    before = Path("mesh.yaml").read_text()
    assert run("import", "east.json", "west.json", "--cilium-version", "1.8").status == 0
    assert Path("mesh.yaml").read_text() == before


def test_services_that_clusters_have_differently_are_told(run: Run) -> None:
    one = global_service()
    other = global_service(ports=[{"port": 81, "protocol": "TCP"}])
    one["metadata"]["labels"] = {"app.kubernetes.io/managed-by": "meshgen"}
    write("east.json", thing("List", "", items=[config(), one]))
    write("west.json", thing("List", "", items=[config(cluster_name="west"), other]))
    out = run("import", "east.json", "west.json", "--cilium-version", "1.8").out
    assert (
        "unknown  the clusters have web/shop with other ports or selectors; the first one's are kept" in out
    )
    assert read()["services"] == [
        {"name": "shop", "namespace": "web", "ports": [80], "selector": {"app": "shop"}}
    ]


def test_what_is_no_service_of_mesh_yaml_is_not_taken(run: Run) -> None:
    _, out = imported(run, config(), global_service(selector={"app": "a b"}))
    assert "unknown  services.0.selector is not taken: " in out


def test_other_kinds_are_counted_and_not_read(run: Run) -> None:
    _, out = imported(run, config(), thing("Secret", "a"), thing("Secret", "b"), thing("Pod", "c"))
    assert [line for line in out.splitlines() if "not read" in line] == [
        "unknown  dump.json: 1 of kind Pod, not read",
        "unknown  dump.json: 2 of kind Secret, not read",
    ]


def test_a_dump_without_a_name_is_of_the_cluster_of_its_folder(run: Run) -> None:
    write("east/nodes.json", node(1))
    (Path("east") / "README").write_text("not read")
    assert run("import", "east/", "--cilium-version", "1.8").status == 0
    assert read()["clusters"][0]["name"] == "east"
    write("nodes.json", node(1))
    refused = run("import", "nodes.json", "--cilium-version", "1.8")
    assert refused.status == 2
    assert "write CLUSTER=nodes.json" in refused.err


def test_a_folder_is_of_one_cluster(run: Run) -> None:
    write("all/east.json", config())
    write("all/west.json", config(cluster_name="west"))
    refused = run("import", "all", "--cilium-version", "1.8")
    assert refused.status == 2
    assert "give each cluster a folder of its own" in refused.err


def test_values_and_dumps_of_one_cluster_are_put_together(run: Run) -> None:
    write("one.yaml", values(1, ipam={"mode": "kubernetes"}))
    write("two.yaml", values(2))
    write(
        "dump/nodes.json",
        thing("NodeList", "", items=[node(1, podCIDR="10.1.0.0/24", providerID="kind://a/b")]),
    )
    assert run("import", "one.yaml", "two.yaml", "cluster1=dump", "--cilium-version", "1.19").status == 0
    cluster = read()["clusters"][0]
    assert (cluster["nodeIPs"], cluster["podCIDRs"]) == (["10.128.0.1"], ["10.1.0.0/24"])
    assert run("build").status == 0
    assert read("out/cluster1/values.yaml") == read("one.yaml")


def guide(name: str, ips: str = "10.138.0.18", host: str = "") -> None:
    """What the guide's script leaves of a cluster."""
    host = host or f"{name}.mesh.example.com"
    Path("config").mkdir(exist_ok=True)
    Path("config", name).write_text(f"endpoints:\n- https://{host}:2379\n")
    Path("config", f"{name}.etcd-client.key").write_text("-----BEGIN PRIVATE KEY-----")
    if ips:
        Path("config", f"{host}.ips").write_text(ips)


def test_the_guides_folder_says_how_clusters_are_dialled(run: Run) -> None:
    guide("east", "10.138.0.18\n10.138.0.17\nnone\n")
    guide("west", "", host="10.9.9.9")
    guide("north", "", host="[a")
    Path("config/south").write_text("endpoints: none")
    write("east.json", config(max_connected_clusters="none"))
    done = run("import", "config", "east.json", "--cilium-version", "1.6.9")
    assert done.status == 0
    assert read()["domain"] == "mesh.example.com"
    clusters = {one["name"]: one for one in read()["clusters"]}
    assert list(clusters) == ["east", "north", "south", "west"]
    assert clusters["east"]["serviceIPs"] == ["10.138.0.18", "10.138.0.17"]
    assert clusters["west"]["serviceIPs"] == ["10.9.9.9"]
    assert clusters["north"].keys() == clusters["south"].keys() == {"name"}
    assert "unknown  config/south: is no etcd configuration with endpoints" in done.out
    assert "missing  clusters.west: id, provider, podCIDRs" in done.out
    assert "PRIVATE" not in Path("mesh.yaml").read_text() + done.out


def test_the_guides_folder_of_a_golden_mesh_is_read(run: Run) -> None:
    config_folder = ROOT / "tests/golden/tls-from-files/config"
    assert run("import", str(config_folder), "--cilium-version", "1.6.9").status == 0
    assert [one["name"] for one in read()["clusters"]] == ["cluster1", "cluster2"]


def test_a_config_without_an_id_has_none(run: Run) -> None:
    _, out = imported(run, config(cluster_id="none"))
    assert "missing  clusters.east: id, provider, podCIDRs" in out
