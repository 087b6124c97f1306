"""
The one YAML writer: block style, two spaces, no aliases, no wrapping.

kubectl reads YAML 1.1 and editors read 1.2, so text is plain only where neither could take it for
anything else; the rest is in double quotes, with every character escaped that YAML does not allow.
"""

import re
from functools import lru_cache
from typing import Any

from .kube.manifest import Shared

# Begins with a letter or slash: no number of either version does, nor does .inf or ~.
_PLAIN = re.compile(r"[A-Za-z/](?:[A-Za-z0-9_./-]|:(?=[A-Za-z0-9_./-]))*")
# https://yaml.org/type/bool.html, https://yaml.org/type/null.html
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
_ESCAPED = re.compile(
    '["\\\\\x00-\x1f\x7f-\xa0\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufff0-\uffff]'
)
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}

Lines = list[str]


def dump(data: Any) -> str:
    """
    Plain data (dict, list, str, int, bool, None) as a YAML document.

    Raises:
        TypeError: for anything else, so that nothing is written by accident.

    """
    lines: Lines = []
    _write(data, "", lines, "")
    lines.append("")
    return "\n".join(lines)


def _write(value: Any, indent: str, lines: Lines, lead: str) -> None:
    """Append `value`; `lead` is what its first line begins with, `indent` what the others do."""
    if isinstance(value, Shared):
        if lead not in value.texts:
            made: Lines = []
            _write(dict(value), indent, made, lead)
            value.texts[lead] = "\n".join(made)
        lines.append(value.texts[lead])
    elif isinstance(value, dict) and value:
        for key, item in value.items():
            _entry(f"{lead}{_text(key)}:", item, indent, lines)
            lead = indent
    elif isinstance(value, list) and value:
        below, lead, next_lead = f"{indent}  ", f"{lead}- ", f"{indent}- "
        for item in value:
            _write(item, below, lines, lead)
            lead = next_lead
    else:
        lines.append(f"{lead}{_scalar(value)}")


def _entry(head: str, item: Any, indent: str, lines: Lines) -> None:
    if isinstance(item, dict) and item:
        lines.append(head)
        _write(item, f"{indent}  ", lines, f"{indent}  ")
    elif isinstance(item, list) and item:
        lines.append(head)
        _write(item, indent, lines, indent)
    else:
        lines.append(f"{head} {_scalar(item)}")


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return _text(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if value == {}:
        return "{}"
    if value == []:
        return "[]"
    message = f"{type(value).__name__} is not plain data"
    raise TypeError(message)


@lru_cache(maxsize=65536)
def _text(text: str) -> str:
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    return '"' + _ESCAPED.sub(_escape, text) + '"'


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    return _SHORT.get(char) or (f"\\x{ord(char):02x}" if char <= "\xff" else f"\\u{ord(char):04x}")
