"""New authorities and certificates; every key is made here and lives in memory only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from .certificates import Certificate, read_certificates, read_private_key
from .facts import Usage

_BACKDATE = timedelta(hours=1)
"""Clocks of nodes differ; a certificate is valid a little before it is made."""

_LONGEST_NAME = 64  # ub-common-name, https://www.rfc-editor.org/rfc/rfc5280#appendix-A.1

SigningKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
"""A key of a kind whose signatures Go verifies."""

_USAGES = {Usage.SERVER: ExtendedKeyUsageOID.SERVER_AUTH, Usage.CLIENT: ExtendedKeyUsageOID.CLIENT_AUTH}


class UnfitAuthorityError(Exception):
    """An authority whose signatures clients refuse; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whom a certificate is for: its common name, its DNS names and IP addresses, and its use."""

    common_name: str
    names: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    usages: frozenset[Usage] = frozenset()


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate and its private key, both PEM; the key is never shown."""

    certificate: bytes
    key: bytes

    def __repr__(self) -> str:
        return "Pair(…)"


def make_key(algorithm: str) -> SigningKey:
    """A fresh key of `ecdsa-p256`, `rsa-2048` or `ed25519`."""
    match algorithm:
        case "ecdsa-p256":
            return ec.generate_private_key(ec.SECP256R1())
        case "rsa-2048":
            return rsa.generate_private_key(public_exponent=65537, key_size=2048)
        case _:
            return ed25519.Ed25519PrivateKey.generate()


def make_authority(name: str, *, algorithm: str, start: datetime, days: int) -> Pair:
    """A self-signed certificate that may sign others, valid for `days` from `start`."""
    key = make_key(algorithm)
    subject = _name(name)
    begins = start - _BACKDATE
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    builder = (
        _builder(subject, subject, begins, begins + timedelta(days=days))
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_key_usage(signs=True), critical=True)
        .add_extension(identifier, critical=False)
    )
    return _signed(builder, key, key)


class Issuer:
    """
    An authority with its key at hand.

    Raises:
        UnfitAuthorityError: when its key is weak, or of a kind that Go does not know.

    """

    def __init__(self, pair: Pair) -> None:
        self._certificate: Certificate = read_certificates(pair.certificate)[0]
        key = read_private_key(pair.key)
        if self._certificate.facts.weaknesses or not isinstance(key, SigningKey):
            message = f"has a key of {self._certificate.facts.algorithm}, which clients refuse"
            raise UnfitAuthorityError(message)
        self._key: SigningKey = key
        self._identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())

    def issue(self, subject: Subject, *, algorithm: str, start: datetime, days: int) -> Pair:
        """A certificate for a subject and a fresh key; it never outlives the authority."""
        key = make_key(algorithm)
        authority = self._certificate.facts
        begins = max(start - _BACKDATE, authority.not_before)
        ends = min(begins + timedelta(days=days), authority.not_after)
        builder = (
            _builder(_name(subject.common_name), self._certificate.parsed.subject, begins, ends)
            .public_key(key.public_key())
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(signs=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage(_sorted_usages(subject)), critical=False)
            .add_extension(self._identifier, critical=False)
        )
        if alternatives := _alternatives(subject):
            builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        return _signed(builder, key, self._key)


def _alternatives(subject: Subject) -> list[x509.GeneralName]:
    return [
        *(x509.DNSName(name) for name in subject.names),
        *(x509.IPAddress(ip_address(address)) for address in subject.addresses),
    ]


def _sorted_usages(subject: Subject) -> Sequence[x509.ObjectIdentifier]:
    return [_USAGES[usage] for usage in sorted(subject.usages)]


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:_LONGEST_NAME])])


def _builder(
    subject: x509.Name, issuer: x509.Name, begins: datetime, ends: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .not_valid_before(begins.astimezone(UTC).replace(microsecond=0))
        .not_valid_after(ends.astimezone(UTC).replace(microsecond=0))
        .serial_number(x509.random_serial_number())
    )


def _key_usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=not signs,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )


def _signed(
    builder: x509.CertificateBuilder,
    key: SigningKey,
    signer: SigningKey,
) -> Pair:
    # Ed25519 hashes by itself.
    digest = None if isinstance(signer, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    certificate = builder.sign(signer, digest)
    return Pair(
        certificate.public_bytes(serialization.Encoding.PEM),
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    )
