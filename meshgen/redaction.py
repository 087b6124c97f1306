"""What a private key looks like in text: for the leak guard, and for showing lines of a file."""

import base64
import re
from functools import lru_cache

_MARKERS = ("PRIVATE KEY-----", "AGE-SECRET-KEY-1")


def _inside_base64(marker: str) -> list[str]:
    """The base64 of a marker at each of the three ways it can lie in the groups of three bytes."""
    found = []
    for shift in range(3):
        padded = b"\0" * shift + marker.encode()
        whole = padded[: len(padded) // 3 * 3]
        # The first group holds the padding and the last may be cut: neither is the marker's own.
        found.append(base64.b64encode(whole).decode()[4 if shift else 0 :])
    return found


# PKCS#8 in DER: version 0, then the algorithm's identifier (RSA, EC, Ed25519), as base64.
_DER = (
    "AgEAMA0GCSqGSIb3DQEBAQUA",
    "AgEAMBMGByqGSM49AgEG",
    "AgEAMBAGByqGSM49AgEG",
    "MC4CAQAwBQYDK2Vw",
)
NEEDLES = (*_MARKERS, *(text for marker in _MARKERS for text in _inside_base64(marker)), *_DER)
_PATTERN = re.compile("|".join(re.escape(needle) for needle in NEEDLES))


def private_key_at(text: str) -> int | None:
    """The offset of the first private key in a text, or None."""
    match = _PATTERN.search(text)
    return match.start() if match else None


@lru_cache(maxsize=1024)
def holds_private_key(line: str) -> bool:
    """Whether a line is one that must not be shown; long lines are asked about often."""
    return private_key_at(line) is not None
