"""Values for SealedSecrets: what upstream's own code and independent ones make of them."""

import json
import subprocess
from base64 import b64decode, b64encode

import pytest
from controller import CERTIFICATE, FOLDER, LONG, certificate, unsealed
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from datetimes import day
from hypothesis import given
from hypothesis import strategies as st
from npm_packages import node, npm_package
from programs import program, run

from meshgen.trust.seals.sealed_secrets import SealingError, read_sealing_certificate, seal

VECTORS = json.loads((FOLDER / "vectors.json").read_text("utf-8"))
"""Made once by HybridEncrypt of bitnami-labs/sealed-secrets v0.27.3, pkg/crypto."""

KEY = read_sealing_certificate(CERTIFICATE).key


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["label"] for vector in VECTORS])
def test_what_upstreams_own_code_sealed_opens_as_the_tests_open_values(vector: dict[str, str]) -> None:
    assert unsealed(vector["sealed"], vector["label"]).decode() == vector["value"]


@given(st.binary(max_size=4096))
def test_a_sealed_value_opens_for_its_secret_in_its_namespace(value: bytes) -> None:
    sealed = seal(value, KEY, namespace="kube-system", name="cilium-clustermesh")
    assert unsealed(sealed, "kube-system/cilium-clustermesh") == value


@pytest.mark.parametrize(
    "label",
    [
        pytest.param("kube-system/other", id="another Secret"),
        pytest.param("cilium/cilium-clustermesh", id="another namespace"),
        pytest.param("kube-systemcilium-clustermesh", id="the label of upstream's documentation"),
        pytest.param("kube-system", id="the wider scope of a namespace"),
        pytest.param("", id="the widest scope"),
    ],
)
def test_a_sealed_value_opens_nowhere_else(label: str) -> None:
    sealed = seal(b"hush", KEY, namespace="kube-system", name="cilium-clustermesh")
    with pytest.raises((ValueError, InvalidTag)):
        unsealed(sealed, label)


def test_the_same_value_is_sealed_differently_each_time() -> None:
    first, second = (seal(b"hush", KEY, namespace="a", name="b") for _ in range(2))
    assert first != second


_OPEN = """
const crypto = require('crypto'), fs = require('fs');
const [key, sealed, label] = JSON.parse(fs.readFileSync(0));
const raw = Buffer.from(sealed, 'base64'), length = raw.readUInt16BE(0);
const session = crypto.privateDecrypt(
  {key, oaepHash: 'sha256', oaepLabel: Buffer.from(label), padding: crypto.constants.RSA_PKCS1_OAEP_PADDING},
  raw.subarray(2, 2 + length));
const opener = crypto.createDecipheriv('aes-256-gcm', session, Buffer.alloc(12));
opener.setAuthTag(raw.subarray(raw.length - 16));
const opened = opener.update(raw.subarray(2 + length, raw.length - 16));
process.stdout.write(Buffer.concat([opened, opener.final()]));
"""

KUBESEAL_ENCRYPT = "1.0.1"
_SEAL = """
const {encryptSecretItem} = require('@linode/kubeseal-encrypt');
const [key, namespace, value] = JSON.parse(require('fs').readFileSync(0));
encryptSecretItem(key, namespace, value).then(sealed => process.stdout.write(sealed));
"""


def test_node_opens_a_sealed_value_with_its_own_cryptography() -> None:
    sealed = seal("é hush\n".encode(), KEY, namespace="kube-system", name="cilium-clustermesh")
    request = [(FOLDER / "controller.key").read_text(), sealed, "kube-system/cilium-clustermesh"]
    assert run([program("node", "Node.js"), "-e", _OPEN], {}, json.dumps(request)) == "é hush\n"


def test_what_another_implementation_seals_has_the_same_format() -> None:
    """It knows the scope of a namespace only, so that is the label."""
    modules = npm_package("@linode/kubeseal-encrypt", KUBESEAL_ENCRYPT)
    public = KEY.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    request = json.dumps([public, "kube-system", "hush"])
    sealed = subprocess.run(
        [node(), "-e", _SEAL], cwd=modules, input=request, capture_output=True, check=True, encoding="utf-8"
    )
    assert unsealed(sealed.stdout, "kube-system") == b"hush"


SHORT = certificate(day("2030-01-01"), key=rsa.generate_private_key(65537, 1024))  # noqa: S505 - the point


def with_even_modulus() -> bytes:
    """The same certificate, the last bit of its key's modulus taken away, which no signature keeps."""
    raw = bytearray(b64decode(b"".join(CERTIFICATE.split(b"\n")[1:-2])))
    modulus = KEY.public_numbers().n.to_bytes(KEY.key_size // 8, "big")
    raw[raw.index(modulus) + len(modulus) - 1] &= 0xFE
    return b"-----BEGIN CERTIFICATE-----\n" + b64encode(raw) + b"\n-----END CERTIFICATE-----\n"


UNUSABLE = [
    pytest.param(SHORT, "has a key that is no RSA key of 2048 to 16384 bits", id="a short key"),
    pytest.param(
        with_even_modulus(), "has a key that is no RSA key of 2048 to 16384 bits", id="an even modulus"
    ),
    pytest.param(b"", "holds no certificate that can be read", id="nothing"),
    pytest.param(
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", None, id="no certificate"
    ),
    pytest.param(
        certificate(day("2030-01-01"), curve=True),
        "is not a certificate of a sealed-secrets controller: its key is not RSA",
        id="no RSA key",
    ),
]


@pytest.mark.parametrize(("content", "told"), UNUSABLE)
def test_a_certificate_that_nothing_can_be_sealed_for_is_refused(content: bytes, told: str | None) -> None:
    with pytest.raises(SealingError) as refused:
        read_sealing_certificate(content)
    assert str(refused.value) == (told or "holds no certificate that can be read")


def test_of_several_certificates_the_first_counts_as_with_kubeseal() -> None:
    read = read_sealing_certificate(certificate(day("2030-01-02")) + LONG)
    assert read.ends.isoformat() == "2030-01-02"
