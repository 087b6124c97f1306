"""Numbers that YAML has and JSON has not: values of the chart take none of them."""

from collections.abc import Iterator
from math import isfinite
from typing import Any

from ..diagnostics import Problem, shown
from ..location import SourcePath
from ..rules.shape import BAD_VALUE
from ..source import Source
from .layers import value_at


def not_finite(source: Source, path: SourcePath) -> Iterator[Problem]:
    """
    The infinite and the undefined numbers below a path; what is aliased counts once.

    Source: RFC 8259, section 6; Helm and kubectl make JSON of every YAML, and fail with these.
    """
    for place, value in _places(value_at(source.data, *path), path, set()):
        written = shown(source.raw(place))[1:-1] or value
        message = f"{written} is no number that JSON has, and Helm and Kubernetes take no other"
        yield BAD_VALUE.problem(place, message, help="write a number, or text in quotes")


def _places(value: Any, path: SourcePath, seen: set[int]) -> Iterator[tuple[SourcePath, float]]:
    if isinstance(value, float) and not isfinite(value):
        yield path, value
    if not isinstance(value, dict | list) or id(value) in seen:
        return
    seen.add(id(value))
    for step, item in value.items() if isinstance(value, dict) else enumerate(value):
        yield from _places(item, (*path, step), seen)
