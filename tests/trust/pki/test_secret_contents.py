"""What stands in the Secrets of a cluster, and how large they get."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from builders import cluster, mesh
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from faults import Made, authority, certificate
from guide_files import extracted
from pki_place import OPERATOR, Place, generated, opened_store

from meshgen.cilium.profiles import ETCD
from meshgen.trust.objects import contents
from meshgen.trust.sizes import ANNOTATION_LIMIT, DATA_LIMIT, sizes

# cilium-etcd-operator v2.0.7, certs/certs.go and pkg/defaults/const.go: Secrets and data keys that it
# makes, and reuses where all four exist (main.go, checkCerts).
OPERATORS_SECRETS = {
    "cilium-etcd-server-tls": {"server.key", "server.crt", "server-ca.crt"},
    "cilium-etcd-peer-tls": {"peer.key", "peer.crt", "peer-ca.crt"},
    "cilium-etcd-client-tls": {"etcd-client.key", "etcd-client.crt", "etcd-client-ca.crt"},
    "cilium-etcd-secrets": {"etcd-client.key", "etcd-client.crt", "etcd-client-ca.crt"},
}


def test_etcd_gets_the_secrets_that_its_operator_reuses(ready: Place) -> None:
    ready.ok("build")

    for name, keys in OPERATORS_SECRETS.items():
        assert ready.secret("cluster1", name).keys() == keys
    # The operator derives the one from the other.
    client = ready.secret("cluster1", "cilium-etcd-client-tls")
    assert client == ready.secret("cluster1", "cilium-etcd-secrets")
    assert {secret.name for secret in ETCD.tls_secrets} == {*OPERATORS_SECRETS, "cilium-clustermesh"}


def test_the_mesh_secret_has_one_key_for_all_the_others(place: Place) -> None:
    place.begin(generated(cluster(1), cluster(2), cluster(3, service={"type": "NodePort", "port": 32379})))
    place.ok("build")

    secret = place.secret("cluster1", "cilium-clustermesh")

    assert secret.keys() == {
        "cluster2",
        "cluster3",
        "common-etcd-client.key",
        "common-etcd-client.crt",
        "common-etcd-client-ca.crt",
    }
    assert yaml.safe_load(secret["cluster3"]) == {
        "endpoints": ["https://cluster3.mesh.cilium.io:32379"],
        "trusted-ca-file": "/var/lib/cilium/clustermesh/common-etcd-client-ca.crt",
        "cert-file": "/var/lib/cilium/clustermesh/common-etcd-client.crt",
        "key-file": "/var/lib/cilium/clustermesh/common-etcd-client.key",
    }
    assert secret["common-etcd-client.crt"] == place.file("pki/clusters/cluster1/remote.crt").read_bytes()
    assert secret["common-etcd-client.key"] == place.opened("pki/clusters/cluster1/remote.*.key.age")


def test_exactly_one_value_of_each_object_is_sealed(ready: Place) -> None:
    ready.ok("build")

    for path in Path("out").glob("*/*.secret.sops.yaml"):
        data = yaml.safe_load(path.read_bytes())["data"]
        assert [key for key, value in data.items() if value.startswith("ENC[")] == [
            key for key in data if key.endswith(".key")
        ], path
        assert sum(key.endswith(".key") for key in data) == 1, path


def test_a_secret_without_its_certificate_is_left_out(ready: Place) -> None:
    ready.file("pki/clusters/cluster1/peer.crt").unlink()
    store = opened_store(ready)

    names = [[one.name for one in secrets] for secrets in contents(store.mesh, store.inventory)]

    assert "cilium-etcd-peer-tls" not in names[0]
    assert "cilium-etcd-peer-tls" in names[1]


PLAIN = {"storeRecipients": [str(OPERATOR.to_public())]}


@pytest.mark.parametrize("algorithm", ["ecdsa-p256", "rsa-2048", "ed25519"])
def test_the_size_of_a_secret_is_that_of_the_object(place: Place, algorithm: str) -> None:
    tls = {"source": "generate", "algorithm": algorithm} | PLAIN
    place.begin(generated(tls=tls, secrets={"backend": "plaintext"}))
    place.ok("build", "--identity", "operator.txt")
    store = opened_store(place)

    for secret in contents(store.mesh, store.inventory)[0]:
        made = _object(Path("secrets/test/cluster1") / f"{secret.name}.secret.yaml")
        size = sizes(secret)
        data = {key: len(value) * 3 // 4 - value.count("=") for key, value in made["data"].items()}
        # A private key in DER can be a few bytes shorter than it mostly is.
        assert size.steady == pytest.approx(sum(data.values()), abs=16)
        assert size.rotating - size.steady == next(
            length for key, length in data.items() if key.endswith("ca.crt")
        )
        applied = len(json.dumps(made, separators=(",", ":")))
        assert applied <= size.applied <= applied + 400


def _object(path: Path) -> dict[str, Any]:
    made: dict[str, Any] = yaml.safe_load(path.read_bytes())
    return made


@pytest.mark.parametrize(
    "key",
    [
        ec.generate_private_key(ec.SECP256R1()),
        ed25519.Ed25519PrivateKey.generate(),
        rsa.generate_private_key(65537, 2048),
        ec.generate_private_key(ec.SECP521R1()),
    ],
    ids=["ecdsa-p256", "ed25519", "rsa-2048", "any other"],
)
def test_a_sealed_key_is_counted_by_its_algorithm(place: Place, key: Any) -> None:
    place.write(mesh(tls={"source": "files"}))
    extracted(Path("config"), "cluster1", "cluster2", key=key)
    store = opened_store(place)
    [secret] = contents(store.mesh, store.inventory)[0]
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )

    public = sum(map(len, secret.clear.values()))

    assert public + 2 * (len(pem) - 16) <= sizes(secret).steady
    assert sizes(secret).steady <= public + 2 * max(len(pem) + 16, 3272)


class TestLimits:
    """Kubernetes takes so much and no more."""

    def of_guide(self, place: Place, made: Made, signer: Made, count: int) -> list[dict[str, Any]]:
        """What check finds for a mesh of so many clusters with the same certificates."""
        place.write(mesh(*(cluster(number) for number in range(1, count + 1)), tls={"source": "files"}))
        folder = Path("config")
        extracted(folder, *(f"cluster{number}" for number in range(1, count + 1)))
        for number in range(1, count + 1):
            (folder / f"cluster{number}.etcd-client-ca.crt").write_bytes(signer.pem)
            (folder / f"cluster{number}.etcd-client.crt").write_bytes(made.pem)
            (folder / f"cluster{number}.etcd-client.key").write_bytes(made.key_pem)
        return [one for one in place.findings() if one["code"] == "MG516"]

    @pytest.mark.parametrize(
        ("padding", "severity", "said"),
        [
            (0, None, ""),
            (15_000, "warning", "bytes, too many for client-side kubectl apply"),
            (45_000, "warning", "bytes of data while authorities are replaced"),
            (95_000, "error", "bytes of data"),
        ],
    )
    def test_what_a_secret_grows_to_is_said_before(
        self, place: Place, padding: int, severity: str | None, said: str
    ) -> None:
        signer = authority()
        # Text before a certificate is allowed, and counts.
        padded = _Padded(signer, b"#" * padding + b"\n")
        found = self.of_guide(place, certificate("x", signer), padded, 12)

        assert [(one["severity"]) for one in found] == [severity] * (12 if severity else 0)
        assert all(said in one["message"] for one in found)

    def test_the_limits_are_those_of_kubernetes(self) -> None:
        assert (DATA_LIMIT, ANNOTATION_LIMIT) == (1024 * 1024, 256 * 1024)


class _Padded(Made):
    def __init__(self, made: Made, before: bytes) -> None:
        super().__init__(made.certificate, made.key)
        object.__setattr__(self, "before", before)

    @property
    def pem(self) -> bytes:
        before: bytes = self.before  # type: ignore[attr-defined]
        return before + super().pem
