"""
`helm.parameters` of an Application, laid over its values.

Source: argo-cd, util/helm/cmd.go (each is given to Helm as --set); helm v3, pkg/strvals/parser.go.
"""

import re
from copy import deepcopy
from typing import Any

from ..location import SourcePath
from .drafting import put
from .reading import text

_STEP = re.compile(r"((?:[^.\[\]\\=,]|\\.)+)((?:\[[0-9]{1,4}\])*)(?:\.(?=.)|$)")
_NUMBER = re.compile(r"[-+]?[1-9][0-9]{0,17}|0")
_COMMA = re.compile(r"(?<!\\),")
_CONSTANTS = {"true": True, "false": False, "null": None}


def with_parameters(
    values: dict[str, Any], parameters: list[dict[str, Any]]
) -> tuple[dict[str, Any], list[str]]:
    """The values with each parameter in its place, and the names of those that cannot be read."""
    laid, unread = values, list[str]()
    for parameter in parameters:
        name, written = text(parameter, "name"), text(parameter, "value")
        forced = parameter.get("forceString") is True
        made = deepcopy(laid)
        try:
            put(made, _path(name), written if forced else _typed(written))
        except (LookupError, ValueError):  # a place in a list that is not there, and no path at all
            unread.append(name or "one without a name")
        else:
            laid = made
    return laid, unread


def _path(name: str) -> SourcePath:
    """The path that a name such as `a.b[0]` stands for; empty where it is none."""
    steps: list[str | int] = []
    position = 0
    while found := _STEP.match(name, position):
        steps.append(re.sub(r"\\(.)", r"\1", found[1]))
        steps += [int(index) for index in re.findall("[0-9]+", found[2])]
        position = found.end()
    return tuple(steps) if position == len(name) else ()


def _typed(written: str) -> Any:
    if written.startswith("{") and written.endswith("}"):
        return [_typed(one) for one in _COMMA.split(written[1:-1])] if written[1:-1] else []
    bare = written.replace("\\,", ",")
    if bare.lower() in _CONSTANTS:
        return _CONSTANTS[bare.lower()]
    return int(bare) if _NUMBER.fullmatch(bare) else bare
