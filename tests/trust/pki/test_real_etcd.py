"""A real etcd takes what meshgen makes, and refuses what `meshgen check` reports."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography import x509
from etcd_stage import Member, Stage, kept, program, serving
from faults import CLIENT, SERVER, Made, authority, certificate, plant, read
from pki_place import OPERATOR, Place, generated

SERVICE_IP = "172.16.2.10"  # of cluster2, as builders have it
HOST = "cluster2.mesh.cilium.io"
MOUNT = Path("cilium/clustermesh")  # below /var/lib
NAMES = [HOST, "*.cilium-etcd.kube-system.svc", "cilium-etcd-client.kube-system.svc", "localhost"]
RECIPIENT = str(OPERATOR.to_public())


@pytest.fixture
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A node of cluster1, from which cluster2's etcd is reached."""
    stage = Stage(tmp_path_factory.mktemp("stage"), [SERVICE_IP])
    yield stage
    stage.close()


@pytest.fixture
def resolving(stage: Stage) -> Stage:
    """The same, where cluster2 has its address."""
    stage.knows({SERVICE_IP: [HOST]})
    return stage


def host_aliases(cluster: Path) -> dict[str, list[str]]:
    """The emitted hostAliases of a cluster's agents, as kubelet writes them into /etc/hosts."""
    patch = yaml.safe_load((cluster / "patches/cilium.daemonset.yaml").read_text("utf-8"))
    entries = patch["spec"]["template"]["spec"]["hostAliases"]
    return {entry["ip"]: entry["hostnames"] for entry in entries if "ip" in entry}


def etcdctl(stage: Stage, config: Path, *arguments: str, seconds: int = 5) -> tuple[str, str]:
    """What etcdctl prints with nothing but an etcd client configuration, as an agent reads it."""
    known = yaml.safe_load(config.read_text("utf-8"))
    done = stage.run(
        program("etcdctl"),
        f"--endpoints={','.join(known['endpoints'])}",
        f"--cacert={known['trusted-ca-file']}",
        f"--cert={known['cert-file']}",
        f"--key={known['key-file']}",
        f"--dial-timeout={seconds}s",
        f"--command-timeout={seconds}s",
        *arguments,
        ETCDCTL_API="3",
    )
    return done.stdout, done.stderr


def test_a_client_reads_with_nothing_but_the_emitted_secret_and_host_aliases(
    ready: Place, stage: Stage, tmp_path: Path
) -> None:
    ready.ok("build")
    server = kept(tmp_path / "server", ready.secret("cluster2", "cilium-etcd-server-tls"))
    stage.start(tmp_path / "log", *serving(server, SERVICE_IP)).wait()
    mount = kept(stage.lib / MOUNT, ready.secret("cluster1", "cilium-clustermesh"))
    stage.knows(host_aliases(ready.folder / "out/cluster1"))

    assert etcdctl(stage, mount / "cluster2", "put", "cilium/state", "empire")[0] == "OK\n"
    out, err = etcdctl(stage, mount / "cluster2", "get", "cilium/state")

    assert (out, err) == ("cilium/state\nempire\n", "")
    assert yaml.safe_load((mount / "cluster2").read_bytes())["endpoints"] == [f"https://{HOST}:2379"]


@pytest.mark.slow
def test_members_of_an_etcd_find_each_other_and_serve_the_clusters_own_agents(
    ready: Place, tmp_path: Path
) -> None:
    ready.ok("build")
    members = {"172.16.2.11": "a", "172.16.2.12": "b"}
    stage = Stage(tmp_path / "stage", list(members))
    try:
        names = {address: f"{name}.cilium-etcd.kube-system.svc" for address, name in members.items()}
        stage.knows({address: [name] for address, name in names.items()})
        stage.knows({"172.16.2.11": ["cilium-etcd-client.kube-system.svc"]})
        folder = kept(tmp_path / "member", ready.secret("cluster2", "cilium-etcd-server-tls"))
        kept(folder, ready.secret("cluster2", "cilium-etcd-peer-tls"))
        running = [
            stage.start(tmp_path / f"log-{name}", *_member(folder, name, address, names))
            for address, name in members.items()
        ]
        for member in running:
            member.wait()
        client = kept(tmp_path / "client", ready.secret("cluster2", "cilium-etcd-secrets"))
        done = stage.run(
            program("etcdctl"),
            "--endpoints=https://cilium-etcd-client.kube-system.svc:2379",
            f"--cacert={client / 'etcd-client-ca.crt'}",
            f"--cert={client / 'etcd-client.crt'}",
            f"--key={client / 'etcd-client.key'}",
            "endpoint",
            "health",
            "--cluster",
        )
    finally:
        stage.close()

    assert done.returncode == 0
    assert done.stdout.count("is healthy") == len(members), done.stdout + done.stderr
    assert all("tls: " not in member.log for member in running)


def _member(folder: Path, name: str, address: str, names: dict[str, str]) -> list[str]:
    peers = ",".join(f"{one.partition('.')[0]}=https://{one}:2380" for one in names.values())
    return serving(
        folder,
        address,
        name=name,
        **{
            "advertise-client-urls": f"https://{names[address]}:2379",
            "listen-peer-urls": f"https://{address}:2380",
            "initial-advertise-peer-urls": f"https://{names[address]}:2380",
            "initial-cluster": peers,
            "peer-client-cert-auth": "true",
            "peer-trusted-ca-file": folder / "peer-ca.crt",
            "peer-cert-file": folder / "peer.crt",
            "peer-key-file": folder / "peer.key",
        },
    )


@dataclass(frozen=True)
class Fault:
    """
    A certificate that cannot work.

    `code` is the finding that tells before, `client` what etcdctl says, `server` what etcd's log says.
    """

    code: str
    client: str
    server: str
    options: dict[str, Any]
    foreign: bool = False


BOTH = [SERVER, CLIENT]
YESTERDAY = {"begins": timedelta(days=-10), "lasts": timedelta(days=9)}
TOMORROW = {"begins": timedelta(days=2)}
BAD = "tls: bad certificate"

SERVERS = [
    pytest.param(
        Fault(
            "MG504",
            "certificate signed by unknown authority",
            "remote error: tls:",
            {"names": NAMES, "usages": BOTH},
            foreign=True,
        ),
        id="signed by another authority",
    ),
    pytest.param(
        Fault(
            "MG505",
            "certificate relies on legacy Common Name field",
            BAD,
            {"common_name": HOST, "usages": BOTH},
        ),
        id="with the right name as common name alone",
    ),
    pytest.param(
        Fault(
            "MG505",
            f"certificate is valid for cluster1.mesh.cilium.io, not {HOST}",
            BAD,
            {"names": ["cluster1.mesh.cilium.io"], "usages": BOTH},
        ),
        id="for another name",
    ),
    pytest.param(
        Fault("MG505", "is valid for *.cilium.io, not", BAD, {"names": ["*.cilium.io"], "usages": BOTH}),
        id="for a wildcard that stands for two labels",
    ),
    pytest.param(
        Fault(
            "MG506",
            "certificate specifies an incompatible key usage",
            "remote error: tls:",
            {"names": NAMES, "usages": [CLIENT]},
        ),
        id="for clients only",
    ),
    pytest.param(
        Fault("MG506", "", "incompatible key usage", {"names": NAMES, "usages": [SERVER]}),
        id="for servers only, which breaks etcd's own gateway",
    ),
    pytest.param(
        Fault(
            "MG507",
            "certificate has expired or is not yet valid",
            "remote error: tls:",
            {"names": NAMES, "usages": BOTH} | YESTERDAY,
        ),
        id="expired",
    ),
    pytest.param(
        Fault(
            "MG507",
            "certificate has expired or is not yet valid",
            "remote error: tls:",
            {"names": NAMES, "usages": BOTH} | TOMORROW,
        ),
        id="not valid yet",
    ),
]

CLIENTS = [
    pytest.param(
        Fault("MG504", BAD, "certificate signed by unknown authority", {"usages": [CLIENT]}, foreign=True),
        id="signed by another authority",
    ),
    pytest.param(
        Fault("MG506", BAD, "certificate specifies an incompatible key usage", {"usages": [SERVER]}),
        id="for servers only",
    ),
    pytest.param(
        Fault("MG507", BAD, "certificate has expired or is not yet valid", {"usages": [CLIENT]} | YESTERDAY),
        id="expired",
    ),
    pytest.param(
        Fault("MG507", BAD, "certificate has expired or is not yet valid", {"usages": [CLIENT]} | TOMORROW),
        id="not valid yet",
    ),
]


def signed(place: Place, fault: Fault) -> Made:
    """A faulty certificate, by the mesh's authority or by another."""
    own = read(place.file("pki/ca/1.crt").read_bytes(), place.opened("pki/ca/1.*.key.age"))
    options = {"common_name": "somebody"} | fault.options
    return certificate(by=authority() if fault.foreign else own, **options)


def dial(stage: Stage, folder: Path, bundle: bytes, client: Made, reason: str = "") -> str:
    """Why etcdctl cannot read from cluster2's etcd; empty where it can. It tries until its time is over."""
    kept(folder, {"ca.crt": bundle, "client.crt": client.pem, "client.key": client.key_pem})
    config = {
        "endpoints": [f"https://{HOST}:2379"],
        "trusted-ca-file": str(folder / "ca.crt"),
        "cert-file": str(folder / "client.crt"),
        "key-file": str(folder / "client.key"),
    }
    (folder / "config").write_text(yaml.safe_dump(config), "utf-8")
    said = ""
    for seconds in (1, 5, 10) if reason else (10,):
        said = etcdctl(stage, folder / "config", "get", "cilium/", seconds=seconds)[1]
        if reason in said:
            break
    return said


def good_client(place: Place) -> Made:
    """The client of cluster1."""
    crt = place.file("pki/clusters/cluster1/remote.crt").read_bytes()
    return read(crt, place.opened("pki/clusters/cluster1/remote.*.key.age"))


@pytest.mark.parametrize("fault", SERVERS)
def test_a_server_that_clients_refuse_was_reported_before(
    ready: Place, resolving: Stage, tmp_path: Path, fault: Fault
) -> None:
    faulty = signed(ready, fault)
    plant(ready.folder / "pki/clusters/cluster2/server.crt", faulty, RECIPIENT)
    bundle = ready.file("pki/ca/1.crt").read_bytes()
    server = kept(
        tmp_path / "server",
        {"server.crt": faulty.pem, "server.key": faulty.key_pem, "server-ca.crt": bundle},
    )

    member = resolving.start(tmp_path / "log", *serving(server, SERVICE_IP))
    member.wait()
    refusal = dial(resolving, tmp_path / "client", bundle, good_client(ready), fault.client)
    member.wait(fault.server)

    assert fault.client in refusal
    assert bool(refusal) == bool(fault.client)
    found = ready.findings()
    assert fault.code in {finding["code"] for finding in found}
    assert {finding["path"] for finding in found} == {"clusters[1].name"}


@pytest.fixture
def cluster2(made: Path, resolving: Stage, tmp_path: Path) -> Member:
    """The etcd of cluster2, with what meshgen made for it."""
    good = Place(made, None)  # type: ignore[arg-type] - it only reads
    server = kept(
        tmp_path / "server",
        {
            "server.crt": good.file("pki/clusters/cluster2/server.crt").read_bytes(),
            "server.key": good.opened("pki/clusters/cluster2/server.*.key.age"),
            "server-ca.crt": good.file("pki/ca/1.crt").read_bytes(),
        },
    )
    member = resolving.start(tmp_path / "log", *serving(server, SERVICE_IP))
    member.wait()
    return member


@pytest.mark.parametrize("fault", CLIENTS)
def test_a_client_that_etcd_refuses_was_reported_before(
    ready: Place, resolving: Stage, cluster2: Member, tmp_path: Path, fault: Fault
) -> None:
    faulty = signed(ready, fault)
    plant(ready.folder / "pki/clusters/cluster1/remote.crt", faulty, RECIPIENT)

    refusal = dial(resolving, tmp_path / "client", ready.file("pki/ca/1.crt").read_bytes(), faulty, BAD)
    cluster2.wait(fault.server)

    assert fault.client in refusal
    assert [finding["code"] for finding in ready.findings()] == [fault.code]


def test_a_client_that_trusts_another_authority_was_reported_before(
    ready: Place, resolving: Stage, cluster2: Member, tmp_path: Path
) -> None:
    other = authority()
    client, own = good_client(ready), ready.file("pki/ca/1.crt").read_bytes()
    plant(ready.folder / "pki/ca/1.crt", other, RECIPIENT)

    unknown = "certificate signed by unknown authority"
    refusal = dial(resolving, tmp_path / "client", other.pem, client, unknown)
    cluster2.wait("remote error: tls:")

    assert unknown in refusal
    assert set(ready.codes()) == {"MG504"}
    assert not dial(resolving, tmp_path / "again", own, client)


def test_an_intermediate_in_the_same_file_counts(
    ready: Place, resolving: Stage, cluster2: Member, tmp_path: Path
) -> None:
    own = read(ready.file("pki/ca/1.crt").read_bytes(), ready.opened("pki/ca/1.*.key.age"))
    middle = certificate("middle", own, extensions=[(x509.BasicConstraints(ca=True, path_length=None), True)])
    leaf = certificate("somebody", middle, usages=[CLIENT])
    path = ready.folder / "pki/clusters/cluster1/remote.crt"
    plant(path, leaf, RECIPIENT)
    assert ready.codes() == ["MG504"]
    path.write_bytes(leaf.pem + middle.pem)
    assert ready.codes() == []

    class Chain(Made):
        @property
        def pem(self) -> bytes:
            return path.read_bytes()

    refused = dial(resolving, tmp_path / "alone", own.pem, leaf, BAD)
    cluster2.wait("certificate signed by unknown authority")
    accepted = dial(resolving, tmp_path / "chain", own.pem, Chain(leaf.certificate, leaf.key))

    assert BAD in refused
    assert accepted == ""


def test_a_key_of_another_certificate_was_reported_before(
    ready: Place, resolving: Stage, tmp_path: Path
) -> None:
    own = read(ready.file("pki/ca/1.crt").read_bytes(), ready.opened("pki/ca/1.*.key.age"))
    faulty = certificate("somebody", own, names=NAMES, usages=BOTH)
    other = certificate("another", own).key
    plant(ready.folder / "pki/clusters/cluster2/server.crt", faulty, RECIPIENT, key=other)
    files = {
        "server.crt": faulty.pem,
        "server.key": Made(faulty.certificate, other).key_pem,
        "server-ca.crt": ready.file("pki/ca/1.crt").read_bytes(),
    }

    done = resolving.run(*serving(kept(tmp_path / "server", files), "127.0.0.9"))

    assert "private key does not match public key" in done.stderr + done.stdout
    assert ready.codes() == []
    assert ready.codes("--identity", "operator.txt") == ["MG503"]


@pytest.mark.parametrize("algorithm", ["rsa-2048", "ed25519"])
def test_other_algorithms_connect_too(place: Place, resolving: Stage, tmp_path: Path, algorithm: str) -> None:
    place.begin(generated(tls={"source": "generate", "algorithm": algorithm}))
    place.ok("build")
    server = kept(tmp_path / "server", place.secret("cluster2", "cilium-etcd-server-tls"))
    secret = place.secret("cluster1", "cilium-clustermesh")
    client = read(secret["common-etcd-client.crt"], secret["common-etcd-client.key"])

    resolving.start(tmp_path / "log", *serving(server, SERVICE_IP)).wait()

    assert dial(resolving, tmp_path / "client", secret["common-etcd-client-ca.crt"], client) == ""
