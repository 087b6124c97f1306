"""A real etcd, as it runs in clustermesh-apiserver, with the Secrets and files of peers that are emitted."""

from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from builders import cluster
from etcd_stage import Member, Stage, kept, program, serving
from pki_place import Place, generated

from meshgen.cilium.profile import Source
from meshgen.cilium.profiles import PROFILES
from meshgen.cilium.version import parse_version

ADDRESSES = {"cluster1": "172.16.1.10", "cluster2": "172.16.2.10"}
LOCAL = "clustermesh-apiserver.kube-system.svc"
MOUNT = Path("cilium/clustermesh")  # below /var/lib


@pytest.fixture
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A node, from which the etcds of both clusters are reached by address."""
    stage = Stage(tmp_path_factory.mktemp("stage"), list(ADDRESSES.values()))
    yield stage
    stage.close()


@pytest.fixture(params=["1.16.19", "1.18.12", "1.20.0"])
def version(request: pytest.FixtureRequest) -> str:
    """A version of each way to name the files."""
    return str(request.param)


@pytest.fixture
def built(place: Place, version: str) -> Place:
    """Two clusters of a version, with everything issued, sealed and built."""
    cilium = {"version": version, "delivery": "manifests"}
    place.begin(generated(cluster(1), cluster(2), cilium=cilium))
    place.ok("build")
    return place


def serve(place: Place, stage: Stage, folder: Path, name: str) -> Member:
    """The etcd of a cluster, as the chart starts it."""
    secret = place.secret(name, "clustermesh-apiserver-server-cert")
    files = {
        "server.crt": secret["tls.crt"],
        "server.key": secret["tls.key"],
        "server-ca.crt": secret["ca.crt"],
    }
    server = kept(folder / f"server-{name}", files)
    member = stage.start(folder / f"log-{name}", *serving(server, ADDRESSES[name], name=name))
    member.wait()
    return member


def mounted(place: Place, stage: Stage, name: str, container: str, version: str) -> Path:
    """What a container of a cluster finds in its folder, by the volumes of the version's profile."""
    profile = next(one for one in PROFILES if one.covers(parse_version(version)))
    folder = stage.lib / MOUNT
    for volume in profile.volumes:
        if volume.container == container:
            for source in volume.sources:
                kept(folder, projected(place, name, source))
    return folder


def projected(place: Place, name: str, source: Source) -> dict[str, bytes]:
    if source.items:
        secret = place.secret(name, source.object)
        return {file: secret[key] for key, file in source.items}
    path = place.folder / "out" / name / f"{source.object}.secret.yaml"
    return {key: b64decode(value) for key, value in yaml.safe_load(path.read_text())["data"].items()}


def aliases(place: Place, name: str, config: Path) -> dict[str, list[str]]:
    """Where the host names have their addresses from: the Deployment, or the configuration itself."""
    patch = place.folder / "out" / name / "patches/clustermesh-apiserver.deployment.yaml"
    entries = yaml.safe_load(patch.read_text())["spec"]["template"]["spec"]["hostAliases"] or []
    found = {entry["ip"]: entry["hostnames"] for entry in entries if "ip" in entry}
    for alias in yaml.safe_load(config.read_text()).get("cilium-host-aliases", []):
        found |= {ip: [alias["hostname"]] for ip in alias["ips"]}
    return found


def etcdctl(stage: Stage, config: Any, *arguments: str) -> tuple[str, str]:
    """What etcdctl prints with nothing but an etcd client configuration."""
    done = stage.run(
        program("etcdctl"),
        f"--endpoints={','.join(config['endpoints'])}",
        f"--cacert={config['trusted-ca-file']}",
        f"--cert={config['cert-file']}",
        f"--key={config['key-file']}",
        "--dial-timeout=5s",
        *arguments,
        ETCDCTL_API="3",
    )
    return done.stdout, done.stderr


def test_kvstoremesh_dials_another_cluster_with_its_own_file(
    built: Place, stage: Stage, tmp_path: Path, version: str
) -> None:
    serve(built, stage, tmp_path, "cluster2")
    config = mounted(built, stage, "cluster1", "kvstoremesh", version) / "cluster2"
    stage.knows(aliases(built, "cluster1", config))

    known = yaml.safe_load(config.read_text())
    assert known["endpoints"] == ["https://cluster2.mesh.cilium.io:2379"]
    assert etcdctl(stage, known, "put", "cilium/state", "empire") == ("OK\n", "")


def test_agents_read_their_own_clusters_copy(
    built: Place, stage: Stage, tmp_path: Path, version: str
) -> None:
    serve(built, stage, tmp_path, "cluster1")
    stage.knows({ADDRESSES["cluster1"]: [LOCAL]})
    config = mounted(built, stage, "cluster1", "cilium-agent", version) / "cluster2"

    known = yaml.safe_load(config.read_text())
    assert known["endpoints"] == [f"https://{LOCAL}:2379"]
    assert etcdctl(stage, known, "put", "cilium/state", "empire") == ("OK\n", "")


def test_the_apiserver_reaches_etcd_in_its_own_pod_by_address(
    built: Place, stage: Stage, tmp_path: Path
) -> None:
    server = built.secret("cluster1", "clustermesh-apiserver-server-cert")
    files = {
        "server.crt": server["tls.crt"],
        "server.key": server["tls.key"],
        "server-ca.crt": server["ca.crt"],
    }
    member = stage.start(tmp_path / "log", *serving(kept(tmp_path / "server", files), "127.0.0.1"))
    member.wait()
    admin = kept(tmp_path / "admin", built.secret("cluster1", "clustermesh-apiserver-admin-cert"))
    config = {
        "endpoints": ["https://127.0.0.1:2379"],
        "trusted-ca-file": admin / "ca.crt",
        "cert-file": admin / "tls.crt",
        "key-file": admin / "tls.key",
    }
    assert etcdctl(stage, config, "put", "cilium/state", "empire") == ("OK\n", "")


def test_each_certificate_has_the_name_of_its_user(built: Place) -> None:
    status = built.ok("pki", "status").out
    assert "remote-cluster2" in status
    assert users(built.folder / "out" / "cluster1") == {"remote-cluster2"}


def users(folder: Path) -> set[str]:
    """Whom a cluster lets in: those in meshgen's ConfigMap, or up to 1.18 those of its values."""
    file = folder / "clustermesh-remote-users.configmap.yaml"
    if file.exists():
        listed = yaml.safe_load(yaml.safe_load(file.read_text())["data"]["users.yaml"])["users"]
        return {user["name"] for user in listed if user["role"] == "remote"}
    clusters = yaml.safe_load((folder / "values.yaml").read_text())["clustermesh"]["config"]["clusters"]
    return {f"remote-{cluster['name']}" for cluster in clusters}
