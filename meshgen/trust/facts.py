"""What a certificate says, as plain values, and Go's rules about it; no cryptography needed."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from ..addresses import number


class Usage(StrEnum):
    """What a certificate may be used for (extended key usage)."""

    SERVER = "server"
    CLIENT = "client"


_KEYS = frozenset({"ecdsa-p256", "ecdsa-p384", "ecdsa-p521", "ed25519"})
_FOR_AUTHORITIES = "ecdsa-p224"
"""What crypto/x509 verifies, and no handshake of crypto/tls can use."""
_SHORTEST_RSA = 2048
_SIGNATURES = frozenset({"sha256", "sha384", "sha512"})
"""What Go's crypto/x509 verifies; SHA-1 no more since 1.18. Ed25519 hashes by itself and is not here."""


class CertificateFacts(NamedTuple):
    """
    One certificate.

    `usages` is None where the certificate names none, which Go takes for all; `issuer` is the
    fingerprint of the authority that signed it, once one was found, and empty where an authority is
    missing, so that it cannot be told; `is_authority` tells that it may sign others.
    """

    fingerprint: str
    public_key: str
    common_name: str
    names: tuple[str, ...]
    addresses: tuple[str, ...]
    usages: frozenset[Usage] | None
    not_before: datetime
    not_after: datetime
    algorithm: str
    signature: str
    is_authority: bool
    issuer: str | None = None

    def signed_by(self, authority: str | None) -> "CertificateFacts":
        """The same certificate with its issuer known."""
        return self._replace(issuer=authority)

    def covers(self, host: str) -> bool:
        """
        Whether a client that dials `host` accepts the certificate.

        Go's rule (crypto/x509, VerifyHostname): only subject alternative names count, the common
        name never; a wildcard stands for exactly one label, the first; a name that ends with a dot
        covers nothing.
        """
        if _is_address(host):
            return any(_is_address(one) and number(one) == number(host) for one in self.addresses)
        return any(_matches(name.lower(), host.lower()) for name in self.names)

    def allows(self, usage: Usage) -> bool:
        """Whether the extended key usage leaves room for `usage`."""
        return self.usages is None or usage in self.usages

    @property
    def weaknesses(self) -> tuple[str, ...]:
        """
        What of it is not accepted.

        The signature of an authority that is trusted as it stands is looked at by nobody.
        """
        sound = _is_sound(self.algorithm) or (self.is_authority and self.algorithm == _FOR_AUTHORITIES)
        weak = () if sound else (self.algorithm,)
        unsigned = self.is_authority or not self.signature or self.signature in _SIGNATURES
        return weak if unsigned else (*weak, self.signature)

    @property
    def counts_between(self) -> bool:
        """Whether Go verifies it between a leaf and an authority that is trusted as it stands."""
        known = self.algorithm.startswith("rsa-") or self.algorithm in {*_KEYS, _FOR_AUTHORITIES}
        return known and (not self.signature or self.signature in _SIGNATURES)


def _is_sound(algorithm: str) -> bool:
    kind, _, size = algorithm.partition("-")
    return algorithm in _KEYS or (kind == "rsa" and int(size) >= _SHORTEST_RSA)


def _is_address(host: str) -> bool:
    try:
        number(host)
    except ValueError:
        return False
    return True


def _matches(pattern: str, host: str) -> bool:
    wanted, got = pattern.split("."), host.split(".")
    if len(wanted) != len(got) or not all(got):
        return False
    first_matches = wanted[0] in {"*", got[0]}
    return first_matches and wanted[1:] == got[1:]
