"""Files of other tools as plain data, read as these read them."""

import json
import re
from typing import Any

from ..model.finite import not_finite
from ..model.layers import value_at
from ..source import AmbiguousNumber, AmbiguousText, Source, UnreadableSourceError, load_all

_TRUE = frozenset({"y", "yes", "on"})
_OCTAL = frozenset("01234567-+")
_PAIR = re.compile(rb"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_ESCAPE = re.compile(_PAIR.pattern + rb"|\\.")


def sources(content: bytes, name: str) -> tuple[Source, ...]:
    """
    The documents of a YAML or JSON file.

    Raises:
        UnreadableSourceError: with MG0xx problems, or MG104 for numbers that JSON does not have.

    """
    read = load_all(_without_pairs(content), name)
    for source in read:
        odd = [problem._replace(span=source.span(problem.at)) for problem in not_finite(source, ())]
        if odd:
            raise UnreadableSourceError(odd, source.text)
    return read


def plain(source: Source) -> Any:
    """
    The data of a document as Helm and kubectl read it.

    They read YAML 1.1: an unquoted `yes` is true, and 017 is 15.
    Source: sigs.k8s.io/yaml, goyaml.v2, resolve.go.
    """
    return _as_go_reads(source.data)


def _without_pairs(content: bytes) -> bytes:
    r"""
    JSON with what stands as two escapes, such as `\ud83d\ude80`, as the one character that it is.

    Source: RFC 8259, section 7; YAML has no such pairs.
    """
    if not _PAIR.search(content):
        return content
    try:
        json.loads(content)
    except (ValueError, RecursionError):
        return content
    return _ESCAPE.sub(_character, content)


def _character(found: re.Match[bytes]) -> bytes:
    if found[1] is None:
        return found[0]
    return bytes.fromhex((found[1] + found[2]).decode()).decode("utf-16-be").encode()


def _as_go_reads(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _as_go_reads(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_go_reads(item) for item in value]
    if isinstance(value, AmbiguousText):
        return value.lower() in _TRUE
    if isinstance(value, AmbiguousNumber):
        text = str(int(value))
        return int(text, 8) if set(text) <= _OCTAL else int(value)
    return value


def mapping(data: Any, *path: str) -> dict[str, Any]:
    """The mapping at a path; empty where there is none."""
    value = value_at(data, *path)
    return value if isinstance(value, dict) else {}


def entries(data: Any, *path: str) -> list[dict[str, Any]]:
    """The mappings in the list at a path; empty where there is none."""
    value = value_at(data, *path)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text(data: Any, *path: str) -> str:
    """The text at a path; empty where there is none."""
    value = value_at(data, *path)
    return value if isinstance(value, str) else ""


def texts(value: Any) -> list[str]:
    """A list of texts, or one text with blanks or commas between them."""
    if isinstance(value, str):
        return value.replace(",", " ").split()
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def whole_number(value: Any) -> int | None:
    """A number, also where it is written as text; None for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    digits = value if isinstance(value, str) else ""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None  # noqa: PLR2004
