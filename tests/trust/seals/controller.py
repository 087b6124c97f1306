"""A sealed-secrets controller as far as tests need one: its key, and how it opens a value."""

from base64 import b64decode
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FOLDER = Path(__file__).parent / "sealed-secrets"
CERTIFICATE = (FOLDER / "controller.pem").read_bytes()
PRIVATE = serialization.load_pem_private_key((FOLDER / "controller.key").read_bytes(), None)


def unsealed(value: str, label: str) -> bytes:
    """What the controller reads; the vectors of its own code show that it is so."""
    assert isinstance(PRIVATE, rsa.RSAPrivateKey)
    raw = b64decode(value, validate=True)
    length = int.from_bytes(raw[:2], "big")
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), label.encode())
    return AESGCM(PRIVATE.decrypt(raw[2 : 2 + length], oaep)).decrypt(bytes(12), raw[2 + length :], None)


def certificate(ends: datetime, *, curve: bool = False, key: rsa.RSAPrivateKey | None = None) -> bytes:
    """A controller's certificate of the same key, or of one that it cannot have."""
    own = ec.generate_private_key(ec.SECP256R1()) if curve else key or PRIVATE
    assert isinstance(own, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sealed-secrets")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(ends - timedelta(days=3650))
        .not_valid_after(ends)
        .sign(own, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM)


LONG = certificate(datetime(2099, 1, 1, tzinfo=UTC))
"""One that outlives these tests."""
