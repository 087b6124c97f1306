"""age files: https://age-encryption.org/v1, by pyrage."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyrage


class IdentityError(Exception):
    """An age identity that cannot be used; the message never quotes it."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What opens age files that were sealed for `recipient`; only that is ever shown."""

    recipient: str
    key: Any = field(repr=False)


def read_identities(text: str) -> list[Identity]:
    """
    The identities of a file as `age-keygen` writes it: one a line, comments with #.

    Raises:
        IdentityError: when a line is no X25519 identity, or there is none.

    """
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        try:
            key = pyrage.x25519.Identity.from_str(stripped)
        except pyrage.IdentityError:
            message = f"line {number} is not an age identity as age-keygen makes them"
            raise IdentityError(message) from None
        found.append(Identity(str(key.to_public()), key))
    if not found:
        message = "there is no age identity in it"
        raise IdentityError(message)
    return found


def lock(plain: bytes, recipients: Iterable[str]) -> str:
    """An armored age file that each of the recipients can open."""
    parsed = [pyrage.x25519.Recipient.from_str(recipient) for recipient in recipients]
    sealed: bytes = pyrage.encrypt(plain, parsed, armored=True)
    return sealed.decode("ascii")


def unlock(sealed: bytes, identities: Sequence[Identity]) -> bytes | None:
    """What an age file holds, or None where none of the identities opens it."""
    try:
        plain: bytes = pyrage.decrypt(sealed, [identity.key for identity in identities])
    except pyrage.DecryptError:
        return None
    return plain
