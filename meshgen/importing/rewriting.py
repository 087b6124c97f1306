"""Edits into the text of a mesh.yaml, whose comments and layout stay."""

import re
from collections.abc import Iterable
from io import StringIO
from typing import Any
from warnings import catch_warnings

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import ReusedAnchorWarning
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString
from ruamel.yaml.util import load_yaml_guess_indent

from ..source.scalars import AmbiguousText, value_of
from .drafting import Edit, put

_WIDTH = 1 << 20
_LEVEL = 2
MARK = "# TODO "
"""With which a mark of what is missing begins."""

_OURS = re.compile(r"^# (?:TODO|guessed:)[^\n]*")
_NEW_PART = re.compile(r"\n(?=(?:  - name: |[a-zA-Z]+:$))", re.MULTILINE)
# Nothing that any reader takes for more than text, also between the brackets of a list.
_PLAIN = re.compile(r"[A-Za-z0-9/](?:[A-Za-z0-9_./@+ -]*[A-Za-z0-9_./@+-])?(?::+[A-Za-z0-9_./@+-]+)*")
_CLEAN_LINES = re.compile(r"(?:[!-~](?:[ -~]*[!-~])?\n)+")


def rewritten(before: str, edits: Iterable[Edit]) -> str:
    """The text with the edits in it; an empty text becomes a new file."""
    yaml = YAML()
    yaml.width = _WIDTH
    yaml.preserve_quotes = True
    yaml.indent(mapping=_LEVEL, sequence=_LEVEL * 2, offset=_LEVEL)
    root = _read(yaml, before) if before else CommentedMap()
    for edit in edits:
        _apply(root, edit)
    out = StringIO()
    yaml.dump(root, out)
    return out.getvalue() if before else _spaced(out.getvalue())


def _read(yaml: YAML, text: str) -> Any:
    """A mesh.yaml to be edited; lists will be indented as they are there."""
    with catch_warnings(action="ignore", category=ReusedAnchorWarning):
        _, indent, offset = load_yaml_guess_indent(text)
        if indent is not None and offset is not None:
            yaml.indent(mapping=_LEVEL, sequence=indent, offset=offset)
        return yaml.load(text)


def _spaced(text: str) -> str:
    """A new file with an empty line before each part."""
    return (
        _NEW_PART.sub("\n\n", text)
        .replace("clusters:\n\n", "clusters:\n")
        .replace("services:\n\n", "services:\n")
    )


def _apply(root: Any, edit: Edit) -> None:
    *above, last = edit.path
    path = tuple([_node(step) for step in edit.path])
    put(root, path, _node(edit.value), mapping=CommentedMap, listing=CommentedSeq)
    holder = root
    for step in above:
        holder = holder[step]
    _comment(holder, last, edit.comment)


def _comment(holder: Any, key: Any, comment: str) -> None:
    """A mark on the line of a key in place of an older one; a comment of somebody's own stays."""
    written = f"# {comment}" if comment else ""
    tokens = holder.ca.items.get(key)
    if tokens and tokens[2] is not None:
        # NOTE: what follows on lines of its own, empty ones too, is part of the same comment to ruamel.yaml.
        after = _OURS.sub("", tokens[2].value)
        tokens[2].value = f"{written}{after}" if after.startswith("\n") else after
    elif written:
        holder.yaml_add_eol_comment(written, key, column=0)


def _node(value: Any) -> Any:
    """A value to be written: lists on one line, text in quotes where YAML 1.1 reads something else."""
    if isinstance(value, dict):
        return CommentedMap({_node(key): _node(item) for key, item in value.items()})
    if isinstance(value, list | tuple):
        made = CommentedSeq([_node(item) for item in value])
        if not any(isinstance(item, dict | list) for item in value):
            made.fa.set_flow_style()
        return made
    if not isinstance(value, str):
        return value
    if _CLEAN_LINES.fullmatch(value):
        return LiteralScalarString(value)
    read = value_of(value)
    plain = isinstance(read, str) and not isinstance(read, AmbiguousText) and _PLAIN.fullmatch(value)
    return value if plain else DoubleQuotedScalarString(value)
