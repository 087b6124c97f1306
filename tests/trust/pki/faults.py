"""Certificates with every fault that meshgen itself would never give them."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyrage
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from meshgen.trust.certificates import public_key_digest

SERVER = ExtendedKeyUsageOID.SERVER_AUTH
CLIENT = ExtendedKeyUsageOID.CLIENT_AUTH
Extensions = Iterable[tuple[x509.ExtensionType, bool]]


@dataclass(frozen=True)
class Made:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: Any

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )


def read(pem: bytes, key_pem: bytes) -> Made:
    """A pair from its files."""
    key = serialization.load_pem_private_key(key_pem, None)
    return Made(x509.load_pem_x509_certificate(pem), key)


def authority(
    name: str = "another authority", *, ca: bool = True, extensions: Extensions = (), **options: Any
) -> Made:
    """A self-signed certificate; `ca` is what it says of itself."""
    constraints = (x509.BasicConstraints(ca=ca, path_length=options.pop("path_length", None)), True)
    return certificate(name, None, extensions=(constraints, *extensions), **options)


def certificate(  # noqa: PLR0913 - each is a fault of its own
    common_name: str,
    by: Made | None,
    *,
    names: Sequence[str] = (),
    usages: Sequence[x509.ObjectIdentifier] | None = None,
    begins: timedelta = timedelta(days=-1),
    lasts: timedelta = timedelta(days=365),
    now: datetime | None = None,
    key: Any = None,
    digest: hashes.HashAlgorithm | None = None,
    extensions: Extensions = (),
) -> Made:
    """A certificate of anybody's choice; it signs itself without `by`."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    start = (now or datetime.fromtimestamp(time.time(), UTC)).replace(microsecond=0) + begins
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .not_valid_before(start)
        .not_valid_after(start + lasts)
        .serial_number(x509.random_serial_number())
        .public_key(key.public_key())
    )
    if names:
        alternative = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
        builder = builder.add_extension(alternative, critical=False)
    if usages is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    signer = by.key if by else key
    plain = isinstance(signer, ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey)
    return Made(builder.sign(signer, None if plain else digest or hashes.SHA256()), key)


def plant(path: Path, made: Made, recipient: str, *, key: Any = None) -> None:
    """Put a pair in the place of a certificate of the store, its key (or another) sealed."""
    for old in path.parent.glob(f"{path.stem}.*.key.age"):
        old.unlink()
    digest = public_key_digest(made.certificate.public_key())
    sealed = pyrage.encrypt(
        Made(made.certificate, key or made.key).key_pem,
        [pyrage.x25519.Recipient.from_str(recipient)],
        armored=True,
    )
    path.with_name(f"{path.stem}.{digest[:16]}.key.age").write_bytes(sealed)
    path.write_bytes(made.pem)
