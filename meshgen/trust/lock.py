"""meshgen.lock: which sealed values the tree was built with, and what each was sealed for."""

import json
from collections.abc import Mapping
from hashlib import sha256
from types import MappingProxyType
from typing import Any, NamedTuple

LOCK = "meshgen.lock"
_SCHEMA = "meshgen.lock/v1"
_FORMAT = "meshgen.seal/v1"

Place = tuple[str, str, str]
"""A private value: its cluster, its Secret, its data key."""


class CorruptLockError(Exception):
    """The lock file cannot be believed: it was edited, or left in a merge conflict."""


class Seal(NamedTuple):
    """
    One sealed value.

    `fingerprint` covers public inputs only; `sealed` is the digest of what the store holds;
    `certificate` is the fingerprint of the one whose key is inside; `controller` is the digest of the
    public key of the sealed-secrets controller that can open it, where it is one that does.
    """

    fingerprint: str
    sealed: str
    certificate: str
    controller: str = ""


class Lock(NamedTuple):
    """Every sealed value."""

    seals: Mapping[Place, Seal] = MappingProxyType({})

    def dump(self) -> bytes:
        """The file's bytes, the same for the same content."""
        tree: dict[str, dict[str, dict[str, dict[str, str]]]] = {}
        for (cluster, secret, key), seal in sorted(self.seals.items()):
            tree.setdefault(cluster, {}).setdefault(secret, {})[key] = {
                "certificate": seal.certificate,
                "fingerprint": seal.fingerprint,
                "sealed": seal.sealed,
            } | ({"controller": seal.controller} if seal.controller else {})
        return (json.dumps({"schema": _SCHEMA, "sealed": tree}, indent=2) + "\n").encode("ascii")


def read_lock(content: bytes) -> Lock:
    """
    A lock from its file.

    Raises:
        CorruptLockError: when it is not one that meshgen writes.

    """
    try:
        document: Any = json.loads(content)
        seals = {
            (cluster, secret, key): Seal(
                entry["fingerprint"], entry["sealed"], entry["certificate"], entry.get("controller", "")
            )
            for cluster, secrets in document["sealed"].items()
            for secret, keys in secrets.items()
            for key, entry in keys.items()
        }
        texts = all(isinstance(text, str) for seal in seals.values() for text in seal)
        if document["schema"] != _SCHEMA or not texts:
            raise CorruptLockError(_SCHEMA)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CorruptLockError(type(error).__name__) from None
    return Lock(seals=seals)


def fingerprint(place: Place, backend: str, recipients: tuple[str, ...], certificate: str) -> str:
    """
    What a value is sealed for: its place, the backend, who can open it, and the certificate.

    The certificate pins the public key and so the private one: nothing secret goes in, and nothing that
    could be guessed comes out.
    """
    digest = sha256()
    for part in (_FORMAT, *place, backend, str(len(recipients)), *sorted(recipients), certificate):
        raw = part.encode()
        digest.update(len(raw).to_bytes(4, "big") + raw)
    return f"sha256:{digest.hexdigest()}"
