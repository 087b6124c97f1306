"""
How a key that stands without quotes in YAML comes to the API server.

Source: kubernetes-sigs/yaml, yaml.go and goyaml.v2/resolve.go: words of YAML 1.1 and numbers, in every base
of Go's ParseInt, are read as what they look like, and made a text again as Go prints it.
"""

import re
from math import isfinite

_WORDS = {
    **dict.fromkeys(("y", "yes", "on", "true"), "true"),
    **dict.fromkeys(("n", "no", "off", "false"), "false"),
    "null": "nothing",
}
_FLOAT = re.compile(r"[0-9]+(e[-+]?[0-9]+)?")
_BASES = {"0x": 16, "0o": 8, "0b": 2}
_SIGNED, _UNSIGNED = 2**63, 2**64


def misread(key: str) -> str | None:
    """As what a key of letters, digits and `-` is read, such as `false` for `no`; None where as itself."""
    lower = key.lower()
    if lower in _WORDS and key in {lower, lower.capitalize(), lower.upper()}:
        return _WORDS[lower] if _WORDS[lower] != key else None
    number = _whole(lower)
    if number is not None and number < _SIGNED:
        return str(number) if str(number) != key else None
    # NOTE: one between the two is read as a number, and refused as a key.
    between = number is not None and number < _UNSIGNED
    is_float = _FLOAT.fullmatch(lower) and isfinite(float(lower))
    return "a number" if between or is_float else None


def _whole(key: str) -> int | None:
    base = _BASES.get(key[:2]) or (8 if key.startswith("0") else 10)
    try:
        return int(key.removeprefix(key[:2]) if key[:2] in _BASES else key, base)
    except ValueError:
        return None
