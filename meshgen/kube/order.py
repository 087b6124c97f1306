"""The order in which kustomize writes the keys of `data`."""

import re
from collections.abc import Iterable
from functools import cmp_to_key, lru_cache

_NUMBER = re.compile(r"[0-9]+")
_NUMBER_BEFORE_LETTER = re.compile(r"[0-9][A-Za-z]")


def in_order(keys: Iterable[str]) -> list[str]:
    """
    Keys of `data` as kustomize sorts them: numbers by their value, as in `cluster2` before `cluster10`.

    SOPS computes its MAC over the sealed values in the order of the file. Source: go-yaml v2, sorter.go.
    Where `1a`, `10` and `2` end otherwise equal names, go-yaml itself gives another order in each run.
    """
    return list(_in_order(tuple(keys)))


@lru_cache(maxsize=1024)
def _in_order(keys: tuple[str, ...]) -> tuple[str, ...]:
    if any(map(_NUMBER_BEFORE_LETTER.search, keys)):
        return tuple(sorted(keys, key=cmp_to_key(_compare)))
    return tuple(sorted(keys, key=_rank))


@lru_cache(maxsize=65536)
def _rank(key: str) -> str:
    """A text that sorts as the key does: signs (- . _) before numbers, numbers by value, letters last."""
    return _NUMBER.sub(_number, key).replace("_", "/")


def _number(match: re.Match[str]) -> str:
    digits = match[0].lstrip("0")
    return f"0{len(digits):03}{digits}{len(match[0]):03}"


def _compare(one: str, other: str) -> int:
    """As by rank, but that any sign or digit comes before a letter, in the middle of a number too."""
    for mine, its in zip(one, other, strict=False):
        if mine != its and mine.isalpha() != its.isalpha():
            return 1 if mine.isalpha() else -1
        if mine != its:
            break
    return -1 if _rank(one) < _rank(other) else 1
