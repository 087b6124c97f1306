"""Private keys out of what was given: none of them ever gets into mesh.yaml."""

from collections.abc import Iterator
from typing import Any

from ..redaction import private_key_in
from .found import Path


def without_keys(data: dict[str, Any]) -> tuple[dict[str, Any], list[Path]]:
    """The data without private keys, and where those stood; a list goes as a whole."""
    lost: list[Path] = []
    kept: dict[str, Any] = _kept(data, (), lost)
    return kept, lost


def is_left_out(place: str, owner: str) -> str:
    """What the report says of a private key at a place."""
    return (
        f"{place} of {owner} is a private key: it is not taken into mesh.yaml; bring it with "
        "a values file that is not in Git"
    )


def _kept(value: Any, path: Path, lost: list[Path]) -> Any:
    if isinstance(value, dict):
        return {key: _kept(item, (*path, key), lost) for key, item in _open(value, path, lost)}
    if isinstance(value, list):
        return [_kept(item, (*path, str(index)), lost) for index, item in enumerate(value)]
    return value


def _open(data: dict[str, Any], path: Path, lost: list[Path]) -> Iterator[tuple[str, Any]]:
    for key, item in data.items():
        secret = _is_secret((*path, key), item)
        if secret or private_key_in(key.encode()):
            lost.append((*path, key if not private_key_in(key.encode()) else "?"))
        else:
            yield key, item


def _is_secret(path: Path, value: Any) -> bool:
    if isinstance(value, list):
        # NOTE: a key may be written as a list of its lines, of which only the first looks like one.
        value = "\n".join(_lines(value))
    elif path[-1] == "key" and "tls" in path and isinstance(value, str) and value:
        return True
    return isinstance(value, str) and private_key_in(value.encode())


def _lines(items: list[Any]) -> Iterator[str]:
    """The texts of a list, those of lists in it too."""
    for item in items:
        if isinstance(item, list):
            yield from _lines(item)
        elif isinstance(item, str):
            yield item
