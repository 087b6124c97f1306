"""
The one YAML writer: block style, two spaces, no aliases, no wrapping.

kubectl reads YAML 1.1 and editors read 1.2, so text is plain only where neither could take it for
anything else. Clean lines, such as PEM, are a literal block; the rest is in double quotes, with every
character escaped that YAML does not allow.
"""

import re
from functools import lru_cache
from typing import Any

from .kube.manifest import OWN, Shared

# Begins with a letter or slash: no number of either version does, nor does .inf or ~.
_PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9_./-]*(?::[A-Za-z0-9_./-]+)*")
# https://yaml.org/type/bool.html, https://yaml.org/type/null.html
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
# NOTE: only a short cut for long texts, such as certificates: the search for what is escaped is slow.
_CLEAN = re.compile(r"[ !#-\[\]-~]*")
# Besides what YAML does not allow, whatever is not seen: marks of direction, tags, joiners.
# NOTE: compiled when the first text needs it (`re` remembers it), since most meshes have none.
_ESCAPED = (
    '["\\\\\x00-\x1f\x7f-\xa0\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f'
    "\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff0-\uffff\U000110bd\U000110cd\U00013430-\U0001345f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# Two lines or more, none with a blank at its end, the first without one before it, and no empty one last.
_LINES = re.compile(r"[!-~](?:[ -~]*[!-~])?(?:\n+[ -~]*[!-~])+\n?")
_LINE_BREAK = re.compile(r"\n(?!\n)")
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}

Lines = list[str]

HOLE = "\0"
"""Stands in a document where the data has OWN; in no text, since there it is escaped."""


def dump(data: Any) -> str:
    """
    Plain data (dict, list, str, int, float, bool, None, OWN) as a YAML document.

    Raises:
        TypeError: for anything else, so that nothing is written by accident.

    """
    lines: Lines = []
    _write(data, "", lines, "")
    lines.append("")
    return "\n".join(lines)


def _write(value: Any, indent: str, lines: Lines, lead: str) -> None:
    """Append `value`; `lead` is what its first line begins with, `indent` what the others do."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            if isinstance(item, str):
                lines.append(_pair(lead, key, item, indent))
            else:
                _entry(f"{lead}{_text(key)}:", item, indent, lines)
            lead = indent
    elif isinstance(value, list) and value:
        _items(value, indent, lines, f"{lead}- ")
    else:
        lines.append(f"{lead}{_scalar(value, indent or '  ')}")


def _items(items: list[Any], indent: str, lines: Lines, lead: str) -> None:
    below, next_lead = f"{indent}  ", f"{indent}- "
    for item in items:
        # NOTE: what long lists are made of, without a call for each: a large mesh has 65,000 of the first.
        if isinstance(item, Shared):
            lines.append(item.texts.get(lead) or _shared(item, below, lead))
        elif isinstance(item, str):
            lines.append(f"{lead}{_scalar(item, below)}")
        else:
            _write(item, below, lines, lead)
        lead = next_lead


def _shared(item: Shared, indent: str, lead: str) -> str:
    made: Lines = []
    _write(item, indent, made, lead)
    text = item.texts[lead] = "\n".join(made)
    return text


def _entry(head: str, item: Any, indent: str, lines: Lines) -> None:
    if isinstance(item, dict) and item:
        lines.append(head)
        _write(item, f"{indent}  ", lines, f"{indent}  ")
    elif isinstance(item, list) and item:
        lines.append(head)
        _write(item, indent, lines, indent)
    else:
        lines.append(f"{head} {_scalar(item, f'{indent}  ')}")


@lru_cache(maxsize=8192)
def _pair(lead: str, key: str, item: str, indent: str) -> str:
    """A key with text; clusters have most of them in common."""
    return f"{lead}{_text(key)}: {_scalar(item, f'{indent}  ')}"


def _scalar(value: Any, indent: str) -> str:
    """A value on the line of its key; `indent` is for lines after it."""
    if isinstance(value, str):
        return _block(value, indent) if "\n" in value else _text(value)
    if value is None or value is OWN:
        return "null" if value is None else HOLE
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _float(value)
    if value in ({}, []):
        return "{}" if value == {} else "[]"
    message = f"{type(value).__name__} is not plain data"
    raise TypeError(message)


def _float(value: float) -> str:
    """A number with a point, since YAML 1.1 takes `1e-05` for text."""
    mantissa, mark, exponent = repr(value).partition("e")
    if mantissa.lstrip("-") in {"inf", "nan"}:
        return mantissa.replace("inf", ".inf").replace("nan", ".nan")
    return f"{mantissa if '.' in mantissa else f'{mantissa}.0'}{mark}{exponent}"


def scalar(text: str) -> str:
    """How text on one line stands in a document, as a key or a value."""
    return _text(text)


@lru_cache(maxsize=65536)
def _text(text: str) -> str:
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    return '"' + (text if _CLEAN.fullmatch(text) else re.sub(_ESCAPED, _escape, text)) + '"'


@lru_cache(maxsize=4096)
def _block(text: str, indent: str) -> str:
    if not _LINES.fullmatch(text):
        return _text(text)
    mark, body = ("|", text[:-1]) if text.endswith("\n") else ("|-", text)
    return _LINE_BREAK.sub(f"\n{indent}", f"{mark}\n{body}")


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    if char in _SHORT:
        return _SHORT[char]
    width, letter = (2, "x") if char <= "\xff" else (4, "u") if char <= "\uffff" else (8, "U")
    return f"\\{letter}{ord(char):0{width}x}"
