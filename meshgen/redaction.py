"""What a private key or a password looks like: for the leak guard, and for showing lines of a file."""

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from functools import lru_cache

# RFC 7468 and its relatives, OpenPGP, age (which takes small letters too), PuTTY.
_PLAIN = (b"PRIVATE KEY-----", b"PRIVATE KEY BLOCK-----", b"AGE-SECRET-KEY-", b"age-secret-key-1")

_MARKERS = (*_PLAIN, b"Private-Lines:")

# NOTE: UTF-16 of either order has the same bytes between its first letter and its last, with zeros between.
_WIDE_MARKERS = tuple(text.decode().encode("utf-16-le")[:-1] for text in _PLAIN)

# What only private keys hold, in DER and in OpenSSH's format.
_BINARY = (
    b"PRIVATE KEY",
    b"AGE-SECRET-KEY-",
    b"openssh-key-v1",
    bytes.fromhex("020100 0282"),  # RFC 8017, RSAPrivateKey: version, modulus; PKCS#8 has one inside
    bytes.fromhex("020100 028181"),  # the same with 1,024 bits
    *(bytes.fromhex(f"020101 04{size}") for size in ("20", "30", "42")),  # RFC 5915, ECPrivateKey
    *(bytes.fromhex(f"06032b65{kind}0422") for kind in ("6e", "70")),  # RFC 8410, X25519 and Ed25519
    bytes.fromhex("06032b6571043b"),  # RFC 8410, Ed448
)

# NOTE: the names before them may be spoken of in the open.
_RAW = (b"openssh-key-v1\0", *_BINARY[3:])

# NOTE: all of these have one of those bytes, and text has none; single bytes are looked for in no time.
_NO_TEXT = (b"\x00", b"\x01", b"\x03")

# RFC 3986, 3.2.1. Where a URL has a user alone, it is often a token, but not with ssh.
_CREDENTIALS = re.compile(r"(?<=://)[^/?#\s]+(?=@)")
_MAYBE_TOKEN = ("http://", "https://")

# RFC 3986, 3.4. What a URL is asked with is often a token, and tells nobody which repository is meant.
_WORD = re.compile(r"""[^\s"']+""")
_AFTER_QUERY = re.compile(r"[#}\]]")

_SHORTEST_LINE = 40
"""The smallest key has 64 characters in base64, which is wrapped at 60, 64 or 76."""

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_="
_ONE_ALPHABET = bytes.maketrans(b"-_", b"+/")

# NOTE: where long words of base64 stand is asked of a copy in which all letters of base64 are the same;
# splitting the text takes three times as long. A backslash may begin a written `\\n`.
_SHAPE = bytes(ord("x") if byte in _ALPHABET + b"\\" else ord(" ") for byte in range(256))
_LONG = b"x" * _SHORTEST_LINE


def _inside_base64(data: bytes) -> list[bytes]:
    """The characters that data is sure to give, for each way to lie in base64's groups of three bytes."""
    found = []
    for shift in range(3):
        encoded = b64encode(bytes(shift) + data)
        found.append(encoded[(8 * shift + 5) // 6 : 8 * (shift + len(data)) // 6])
    return found


_ENCODED = tuple(text for data in _BINARY for text in _inside_base64(data))


def private_key_in(content: bytes) -> bool:
    """Whether a content holds a private key, as it is (text or DER) or as base64, also wrapped over lines."""
    if _holds_any(content, _MARKERS):
        return True
    if any(map(content.__contains__, _NO_TEXT)):
        markers = _WIDE_MARKERS if content.isascii() else (*_WIDE_MARKERS, *_RAW)
        if _holds_any(content, markers):
            return True
    words = b"".join(_long_words(content))
    if not words:
        return False
    unwrapped = words.replace(b"\\n", b"").replace(b"\\r", b"").translate(_ONE_ALPHABET)
    return _holds_any(unwrapped, _ENCODED)


def _holds_any(content: bytes, markers: Iterable[bytes]) -> bool:
    # NOTE: from the end, which takes Python a quarter of the time: there it leaves out the most.
    return any(content.rfind(marker) >= 0 for marker in markers)


def _long_words(content: bytes) -> Iterator[bytes]:
    shape = content.translate(_SHAPE)
    start = shape.find(_LONG)
    while start >= 0:
        end = shape.find(b" ", start)
        end = len(shape) if end < 0 else end
        yield content[start:end]
        start = shape.find(_LONG, end)


@lru_cache(maxsize=1024)
def without_credentials(text: str) -> str:
    """A text with the user and password of each URL covered; long lines are shown often."""
    return _CREDENTIALS.sub(_covered, text) if "://" in text else text


def _covered(found: re.Match[str]) -> str:
    user = found[0]
    is_secret = ":" in user or found.string.endswith(_MAYBE_TOKEN, 0, found.start())
    return "*" * len(user) if is_secret else user


@lru_cache(maxsize=1024)
def without_queries(text: str) -> str:
    """A text with what is asked of each URL, such as `?token=…`, covered; long lines are shown often."""
    if "://" not in text or "?" not in text:
        return text
    return _WORD.sub(_without_query, text)


def _without_query(found: re.Match[str]) -> str:
    # NOTE: by word, and not by one expression: a line of nothing but `://` would take too long.
    word = found[0]
    scheme = word.find("://")
    begin = word.find("?", scheme) + 1
    if scheme < 0 or not begin:
        return word
    asked = _AFTER_QUERY.split(word[begin:], maxsplit=1)[0]
    end = begin + len(asked)
    return word[:begin] + "*" * (end - begin) + word[end:]


@lru_cache(maxsize=1024)
def holds_private_key(line: str) -> bool:
    """Whether a line is one that must not be shown; long lines are asked about often."""
    return private_key_in(line.encode(errors="replace"))


def presentable(text: str, instead: str = "not shown, since it holds a private key") -> str:
    """A text without what must not be shown; `instead` where that is all of it."""
    return instead if holds_private_key(text) else without_queries(without_credentials(text))
