"""Plain scalars by YAML 1.2's core schema, and which of them YAML 1.1 reads as something else."""

import re
from typing import Any

# https://yaml.org/spec/1.2.2/#103-core-schema; Python refuses to read numbers that are much longer.
_INTEGER = re.compile(r"[-+]?[0-9]{1,4000}|0o[0-7]{1,4000}|0x[0-9a-fA-F]{1,1000}")
_FLOAT = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
_CONSTANTS: dict[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_NUMBER_START = frozenset("0123456789+-.")

# Words that a YAML 1.1 reader (kubectl, PyYAML) takes for a boolean: https://yaml.org/type/bool.html
_BOOLEAN_11 = frozenset(
    form for word in ("y", "n", "yes", "no", "on", "off") for form in (word, word.capitalize(), word.upper())
)
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]+")


class AmbiguousText(str):
    """A plain scalar that YAML 1.2 reads as text and YAML 1.1 as a boolean."""

    __slots__ = ()


class AmbiguousNumber(int):
    """A plain scalar that YAML 1.2 reads as decimal and YAML 1.1 as octal, or as text."""


def value_of(text: str) -> Any:
    """What a plain scalar means: text, a number, true, false or None."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] in _NUMBER_START:
        return _number(text)
    return AmbiguousText(text) if text in _BOOLEAN_11 else text


def _number(text: str) -> int | float | str:
    if _INTEGER.fullmatch(text):
        if _LEADING_ZERO.fullmatch(text):
            return AmbiguousNumber(text)
        return int(text, 0)
    if _FLOAT.fullmatch(text):
        # Python writes .inf and .nan without the dot.
        return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    return text
