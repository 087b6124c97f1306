"""Files of other tools as plain data, read as these read them."""

from collections.abc import Iterator
from typing import Any

from ..model.layers import value_at
from ..redaction import private_key_in
from ..source import AmbiguousNumber, AmbiguousText, load_all
from .found import Path

_TRUE = frozenset({"y", "yes", "on"})
_OCTAL = frozenset("01234567-+")


def documents(content: bytes, name: str) -> list[Any]:
    """
    The documents of a YAML or JSON file.

    Helm and kubectl read YAML 1.1: an unquoted `yes` is true, and 017 is 15.
    Source: sigs.k8s.io/yaml, goyaml.v2, resolve.go.

    Raises:
        UnreadableSourceError: with MG0xx problems.

    """
    return [_as_go_reads(source.data) for source in load_all(content, name)]


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


def without_keys(data: dict[str, Any]) -> tuple[dict[str, Any], list[Path]]:
    """The data without private keys, and where those stood."""
    lost: list[Path] = []
    kept: dict[str, Any] = _kept(data, (), lost)
    return kept, lost


def _kept(value: Any, path: Path, lost: list[Path]) -> Any:
    if isinstance(value, dict):
        return {key: _kept(item, (*path, key), lost) for key, item in _open(value.items(), path, lost)}
    if isinstance(value, list):
        items = ((str(index), item) for index, item in enumerate(value))
        return [_kept(item, (*path, index), lost) for index, item in _open(items, path, lost)]
    return value


def _open(items: Any, path: Path, lost: list[Path]) -> Iterator[tuple[str, Any]]:
    for key, item in items:
        secret = isinstance(item, str) and (private_key_in(item.encode()) or _is_key((*path, key), item))
        if secret or private_key_in(key.encode()):
            lost.append((*path, key if secret else "?"))
        else:
            yield key, item


def _is_key(path: Path, value: str) -> bool:
    return bool(value) and path[-1] == "key" and "tls" in path
