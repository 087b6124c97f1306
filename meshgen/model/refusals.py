"""Pydantic's errors to MG1xx problems; the only place that sees inside them."""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from ..diagnostics import Problem, shown
from ..location import SourcePath, path_text
from ..nearest import nearest
from ..rules.shape import BAD_VALUE, MISSING_KEY, UNKNOWN_KEY, WRONG_TYPE
from ..source import Source
from .cluster import meant
from .keys import accepted_keys
from .scalars import BAD_ADDRESSES, MEANINGS

_TYPE_NAMES = {
    "string_type": "text",
    "int_type": "a whole number",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "port": "a port number or a mapping with port",
    "bool_type": "true or false",
    "policy_port": "a port number, or text such as 53/UDP",
    "target_port": "a port number or a port name",
    "cluster_selection": "all, a list of cluster names, or a mapping with labels",
}

_LONGEST_NUMBER = 40


def refusals(source: Source, path: SourcePath, data: Any, invalid: ValidationError) -> Iterator[Problem]:
    """What pydantic found wrong with the data that belong at a path."""
    meant: set[SourcePath] = set()
    missing: list[SourcePath] = []
    for error in invalid.errors(include_url=False):
        below, on_key = _below(data, error["loc"])
        at = (*path, *below)
        if error["type"] == "missing":
            missing.append(at)
        elif error["type"] == "extra_forbidden":
            near = nearest(str(at[-1]), accepted_keys(at[:-1]))
            meant.add((*at[:-1], near or ""))
            yield _unknown_key(at, near)
        else:
            yield from _problems(source, at, error, on_key=on_key)
    # A required key that is misspelt is not missing as well.
    yield from (_missing(at) for at in missing if at not in meant)


def _missing(path: SourcePath) -> Problem:
    return MISSING_KEY.problem(path, f"the key {path[-1]!r} is missing", help=f"add {path_text(path)}")


def _below(data: Any, location: tuple[int | str, ...]) -> tuple[SourcePath, bool]:
    """The path of an error without what pydantic adds: tags of unions, and `[key]` for a bad key."""
    path: list[int | str] = []
    on_key = False
    for position, step in enumerate(location):
        last = position == len(location) - 1
        if isinstance(data, list) if isinstance(step, int) else isinstance(data, dict) and step in data:
            data = data[step]
            path.append(step)
        elif step == "[key]":
            on_key = True
        elif last and isinstance(data, dict):
            path.append(step)
    return tuple(path), on_key


def _problems(source: Source, path: SourcePath, error: Any, *, on_key: bool) -> Iterator[Problem]:
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    if kind == BAD_ADDRESSES:
        for index, reason in context["bad"]:
            yield _bad_address(source, (*path, index), value[index], reason)
    elif kind in _TYPE_NAMES or (kind == "literal_error" and not _could_be(value, context["expected"])):
        yield _wrong_type(source, path, kind, value, context)
    elif not (kind == "too_short" and value):
        # NOTE: pydantic calls a list too short when its items are wrong; those are reported already.
        yield _bad_value(path, kind, value, context, on_key=on_key)


def _could_be(value: Any, expected: str) -> bool:
    """Whether a value has the type of those accepted, such as `'TCP' or 'UDP'`, or `255 or 511`."""
    kind: type = str if expected.startswith("'") else int
    return isinstance(value, kind) and not isinstance(value, bool)


def _unknown_key(path: SourcePath, near: str | None) -> Problem:
    accepted = ", ".join(accepted_keys(path[:-1]))
    way_out = f"did you mean {near!r}?" if near else f"accepted here: {accepted}"
    return UNKNOWN_KEY.problem(
        path, f"the key {shown(path[-1])} is not known here", help=way_out, on_key=True
    )


def _wrong_type(source: Source, path: SourcePath, kind: str, value: Any, context: Any) -> Problem:
    wanted = _TYPE_NAMES.get(kind) or f"one of {context['expected']}"
    name = path_text(path) or "the file"
    raw = source.raw(path) if source.contains(path) else ""
    way_out = None
    if wanted == "text" and isinstance(value, int | float) and 0 < len(raw) <= _LONGEST_NUMBER:
        way_out = f'write it in quotes: "{raw}"'
    elif wanted == "a whole number" and isinstance(value, str) and value.isascii() and value.isdigit():
        way_out = f"write it without quotes: {value[:20]}"
    elif wanted == "a list" and isinstance(value, str):
        way_out = f"write it in brackets: [{shown(value)[1:-1]}]"
    message = f"{name} takes {wanted}, not {_type_name(value)}"
    return WRONG_TYPE.problem(path, message, help=way_out)


def _bad_address(source: Source, path: SourcePath, value: Any, reason: str) -> Problem:
    if isinstance(value, str):
        return BAD_VALUE.problem(path, f"{shown(value)} {reason}")
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
    elif kind == "literal_error":
        reason, way_out = "is not accepted here", _accepted(value, context["expected"])
    elif kind == "int_parsing_size":
        reason = "is larger than any number here"
    elif kind in {"greater_than_equal", "less_than_equal"}:
        bound, word = (context["ge"], "less than") if "ge" in context else (context["le"], "more than")
        reason = f"is {word} {bound}"
    else:
        reason, way_out = context["reason"], context.get("way_out")
    told = shown(value) if isinstance(value, str | int) else path_text(path)
    return BAD_VALUE.problem(path, f"{told} {reason}", help=way_out, on_key=on_key)


def _accepted(value: Any, expected: str) -> str:
    accepted = expected.replace("'", "").replace(" or ", ", ").split(", ")
    near = meant(str(value), accepted)
    told = ", ".join(accepted)
    if accepted == ["all"]:
        told = f"all, a list such as [{shown(value)[1:-1]}], or a mapping with labels"
    return f"accepted: {told}" + (f"; did you mean {near!r}?" if near else "")
