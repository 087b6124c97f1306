"""Private keys as they lie about: in other encodings, in DER, and as other programs write them."""

import pyrage
import pytest
from controller import CERTIFICATE
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat, PublicFormat

from meshgen.redaction import private_key_in

KEYS = {
    "RSA": rsa.generate_private_key(65537, 2048),
    "P-256": ec.generate_private_key(ec.SECP256R1()),
    "P-384": ec.generate_private_key(ec.SECP384R1()),
}
PLAIN = serialization.NoEncryption()


@pytest.mark.parametrize("kind", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
@pytest.mark.parametrize("name", KEYS)
def test_a_key_is_found_in_der_and_in_pem_of_any_encoding(name: str, kind: PrivateFormat) -> None:
    key = KEYS[name]
    assert private_key_in(key.private_bytes(Encoding.DER, kind, PLAIN))
    pem = key.private_bytes(Encoding.PEM, kind, PLAIN).decode()
    for encoding in ("utf-8", "utf-16", "utf-16-le", "utf-16-be"):
        assert private_key_in(pem.encode(encoding))


def test_a_key_of_edwards_curves_is_found_in_der() -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    assert private_key_in(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, PLAIN))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_an_age_identity_is_found_in_small_letters_too(encoding: str) -> None:
    identity = str(pyrage.x25519.Identity.generate())
    assert private_key_in(identity.lower().encode(encoding))
    assert private_key_in(identity.encode(encoding))


def test_a_key_of_putty_is_found() -> None:
    assert private_key_in(b"PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\nAAAAIA==\n")


def test_certificates_and_public_keys_in_der_are_none() -> None:
    assert not private_key_in(x509.load_pem_x509_certificate(CERTIFICATE).public_bytes(Encoding.DER))
    for key in KEYS.values():
        assert not private_key_in(
            key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        )
