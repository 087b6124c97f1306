"""PEM to certificates and their facts."""

import re
import warnings
from base64 import b64decode
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa, x448, x25519
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from .facts import CertificateFacts, Usage

_USAGES = {
    ExtendedKeyUsageOID.SERVER_AUTH: {Usage.SERVER},
    ExtendedKeyUsageOID.CLIENT_AUTH: {Usage.CLIENT},
    ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE: {Usage.SERVER, Usage.CLIENT},
}
_CURVES = {"secp224r1": "p224", "secp256r1": "p256", "secp384r1": "p384", "secp521r1": "p521"}
_KINDS = (
    (ed25519.Ed25519PublicKey, "ed25519"),
    (ed448.Ed448PublicKey, "ed448"),
    (dsa.DSAPublicKey, "dsa"),
    (x25519.X25519PublicKey, "x25519"),
    (x448.X448PublicKey, "x448"),
)
"""Keys of one size, or of a kind that nobody takes."""
_MOST = 32
"""How many certificates a file may have: a chain, or the authorities of a mesh."""

# NOTE: what Go finds; it passes over a block with headers, another label or something before it on its line.
_BLOCK = re.compile(
    rb"^-----BEGIN CERTIFICATE-----[ \t\r]*\n([A-Za-z0-9+/=\s]*)^-----END CERTIFICATE-----[ \t\r]*$",
    re.MULTILINE,
)
_MALFORMED = (
    ValueError,
    TypeError,  # a name of bits
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)

Extension = TypeVar("Extension", bound=x509.ExtensionType)


class UnreadablePemError(Exception):
    """A file that should hold PEM and does not; the message never quotes its content."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate, parsed, with its facts."""

    parsed: x509.Certificate
    facts: CertificateFacts
    subject: x509.Name
    issuer: x509.Name

    @property
    def pem(self) -> bytes:
        """The certificate as PEM, as this library writes it."""
        return self.parsed.public_bytes(serialization.Encoding.PEM)


def read_certificates(pem: bytes) -> list[Certificate]:
    """
    The certificates of a PEM file, in its order.

    Raises:
        UnreadablePemError: when there is none, there are too many, one cannot be parsed, or Go would not
            find it.

    """
    try:
        # NOTE: what the library warns of, such as serial numbers below zero, is nobody's concern here.
        with warnings.catch_warnings(action="ignore"):
            parsed = x509.load_pem_x509_certificates(pem)
            if len(parsed) > _MOST:
                message = f"holds more than {_MOST} certificates"
                raise UnreadablePemError(message)
            found = [Certificate(one, _facts(one), one.subject, one.issuer) for one in parsed]
            plain = [b64decode(block) for block in _BLOCK.findall(pem)]
    except _MALFORMED:
        message = "holds no certificate that can be read"
        raise UnreadablePemError(message) from None
    if plain != [one.public_bytes(serialization.Encoding.DER) for one in parsed]:
        message = "holds a certificate that Go passes over, since its PEM is not plain"
        raise UnreadablePemError(message)
    return found


def read_private_key(pem: bytes, *, proven: bool = True) -> PrivateKeyTypes:
    """
    A private key from PEM.

    An RSA key is proven sound, which takes three thousand times as long as to read it; who only asks
    whose key it is can do without.

    Raises:
        UnreadablePemError: when it is none, or is encrypted.

    """
    try:
        return serialization.load_pem_private_key(pem, None, unsafe_skip_rsa_key_validation=not proven)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        message = "holds no private key that can be read"
        raise UnreadablePemError(message) from None


def public_key_digest(key: PublicKeyTypes) -> str:
    """A public key as SHA-256 of its SubjectPublicKeyInfo."""
    encoded = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return sha256(encoded).hexdigest()


def _facts(certificate: x509.Certificate) -> CertificateFacts:
    names = extension(certificate, x509.SubjectAlternativeName)
    usage = extension(certificate, x509.ExtendedKeyUsage)
    common = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    hashed = certificate.signature_hash_algorithm
    return CertificateFacts(
        fingerprint=certificate.fingerprint(hashes.SHA256()).hex(),
        public_key=public_key_digest(certificate.public_key()),
        common_name=str(common[0].value) if common else "",
        names=tuple(names.get_values_for_type(x509.DNSName)) if names else (),
        addresses=tuple(map(str, names.get_values_for_type(x509.IPAddress))) if names else (),
        usages=None if usage is None else frozenset().union(*(_USAGES.get(oid, ()) for oid in usage)),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        algorithm=algorithm_of(certificate.public_key()),
        signature=hashed.name if hashed else "",
        is_authority=_may_sign(certificate),
    )


def _may_sign(certificate: x509.Certificate) -> bool:
    constraints = extension(certificate, x509.BasicConstraints)
    usage = extension(certificate, x509.KeyUsage)
    return bool(constraints and constraints.ca) and (usage is None or usage.key_cert_sign)


def extension(certificate: x509.Certificate, kind: type[Extension]) -> Extension | None:
    """An extension of a certificate, or None where it has none of that kind."""
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def algorithm_of(key: PublicKeyTypes) -> str:
    """A key's algorithm as mesh.yaml calls it: `ecdsa-p256`, `rsa-2048`, `ed25519`, or the like."""
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"ecdsa-{_CURVES.get(key.curve.name, key.curve.name)}"
    if isinstance(key, rsa.RSAPublicKey):
        return f"rsa-{key.key_size}"
    return next((name for kind, name in _KINDS if isinstance(key, kind)), "a kind of key that is too new")
