"""Edits into the text of a mesh.yaml, whose comments and layout stay."""

import re
from collections.abc import Iterable
from io import StringIO
from typing import Any
from warnings import catch_warnings

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import CommentMark, ReusedAnchorWarning
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString
from ruamel.yaml.tokens import CommentToken
from ruamel.yaml.util import load_yaml_guess_indent

from ..source.scalars import AmbiguousText, value_of
from .comments import end_of_document
from .drafting import MISSING, Edit, put, written_at
from .marks import is_ours

_WIDTH = 1 << 20
_LEVEL = 2
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
    end = end_of_document(before)
    root = _read(yaml, before[:end]) if before else CommentedMap()
    for edit in edits:
        _apply(root, edit)
    out = StringIO()
    yaml.dump(root, out)
    # NOTE: what follows the end of the document is lost to ruamel.yaml.
    return out.getvalue() + before[end:] if before else _spaced(out.getvalue())


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
    path = tuple([_node(step) for step in edit.path])
    value = _node(edit.value)
    standing = written_at(root, *path)
    if isinstance(standing, CommentedSeq) and isinstance(value, CommentedSeq):
        _keep_form(value, standing)
    below = _taken_below(root, path)
    put(root, path, value, mapping=CommentedMap, listing=CommentedSeq)
    if below:
        _put_below(root, path, below)
    holders = [root]
    for step in path[:-1]:
        holders.append(holders[-1][step])
    inside = next((at for at, holder in enumerate(holders) if holder.fa.flow_style()), None)
    if inside is None:
        _comment(holders[-1], path[-1], edit.comment)
    elif inside and path[-1] == "name":
        # NOTE: inside of brackets a comment would break the line; what is missing is said behind them.
        _comment(holders[inside - 1], path[inside - 1], edit.comment)


def _taken_below(root: Any, path: tuple[Any, ...]) -> str:
    """
    The lines behind what a new entry is put after that belong to what comes then, taken out.

    NOTE: to ruamel.yaml every comment belongs to what stands before it, so a new entry would come after the
    heading of the next one.
    """
    above = root
    for step in path:
        if written_at(above, step) is MISSING:
            break
        above = above[step]
    holder, last = _last(above)
    token = None if holder is None else holder.ca.items.get(last, [None] * 3)[_slot(holder)]
    if token is None or above is root or written_at(root, *path) is not MISSING:
        return ""
    own, *lines = token.value.split("\n")
    # NOTE: what is new itself has no column, and lines that came behind it belong to what follows.
    column = _WIDTH if above.lc.col is None else above.lc.col
    first = next(
        (at for at, line in enumerate(lines) if line and len(line) - len(line.lstrip()) < column), len(lines)
    )
    while first and not lines[first - 1]:
        first -= 1
    token.value = "\n".join([own, *lines[:first], ""])
    return "\n".join(lines[first:])


def _put_below(root: Any, path: tuple[Any, ...], lines: str) -> None:
    """Put lines behind a new entry."""
    holder = root
    for step in path[:-1]:
        holder = holder[step]
    token = CommentToken(f"\n{lines}", CommentMark(0), None)
    entry = holder.ca.items.setdefault(path[-1], [None] * 4)
    entry[_slot(holder)] = token


def _last(node: Any) -> tuple[Any, Any]:
    """The innermost mapping or list at the end of a block, and the key or place of its last value."""
    holder, last = None, None
    while isinstance(node, CommentedMap | CommentedSeq) and node and not node.fa.flow_style():
        holder, last = node, len(node) - 1 if isinstance(node, CommentedSeq) else next(reversed(node))
        node = holder[last]
    return holder, last


def _slot(holder: Any) -> int:
    """Where ruamel.yaml keeps the comment behind a value."""
    return 0 if isinstance(holder, CommentedSeq) else 2


def _keep_form(value: CommentedSeq, standing: CommentedSeq) -> None:
    """A list in the form of the one before it, each comment at its item, or at what has its place now."""
    if not value or standing.fa.flow_style():
        return
    value.fa.set_block_style()
    comments = dict(standing.ca.items)
    for index, item in enumerate(value):
        before = standing.index(item) if item in standing else None
        if before in comments:
            value.ca.items[index] = comments.pop(before)
    for before, comment in comments.items():
        index = min(before, len(value) - 1)
        if index not in value.ca.items:
            value.ca.items[index] = comment
        elif comment[0] and value.ca.items[index][0]:
            column = max(0, standing.lc.item(before)[1] - _LEVEL)
            value.ca.items[index][0].value += " " * column + comment[0].value.lstrip("\n ")


def _comment(holder: Any, key: Any, comment: str) -> None:
    """A mark on the line of a key or an item in place of an older one; a comment of somebody's own stays."""
    written = f"# {comment}" if comment else ""
    tokens = holder.ca.items.get(key)
    slot = _slot(holder)
    if tokens and tokens[slot] is not None:
        # NOTE: what follows on lines of its own, empty ones too, is part of the same comment to ruamel.yaml.
        own, line_end, after = tokens[slot].value.partition("\n")
        if not own or is_ours(own.rstrip()):
            tokens[slot].value = f"{written}{line_end}{after}"
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
