"""What a backend made of the private values of one Secret, as it lies in the store."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, NamedTuple

_SCHEMA = "meshgen.sealed/v1"


class CorruptSealError(Exception):
    """A file of sealed values that cannot be believed."""


class SealedObject(NamedTuple):
    """
    Sealed values by data key, and what the backend needs beside them to open them.

    `content` is the file of the store, `digest` its SHA-256; for `sops`, `envelope` is the document's
    stanza.
    """

    backend: str
    values: Mapping[str, str]
    envelope: Mapping[str, Any]
    content: bytes
    digest: str

    def __repr__(self) -> str:
        return f"SealedObject({self.digest!r})"


def new_sealed(backend: str, values: dict[str, str], envelope: dict[str, Any]) -> SealedObject:
    """Freshly sealed values with the file that keeps them, in their order: the MAC of SOPS depends on it."""
    document = {
        "schema": _SCHEMA,
        "backend": backend,
        "values": values,
        "envelope": envelope,
    }
    return read_sealed((json.dumps(document, indent=2) + "\n").encode("ascii"))


def read_sealed(content: bytes) -> SealedObject:
    """
    Sealed values from their file.

    Raises:
        CorruptSealError: when it is not one that meshgen writes.

    """
    try:
        document: Any = json.loads(content)
        sealed = SealedObject(
            backend=document["backend"],
            values=dict(document["values"]),
            envelope=dict(document["envelope"]),
            content=content,
            digest=f"sha256:{sha256(content).hexdigest()}",
        )
        texts = all(isinstance(value, str) for value in (sealed.backend, *sealed.values.values()))
        if document["schema"] != _SCHEMA or not texts or not _is_plain(sealed.envelope):
            raise CorruptSealError(_SCHEMA)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise CorruptSealError(type(error).__name__) from None
    return sealed


def _is_plain(value: Any) -> bool:
    """Whether the YAML writer takes a value that comes from JSON."""
    if isinstance(value, dict):
        return all(map(_is_plain, value.values()))
    if isinstance(value, list):
        return all(map(_is_plain, value))
    return not isinstance(value, float)
