"""Values in the forms in which people have them."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from commands import Run
from given import read, values, write

from meshgen.source import load


def imported(run: Run, given: Any, *options: str, version: str = "1.19") -> tuple[dict[str, Any], str]:
    """The first cluster of two that values become, and the report."""
    Path("one.yaml").write_text(json.dumps(given))
    write("two.yaml", values(2))
    versions = ["--cilium-version", version] if version else []
    done = run("import", "one.yaml", "two.yaml", *versions, *options)
    assert done.status == 0, done.err
    cluster: dict[str, Any] = read()["clusters"][0]
    return cluster | {"cilium": read()["cilium"] | cluster.get("cilium", {})}, done.out


def service(**service: Any) -> dict[str, Any]:
    """Values of the first cluster with another Service."""
    given = values(1)
    given["clustermesh"]["apiserver"]["service"] = service
    return given


def test_helm_reads_yaml_as_1_1(run: Run) -> None:
    text = (
        yaml.safe_dump(values(1)).replace("id: 1", "id: 017")
        + "debug: {enabled: yes, verbose: off, n: 089}\n"
    )
    Path("one.yaml").write_text(text)
    write("two.yaml", values(2))
    run("import", "one.yaml", "two.yaml", "--cilium-version", "1.19")
    cluster = read()["clusters"][0]
    assert (cluster["id"], cluster["helmValues"]) == (
        15,
        {"debug": {"enabled": True, "verbose": False, "n": 89}},
    )


@pytest.mark.parametrize(
    "wrapped",
    [
        pytest.param({"cilium": values(1)}, id="a chart that depends on Cilium's"),
        pytest.param({"USER-SUPPLIED VALUES:": None, **values(1)}, id="helm get values"),
        pytest.param(
            {"apiVersion": "helm.toolkit.fluxcd.io/v2", "kind": "HelmRelease", "spec": {"values": values(1)}},
            id="a HelmRelease without a version",
        ),
    ],
)
def test_values_may_stand_below_others(run: Run, wrapped: dict[str, Any]) -> None:
    cluster, _ = imported(run, wrapped)
    assert (cluster["name"], cluster["podCIDRs"]) == ("cluster1", ["10.1.0.0/16"])


def release(version: str) -> dict[str, Any]:
    return {
        "apiVersion": "helm.toolkit.fluxcd.io/v2",
        "kind": "HelmRelease",
        "spec": {"chart": {"spec": {"version": version}}, "values": values(1)},
    }


def application(version: str, **helm: Any) -> dict[str, Any]:
    source = {"targetRevision": version, "helm": helm}
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "spec": {"source": source}}


@pytest.mark.parametrize(
    "one",
    [
        pytest.param(release("1.19.2"), id="HelmRelease"),
        pytest.param(application("v1.19.2", valuesObject=values(1)), id="Application with an object"),
        pytest.param(application("1.19.2", values=yaml.safe_dump(values(1))), id="Application with a text"),
    ],
)
def test_releases_say_their_version(run: Run, one: dict[str, Any]) -> None:
    write("one.yaml", one)
    assert run("import", "one.yaml").status == 0
    assert read()["cilium"]["version"] == "1.19.2"


@pytest.mark.parametrize(
    "one",
    [
        pytest.param(release("1.x"), id="a range"),
        pytest.param(application("main", valuesObject=values(1)), id="a branch"),
        pytest.param(application("1.19.2", values="# nothing"), id="no values"),
    ],
)
def test_releases_that_do_not_say_enough_are_refused(run: Run, one: dict[str, Any]) -> None:
    write("one.yaml", one)
    assert run("import", "one.yaml").status == 2


def test_private_keys_are_left_out_and_told(run: Run) -> None:
    key = "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCk1JR0hBZ0VBTUJNR0J5cUdTTTQ5"
    block = "-----BEGIN PRIVATE KEY-----"
    given = values(1, tls={"ca": {"cert": "cHVibGlj", "key": "short"}}, extraEnv=[{"a": 1}, key])
    given[block] = True
    given["clustermesh"]["config"]["clusters"]["cluster2"]["tls"] = {"cert": "a", "key": "b", "caCert": ""}
    cluster, out = imported(run, given)
    assert cluster["helmValues"] == {"tls": {"ca": {"cert": "cHVibGlj"}}}
    reason = "of cluster1 is a private key: it is not taken into mesh.yaml"
    assert f"unknown  clustermesh.config.clusters.cluster2.tls.key {reason}" in out
    assert f"unknown  tls.ca.key {reason}" in out
    assert f"unknown  extraEnv {reason}" in out
    assert f"unknown  ? {reason}" in out
    assert "short" not in out + Path("mesh.yaml").read_text()
    assert "PRIVATE" not in out + Path("mesh.yaml").read_text()


@pytest.mark.parametrize(
    ("more", "cilium"),
    [
        pytest.param({"tunnelProtocol": "geneve"}, {"datapath": {"tunnelProtocol": "geneve"}}, id="geneve"),
        pytest.param({"encryption": {"enabled": True}}, {"encryption": "ipsec"}, id="the default encryption"),
        pytest.param({"cni": {"chainingMode": "aws-cni"}}, {"chaining": "aws-cni"}, id="chaining"),
        pytest.param({"ipam": {"mode": "kubernetes"}}, {"ipam": "kubernetes"}, id="ipam"),
        pytest.param({"ipam": None, "eni": {"enabled": True}}, {"ipam": "eni"}, id="a cloud's ipam"),
    ],
)
def test_settings_of_cilium_are_understood(run: Run, more: dict[str, Any], cilium: dict[str, Any]) -> None:
    cluster, _ = imported(run, values(1, **more))
    assert cluster["cilium"] == {"version": "1.19"} | cilium


def test_settings_that_are_unknown_stay_in_helm_values(run: Run) -> None:
    cluster, out = imported(run, values(1, ipam={"mode": "other"}, cni={"chainingMode": "other"}))
    assert cluster["helmValues"]["ipam"] == {"mode": "other"}
    assert cluster["helmValues"]["cni"] == {"chainingMode": "other"}
    assert "unknown  ipam.mode other of cluster1 is unknown; it is kept in helmValues" in out


@pytest.mark.parametrize(
    ("version", "tunnel", "datapath"),
    [
        pytest.param("1.13", "geneve", {"tunnelProtocol": "geneve"}, id="as the chart has it"),
        pytest.param("1.14", "disabled", {"mode": "native"}, id="as an older chart had it"),
    ],
)
def test_an_older_tunnel_is_understood(run: Run, version: str, tunnel: str, datapath: dict[str, str]) -> None:
    one = values(1, tunnel=tunnel)
    one["ipam"]["operator"] = {"clusterPoolIPv4PodCIDR": "10.1.0.0/16"}
    cluster, out = imported(run, one, version=version)
    assert cluster["cilium"]["datapath"] == datapath
    assert not cluster["helmValues"].keys() & {"tunnel", "ipam"}
    assert cluster["podCIDRs"] == ["10.1.0.0/16"]
    assert ("meshgen drops tunnel" in out) is (version == "1.14")


def test_how_cilium_is_delivered_is_written_where_it_is_not_usual(run: Run) -> None:
    cluster, _ = imported(run, values(1), version="1.13")
    assert cluster["cilium"]["delivery"] == "helm"
    Path("mesh.yaml").unlink()
    given = values(1)
    given["clustermesh"]["config"] = {"enabled": False}
    cluster, _ = imported(run, given)
    assert cluster["cilium"]["delivery"] == "manifests"


def test_the_etcd_era_has_other_values(run: Run) -> None:
    given = {
        "global": {"cluster": {"name": "cluster1", "id": 1}, "tunnel": "disabled", "debug": {"enabled": True}}
    }
    write("one.yaml", given)
    assert run("import", "one.yaml", "--cilium-version", "1.6.9").status == 0
    cluster = read()["clusters"][0]
    assert read()["cilium"]["datapath"] == {"mode": "native"}
    assert cluster["helmValues"] == {"global": {"tunnel": "disabled", "debug": {"enabled": True}}}


@pytest.mark.parametrize(
    ("annotation", "provider"),
    [
        ("service.beta.kubernetes.io/aws-load-balancer-scheme", "aws"),
        ("networking.gke.io/load-balancer-type", "gcp"),
        ("metallb.io/loadBalancerIPs", "metallb"),
        ("lbipam.cilium.io/ips", "lb-ipam"),
        ("example.com/none", "generic"),
    ],
)
def test_the_provider_is_guessed_from_annotations(run: Run, annotation: str, provider: str) -> None:
    cluster, _ = imported(run, service(type="LoadBalancer", annotations={annotation: "internal"}))
    assert cluster["provider"] == provider


def test_the_provider_is_guessed_from_values(run: Run) -> None:
    cluster, out = imported(run, values(1, gke={"enabled": True}))
    assert cluster["provider"] == "gcp"
    assert 'guessed  clusters.cluster1.provider is "gcp": value gke.enabled' in out


def test_annotations_and_labels_that_are_no_text_stay_in_helm_values(run: Run) -> None:
    given = service(type="LoadBalancer", annotations={"a": "x", "b": True}, labels={"c": "y", "d": 1})
    cluster, _ = imported(run, given)
    assert cluster["service"] == {"annotations": {"a": "x"}, "labels": {"c": "y"}}
    assert cluster["helmValues"]["clustermesh"]["apiserver"]["service"] == {
        "annotations": {"b": True},
        "labels": {"d": 1},
    }


def test_what_an_older_chart_has_no_value_for_stays_in_helm_values(run: Run) -> None:
    cluster, _ = imported(run, service(type="LoadBalancer", labels={"a": "b"}), version="1.14")
    assert "labels" not in cluster.get("service", {})
    assert cluster["helmValues"]["clustermesh"]["apiserver"]["service"] == {"labels": {"a": "b"}}
    Path("mesh.yaml").unlink()
    given = service(type="LoadBalancer", loadBalancerSourceRanges=["10.0.0.0/8"])
    cluster, _ = imported(run, given, version="1.10")
    assert cluster["service"] == {"sourceRanges": ["10.0.0.0/8"]}


@pytest.mark.parametrize(
    ("given", "port"),
    [
        pytest.param({}, 32379, id="the chart's default"),
        pytest.param({"nodePort": 31000}, 31000, id="another"),
    ],
)
def test_a_service_is_a_node_port_unless_it_says_otherwise(
    run: Run, given: dict[str, Any], port: int
) -> None:
    write("one.yaml", service(**given))
    assert run("import", "one.yaml", "--cilium-version", "1.19").status == 0
    assert read()["clusters"][0]["service"] == {"type": "NodePort", "port": port}


def test_a_service_of_another_type_stays_in_helm_values(run: Run) -> None:
    cluster, out = imported(run, service(type="ClusterIP"))
    assert cluster["helmValues"]["clustermesh"]["apiserver"]["service"] == {"type": "ClusterIP"}
    assert "unknown  the Service of cluster1 has type ClusterIP, unknown to meshgen" in out


def test_an_address_that_is_a_number_is_one(run: Run) -> None:
    given = values(1)
    given["clustermesh"]["config"]["clusters"] = {
        "cluster2": {"address": "172.16.2.10", "port": 2379},
        "x": None,
    }
    cluster, out = imported(run, given)
    assert read()["clusters"][1]["serviceIPs"] == ["172.16.2.10"]
    assert 'meshgen drops clustermesh.config.clusters.cluster2.address ("172.16.2.10")' in out
    assert "missing  clusters.x: id, provider, podCIDRs" in out
    assert cluster["name"] == "cluster1"


def test_clusters_that_are_dialled_in_several_ways_have_the_most_common_one(run: Run) -> None:
    for number, address in ((1, "172.16.3.10"), (2, "172.16.3.10"), (3, ""), (4, "192.0.2.9")):
        given = values(1, cluster={"name": f"cluster{number}", "id": number})
        given["ipam"]["operator"]["clusterPoolIPv4PodCIDRList"] = [f"10.{number}.0.0/16"]
        given["clustermesh"]["config"]["clusters"] = {"cluster3": {"ips": [address]}} if address else {}
        write(f"{number}.yaml", given)
    done = run("import", "1.yaml", "2.yaml", "3.yaml", "4.yaml", "--cilium-version", "1.19")
    assert read()["clusters"][2]["serviceIPs"] == ["172.16.3.10"]
    assert "unknown  cluster3 is dialled in 2 ways; mesh.yaml has the most common one" in done.out


def test_a_domain_that_clusters_disagree_about_is_told(run: Run) -> None:
    given = values(1)
    given["clustermesh"]["config"]["domain"] = "mesh.example.com"
    _, out = imported(run, given)
    assert read()["domain"] == "mesh.example.com"
    assert 'cluster2: meshgen adds clustermesh.config.domain: "mesh.example.com"' in out


def test_clusters_of_several_versions_each_have_their_own(run: Run) -> None:
    write("one.yaml", values(1))
    write("two.yaml", values(2))
    options = ["--cilium-version", "1.19.1", "--cilium-version", "cluster2=v1.20.0"]
    assert run("import", "one.yaml", "two.yaml", *options).status == 0
    assert read()["cilium"]["version"] == "1.19.1"
    assert read()["clusters"][1]["cilium"] == {"version": "1.20.0"}


def test_what_mesh_yaml_does_not_take_is_told_and_kept_in_helm_values(run: Run) -> None:
    given = service(type="LoadBalancer", annotations={"not a key": "x"})
    given["ipam"]["operator"]["clusterPoolIPv4PodCIDRList"] = ["10.1.0.0/99"]
    cluster, out = imported(run, given)
    assert "podCIDRs" not in cluster
    assert "unknown  clusters.cluster1.podCIDRs is not taken: " in out
    assert "unknown  clusters.cluster1.service.annotations is not taken: " in out
    assert "missing  clusters.cluster1: podCIDRs" in out
    assert cluster["helmValues"]["clustermesh"]["apiserver"]["service"]["annotations"] == {"not a key": "x"}


def test_a_domain_that_is_none_is_not_taken(run: Run) -> None:
    given = values(1)
    given["clustermesh"]["config"]["domain"] = "no domain"
    _, out = imported(run, given)
    assert "unknown  domain is not taken: " in out


def test_text_is_written_so_that_everybody_reads_text(run: Run) -> None:
    texts = {
        "a": "no", "b": "017", "c": "1.20", "d": "two\nlines\n", "e": " odd\n x", "f": "", "g": "1e3",
        "on": "k", "h": 0.5, "i": None, "j": [], "k": {}, "l": [{"m": [1]}],
        "n": ["::/0", "fd00::/8", "? x", "a, b", "[", "x: y", "x #y", "-"], "o": "x: y",
    }  # fmt: skip
    imported(run, values(1, extraConfig=texts))
    assert load(Path("mesh.yaml").read_bytes(), "").data["clusters"][0]["helmValues"]["extraConfig"] == texts
    assert run("check", "--format", "concise").status == 0
    assert run("build").status == 0
    built = yaml.safe_load(Path("out/cluster1/values.yaml").read_text())
    assert built["extraConfig"] == texts


def test_an_id_that_is_missing_is_marked(run: Run) -> None:
    cluster, out = imported(run, values(1, cluster={"name": "cluster1"}))
    assert "id" not in cluster
    assert "missing  clusters.cluster1: id" in out


def test_sections_of_another_kind_are_kept_and_told(run: Run) -> None:
    cluster, out = imported(run, values(1, clustermesh={"config": "none", "apiserver": []}))
    assert cluster["helmValues"]["clustermesh"] == {"config": "none", "apiserver": []}
    assert "changes" not in out


def test_json_is_read_as_json(run: Run) -> None:
    odd = {"a": "\U0001f680", "b": "\\ud83d\\ude80", "c": "\n"}
    assert "\\ud83d\\ude80" in json.dumps(odd)
    write("one.json", values(1, extra=odd))
    assert run("import", "one.json", "--cilium-version", "1.19").status == 0
    assert read()["clusters"][0]["helmValues"] == {"extra": odd}

    Path("one.yaml").write_text('a: "\\ud83d\\ude80"')
    refused = run("import", "one.yaml", "--cilium-version", "1.19")
    assert (refused.status, "one.yaml:1:" in refused.out) == (1, True)
