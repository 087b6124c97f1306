"""
SOPS documents with age recipients, written and read without the sops binary.

Source of the format: getsops/sops 3.11, sops.go, aes/cipher.go, age/keysource.go. What this reader
does not know (other key services, key groups, newer rules) it refuses.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256, sha512
from secrets import token_bytes
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .age import Identity, lock, unlock

STANZA = "sops"
VERSION = "3.11.0"
_KEY_BYTES = 32
_NONCE_BYTES = 32  # NOTE: not the usual 12
_TAG_BYTES = 16
_MAC_ONLY_SEED = sha256(b"sops").digest()
_SEALED = re.compile(
    r"ENC\[AES256_GCM,data:(?P<data>[^,\]]*),iv:(?P<iv>[^,\]]*),tag:(?P<tag>[^,\]]*),type:(?P<type>[a-z]+)\]"
)
_RULES = ("encrypted_regex", "unencrypted_regex", "encrypted_suffix", "unencrypted_suffix")
_KNOWN = frozenset({"age", "lastmodified", "mac", "mac_only_encrypted", "version", *_RULES})

Path = tuple[str, ...]


class SopsError(Exception):
    """A document that cannot be opened; the message never quotes a value."""


class ClosedError(SopsError):
    """A document that may be sound and is sealed for others, or in a way that only sops knows."""


@dataclass(frozen=True, slots=True)
class _Cipher:
    key: bytes

    def seal(self, text: bytes, kind: str, context: bytes) -> str:
        nonce = token_bytes(_NONCE_BYTES)
        sealed = AESGCM(self.key).encrypt(nonce, text, context)
        parts = (sealed[:-_TAG_BYTES], nonce, sealed[-_TAG_BYTES:])
        data, iv, tag = (b64encode(part).decode("ascii") for part in parts)
        return f"ENC[AES256_GCM,data:{data},iv:{iv},tag:{tag},type:{kind}]"

    def open(self, sealed: str, context: bytes) -> tuple[bytes, str]:
        match = _SEALED.fullmatch(sealed)
        if match is None:
            message = "a value is not in the format of sops"
            raise SopsError(message)
        try:
            data, iv, tag = (b64decode(match[name], validate=True) for name in ("data", "iv", "tag"))
            return AESGCM(self.key).decrypt(iv, data + tag, context), match["type"]
        except (InvalidTag, ValueError):
            message = "a value does not open: it was changed, or moved to another key"
            raise SopsError(message) from None


def is_sealed(value: Any) -> bool:
    """Whether a value is one that SOPS sealed, by its form."""
    return isinstance(value, str) and _SEALED.fullmatch(value) is not None


def encrypt(
    document: dict[str, Any],
    *,
    recipients: Sequence[str],
    stamp: str,
    encrypted_regex: str,
    mac_only_encrypted: bool = True,
) -> dict[str, Any]:
    """
    The document with the values below matching keys sealed, and the stanza that sops needs.

    `stamp` is the time of the change (RFC 3339, UTC): it is bound to the document, and is an argument
    so that nothing here reads a clock.
    """
    data_key = token_bytes(_KEY_BYTES)
    cipher = _Cipher(data_key)
    stanza: dict[str, Any] = {
        "age": [
            {"recipient": recipient, "enc": lock(data_key, [recipient])}
            for recipient in dict.fromkeys(recipients)
        ],
        "lastmodified": stamp,
        "encrypted_regex": encrypted_regex,
    }
    if mac_only_encrypted:
        stanza["mac_only_encrypted"] = True
    is_sealed = _rule(stanza)
    digest = _Digest(only_sealed=mac_only_encrypted)

    def seal(path: Path, value: Any) -> Any:
        if value is None:
            return None
        digest.add(value, sealed=is_sealed(path))
        if not is_sealed(path) or value == "":
            return value
        return cipher.seal(*_encoded(value), _context(path))

    sealed: dict[str, Any] = _walk(document, (), seal)
    stanza["mac"] = cipher.seal(digest.text(), "str", stamp.encode())
    stanza["version"] = VERSION
    return {**sealed, STANZA: stanza}


def decrypt(document: dict[str, Any], identities: Sequence[Identity]) -> dict[str, Any]:
    """
    What a sealed document holds, its stanza left out.

    Raises:
        SopsError: when no identity opens it, a value or the MAC does not fit, or the stanza asks for
            something that this reader does not know.

    """
    try:
        return _decrypt(document, identities)
    except UnicodeEncodeError:
        message = "a text is not valid Unicode"
        raise SopsError(message) from None


def _decrypt(document: dict[str, Any], identities: Sequence[Identity]) -> dict[str, Any]:
    stanza = _stanza(document)
    cipher = _Cipher(_data_key(stanza, identities))
    is_sealed = _rule(stanza)
    digest = _Digest(only_sealed=bool(stanza.get("mac_only_encrypted")))

    def open_value(path: Path, value: Any) -> Any:
        if value is None:
            return None
        if is_sealed(path) and value != "":
            value = _decoded(*cipher.open(str(value), _context(path)))
        digest.add(value, sealed=is_sealed(path))
        return value

    plain = {key: value for key, value in document.items() if key != STANZA}
    opened: dict[str, Any] = _walk(plain, (), open_value)
    mac, _ = cipher.open(str(stanza["mac"]), str(stanza["lastmodified"]).encode())
    if mac != digest.text():
        message = "the MAC does not fit: the document was changed without sops"
        raise SopsError(message)
    return opened


class _Digest:
    """The MAC's content: the text of every leaf, or only of the sealed ones, in the document's order."""

    def __init__(self, *, only_sealed: bool) -> None:
        self._only_sealed = only_sealed
        self._hash = sha512(_MAC_ONLY_SEED if only_sealed else b"")

    def add(self, value: Any, *, sealed: bool) -> None:
        if sealed or not self._only_sealed:
            self._hash.update(_encoded(value)[0])

    def text(self) -> bytes:
        return self._hash.hexdigest().upper().encode("ascii")


def _walk(value: Any, path: Path, change: Callable[[Path, Any], Any]) -> Any:
    if isinstance(value, dict):
        return {key: _walk(item, (*path, key), change) for key, item in value.items()}
    if isinstance(value, list):
        # NOTE: positions in lists are not part of a value's context.
        return [_walk(item, path, change) for item in value]
    return change(path, value)


def _context(path: Path) -> bytes:
    return "".join(f"{step}:" for step in path).encode()


def _encoded(value: Any) -> tuple[bytes, str]:
    if isinstance(value, bool):
        return str(value).encode(), "bool"
    if isinstance(value, int):
        return str(value).encode(), "int"
    if isinstance(value, str):
        return value.encode(), "str"
    message = f"a value of type {type(value).__name__} is not supported"
    raise SopsError(message)


def _decoded(text: bytes, kind: str) -> Any:
    try:
        match kind:
            case "str":
                return text.decode()
            case "int":
                return int(text)
            case "bool":
                return {b"True": True, b"False": False}[text]
    except (ValueError, KeyError):
        # NOTE: Python's own message would quote the value.
        message = f"a value is not of the type {kind}"
        raise SopsError(message) from None
    message = f"a value of type {kind} is not supported"
    raise SopsError(message)


def _rule(stanza: dict[str, Any]) -> Callable[[Path], bool]:
    """Which leaves are sealed: the one rule is asked about each step of a path."""
    rules = [name for name in _RULES if stanza.get(name)]
    if len(rules) != 1:
        message = "the stanza must have exactly one rule for what is encrypted"
        raise SopsError(message)
    name, pattern = rules[0], str(stanza[rules[0]])
    if name.endswith("_suffix"):
        pattern = re.escape(pattern) + r"\Z"
    try:
        found = re.compile(pattern).search
    except (re.error, RecursionError, OverflowError):
        message = f"the {name} of the stanza needs the sops binary"
        raise ClosedError(message) from None
    wanted = not name.startswith("un")
    return lambda path: any(found(step) for step in path) is wanted


def _stanza(document: dict[str, Any]) -> dict[str, Any]:
    stanza = document.get(STANZA)
    if not isinstance(stanza, dict) or not {"lastmodified", "mac"} <= stanza.keys():
        message = "the document has no sops stanza"
        raise SopsError(message)
    unknown = sorted(str(key) for key, value in stanza.items() if key not in _KNOWN and value)
    if unknown:
        message = f"the stanza has {', '.join(unknown)}, which needs the sops binary"
        raise ClosedError(message)
    return stanza


def _data_key(stanza: dict[str, Any], identities: Sequence[Identity]) -> bytes:
    try:
        wrapped = [entry["enc"].encode() for entry in stanza["age"]]
    except (KeyError, TypeError, AttributeError):
        message = "the sops stanza has no age recipients"
        raise SopsError(message) from None
    for sealed in wrapped:
        if (key := unlock(sealed, identities)) is not None:
            return key
    message = "none of the identities at hand opens it"
    raise ClosedError(message)
