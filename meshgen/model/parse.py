"""Plain data to a Mesh, or MG1xx problems; the only place that sees pydantic's errors."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from pydantic import ValidationError

from ..diagnostics import Problem, shown
from ..location import SourcePath, path_text
from ..nearest import nearest
from ..rules.shape import (
    BAD_VALUE,
    MISSING_KEY,
    UNKNOWN_KEY,
    UNSUPPORTED_FORMAT_VERSION,
    WRONG_TYPE,
)
from ..source import AmbiguousText, Source
from .keys import accepted_keys
from .layers import effective, written
from .mesh import Mesh
from .scalars import BAD_ADDRESSES, MEANINGS

FORMAT_VERSION = 1

LIMIT = 2_000
"""Problems of one run; past it only their number would help nobody."""

_MOST = {"clusters": 1_024, "services": 100_000, "ignore": 10_000}
"""Entries that are looked at: more than any mesh has, and few enough to be done in a second."""

_OCTAL = re.compile(r"[-+]?[0-7]+")

_TYPE_NAMES = {
    "string_type": "text",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "port": "a port number or a mapping with port",
    "target_port": "a port number or a port name",
    "cluster_selection": "all, a list of cluster names, or a mapping with labels",
}


class InvalidMeshError(Exception):
    """The data is not a mesh; carries its problems."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("invalid mesh")
        self.problems = problems


def parse(source: Source) -> Mesh:
    """
    The mesh that a source describes, every cluster complete with what it inherits.

    Raises:
        InvalidMeshError: with every MG1xx problem of the file.

    """
    _refuse_crowds(source.data)
    mesh, problems = None, []
    data = effective(source.data)
    try:
        mesh = Mesh.model_validate(data)
    except ValidationError as invalid:
        errors = invalid.errors(include_url=False)
        found = (problem for error in errors for problem in _problems(source, data, error))
        problems = list(islice(found, LIMIT))
    problems.extend(_format_version(data))
    problems.extend(_ambiguous(source, {problem.at for problem in problems}))
    if mesh is None or problems:
        raise InvalidMeshError(problems)
    return mesh


def _refuse_crowds(data: Any) -> None:
    counts = {key: data.get(key) for key in _MOST} if isinstance(data, dict) else {}
    problems = [
        BAD_VALUE.problem(
            (key,), f"{key} has {len(listed):,} entries; at most {_MOST[key]:,} are read", on_key=True
        )
        for key, listed in counts.items()
        if isinstance(listed, list) and len(listed) > _MOST[key]
    ]
    if problems:
        raise InvalidMeshError(problems)


def _format_version(data: Any) -> Iterator[Problem]:
    version = data.get("version") if isinstance(data, dict) else None
    if isinstance(version, int) and not isinstance(version, bool) and version != FORMAT_VERSION:
        yield UNSUPPORTED_FORMAT_VERSION.problem(
            ("version",),
            f"the file has format version {shown(version)}; this meshgen reads version {FORMAT_VERSION}",
            help=f"write version: {FORMAT_VERSION}",
        )


def _problems(source: Source, data: Any, error: Any) -> Iterator[Problem]:
    path, on_key = _path(data, error["loc"])
    path = written(source, path)
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    if kind == "extra_forbidden":
        yield _unknown_key(path)
    elif kind == "missing":
        yield MISSING_KEY.problem(
            path, f"the key {str(path[-1])!r} is missing", help=f"add {path_text(path)}"
        )
    elif kind == BAD_ADDRESSES:
        for index, reason in context["bad"]:
            yield _bad_address(source, (*path, index), value[index], reason)
    elif kind in _TYPE_NAMES or (kind == "literal_error" and not isinstance(value, str)):
        yield _wrong_type(source, path, kind, value, context)
    elif not (kind == "too_short" and value):
        # NOTE: pydantic calls a list too short when its items are wrong; those are reported already.
        yield _bad_value(path, kind, value, context, on_key=on_key)


def _path(data: Any, location: tuple[int | str, ...]) -> tuple[SourcePath, bool]:
    """Drop what pydantic adds to a location: the tags of unions, and `[key]` for a bad key."""
    path: list[int | str] = []
    on_key = False
    for position, step in enumerate(location):
        last = position == len(location) - 1
        if isinstance(data, list) if isinstance(step, int) else isinstance(data, dict) and step in data:
            data = _child(data, step)
            path.append(step)
        elif step == "[key]":
            on_key = True
        elif last and isinstance(data, dict):
            path.append(step)
    return tuple(path), on_key


def _child(data: Any, step: int | str) -> Any:
    return data[step]


def _unknown_key(path: SourcePath) -> Problem:
    key, accepted = str(path[-1]), accepted_keys(path[:-1])
    near = nearest(key, accepted)
    if near:
        way_out = f"did you mean {near!r}?"
    elif accepted:
        way_out = f"accepted here: {', '.join(accepted)}"
    else:
        way_out = "nothing is accepted here yet"
    return UNKNOWN_KEY.problem(path, f"the key {shown(key)} is not known here", help=way_out, on_key=True)


def _wrong_type(source: Source, path: SourcePath, kind: str, value: Any, context: Any) -> Problem:
    wanted = _TYPE_NAMES.get(kind) or f"one of {context['expected']}"
    name = path_text(path) or "the file"
    raw = source.raw(path) if source.contains(path) else ""
    way_out = None
    if wanted == "text" and isinstance(value, int | float) and raw:
        way_out = f'write it in quotes: "{raw}"'
    elif wanted == "a whole number" and isinstance(value, str) and value.isascii() and value.isdigit():
        way_out = f"write it without quotes: {value[:20]}"
    elif wanted == "a list" and isinstance(value, str):
        way_out = f"write it in brackets: [{shown(value)[1:-1]}]"
    message = f"{name} takes {wanted}, not {_type_name(value)}"
    return WRONG_TYPE.problem(path, message, help=way_out)


def _bad_address(source: Source, path: SourcePath, value: Any, reason: str) -> Problem:
    if isinstance(value, str):
        return BAD_VALUE.problem(path, reason)
    return _wrong_type(source, path, "string_type", value, {})


def _type_name(value: Any) -> str:
    names: tuple[tuple[Any, str], ...] = (
        (bool, f"the boolean {str(value).lower()}"),
        (str, f"the text {shown(value)}"),
        (int | float, f"the number {shown(value)}"),
        (dict, "a mapping"),
        (list, "a list"),
    )
    return next((name for kind, name in names if isinstance(value, kind)), "nothing")


def _bad_value(path: SourcePath, kind: str, value: Any, context: Any, *, on_key: bool) -> Problem:
    way_out = None
    if kind == "string_pattern_mismatch":
        reason = f"is not {MEANINGS[context['pattern']]}"
    elif kind == "string_too_long":
        reason = f"has {len(value)} characters; at most {context['max_length']} are allowed"
    elif kind in {"too_short", "string_too_short"}:
        return BAD_VALUE.problem(path, f"{path_text(path)} is empty", help="write at least one")
    elif kind == "too_long":
        message = f"{path_text(path)} is not supported by this version of meshgen"
        return BAD_VALUE.problem(path, message, help="leave it out")
    elif kind == "literal_error":
        accepted = context["expected"].replace("'", "").replace(" or ", ", ").split(", ")
        near = nearest(value, accepted)
        reason = "is not accepted here"
        way_out = f"accepted: {', '.join(accepted)}" + (f"; did you mean {near!r}?" if near else "")
    elif kind in {"greater_than_equal", "less_than_equal"}:
        bound, word = (context["ge"], "less than") if "ge" in context else (context["le"], "more than")
        reason = f"is {word} {bound}"
    else:
        return BAD_VALUE.problem(path, context["reason"])
    return BAD_VALUE.problem(path, f"{shown(value)} {reason}", help=way_out, on_key=on_key)


def _ambiguous(source: Source, reported: set[SourcePath]) -> Iterator[Problem]:
    for path, value, on_key in source.ambiguous():
        if any(path[:depth] in reported for depth in range(len(path) + 1)):
            continue
        if isinstance(value, AmbiguousText):
            raw: str = value
            message = f"{raw} is text to YAML 1.2 and a boolean to YAML 1.1"
            way_out = f'write "{raw}" for the text' + ("" if on_key else ", true or false for the boolean")
        else:
            raw = source.raw(path)
            other = "octal" if _OCTAL.fullmatch(raw) else "text"
            message = f"{raw} is decimal to YAML 1.2 and {other} to YAML 1.1"
            way_out = f'write {int(value)} for the number, "{raw}" for the text'
        yield WRONG_TYPE.problem(path, message, help=way_out, on_key=on_key)
