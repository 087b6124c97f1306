"""What is refused of label selectors, by Cilium and by the API server alike."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .entries import ObjectPath, Refusal

_LONGEST = 63
_LABEL_VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?")
_LABEL_KEY = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?")
_LABEL_PREFIX = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_OPERATORS = {"In": True, "NotIn": True, "Exists": False, "DoesNotExist": False}
"""Operators, and whether they take values."""


def label_selector(
    selector: Mapping[str, Any], path: ObjectPath, *, sources: bool = True
) -> Iterator[Refusal]:
    """What is wrong with a LabelSelector; with `sources` keys may begin with one, as in `k8s:app`."""
    for key, value in (selector.get("matchLabels") or {}).items():
        yield from _of_key(key, (*path, "matchLabels", key), sources=sources)
        if not _is_value(value):
            yield Refusal((*path, "matchLabels", key), f"{value!r} is not a label value")
    for index, expression in enumerate(selector.get("matchExpressions") or ()):
        place = (*path, "matchExpressions", index)
        operator, values = expression.get("operator"), expression.get("values") or ()
        yield from _of_key(expression["key"], (*place, "key"), sources=sources)
        if operator not in _OPERATORS:
            yield Refusal((*place, "operator"), f"there is no operator {operator!r}")
        elif bool(values) is not _OPERATORS[operator]:
            needs = "needs values" if _OPERATORS[operator] else "takes no values"
            yield Refusal(place, f"the operator {operator} {needs}")
        for number, value in enumerate(values):
            if not _is_value(value):
                yield Refusal((*place, "values", number), f"{value!r} is not a label value")


def _is_value(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST and _LABEL_VALUE.fullmatch(value) is not None


def _of_key(key: str, path: ObjectPath, *, sources: bool) -> Iterator[Refusal]:
    source, colon, rest = key.partition(":") if sources else (key, "", "")
    prefix, slash, name = (rest if colon else source).rpartition("/")
    fine = len(name) <= _LONGEST and _LABEL_KEY.fullmatch(name)
    if not fine or (slash and not _LABEL_PREFIX.fullmatch(prefix)):
        yield Refusal(path, f"{key!r} is not a label key")
