"""
Values for SealedSecret objects, strict scope.

Source of the format: bitnami-labs/sealed-secrets, pkg/crypto/crypto.go and
pkg/apis/sealedsecrets/v1alpha1/sealedsecret_expansion.go.
"""

from base64 import b64encode
from datetime import date
from hashlib import sha256
from secrets import token_bytes
from typing import NamedTuple
from warnings import catch_warnings, simplefilter

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_KEY_BYTES = 32
_LENGTH_BYTES = 2
_SMALLEST_BITS, _LARGEST_BITS = 2048, 16384
# The key is fresh for every value, which is why upstream can do with a nonce of zeros.
_NONCE = bytes(12)


class SealingError(Exception):
    """A certificate that nothing can be sealed for."""


class SealingCertificate(NamedTuple):
    """What values are sealed with: a controller's public key, and the last day of its certificate."""

    key: rsa.RSAPublicKey
    ends: date


def read_sealing_certificate(pem: bytes) -> SealingCertificate:
    """
    A controller's certificate; as kubeseal does, the first in the file.

    Raises:
        SealingError: when there is none, or its key is not RSA of a size that controllers have.

    """
    try:
        # NOTE: what the library warns about is refused below or of no importance to a seal.
        with catch_warnings():
            simplefilter("ignore")
            certificate = x509.load_pem_x509_certificates(pem)[0]
            key = certificate.public_key()
            ends = certificate.not_valid_after_utc.date()
    except (ValueError, TypeError, OverflowError, UnsupportedAlgorithm, x509.InvalidVersion):
        message = "holds no certificate that can be read"
        raise SealingError(message) from None
    if not isinstance(key, rsa.RSAPublicKey):
        message = "is not a certificate of a sealed-secrets controller: its key is not RSA"
        raise SealingError(message)
    if not _SMALLEST_BITS <= key.key_size <= _LARGEST_BITS or key.public_numbers().n % 2 == 0:
        message = f"has a key that is no RSA key of {_SMALLEST_BITS} to {_LARGEST_BITS} bits"
        raise SealingError(message)
    return SealingCertificate(key, ends)


def digest(key: rsa.RSAPublicKey) -> str:
    """The SHA-256 of a public key, by which a controller is known again."""
    raw = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"sha256:{sha256(raw).hexdigest()}"


def seal(value: bytes, key: rsa.RSAPublicKey, *, namespace: str, name: str) -> str:
    """A value as it stands under `encryptedData`; only this Secret in this namespace can hold it."""
    session = token_bytes(_KEY_BYTES)
    wrapped = key.encrypt(session, _padding(namespace, name))
    sealed = AESGCM(session).encrypt(_NONCE, value, None)
    return b64encode(len(wrapped).to_bytes(_LENGTH_BYTES, "big") + wrapped + sealed).decode("ascii")


def _padding(namespace: str, name: str) -> padding.OAEP:
    # NOTE: upstream's documentation joins the two without a slash; its code has one.
    return padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), f"{namespace}/{name}".encode())
