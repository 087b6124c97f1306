"""What most likely keeps a text from being YAML, and the way out."""

import re
from typing import Any

from .text import Text

# How Git begins, parts and ends what two branches wrote differently.
_CONFLICT = re.compile(r"\n(?:<{7}|\|{7}|={7}|>{7})(?=[ \n])")

_INDENT = "indent it with spaces, as the line above; a text that goes on here needs quotes"
_QUOTE = "quote the text"
_CLOSE = "close the quote that begins in line {line}"

# What libyaml calls that in which it had to stop.
_BEGUN = {
    "while scanning a quoted scalar": _CLOSE,
    "while scanning a simple key": "write a colon and a space behind the key in line {line}",
}
_BLOCKS = ("while parsing a block collection", "while parsing a block mapping")
_BRACKETS = ("while parsing a flow sequence", "while parsing a flow mapping")
_TOKENS = ("while scanning for the next token", "while scanning an alias", "while scanning an anchor")


def way_out(text: Text, error: Any) -> str | None:
    """What to do about an error of libyaml; None where it could be anything."""
    content, at = text.content, error.problem_mark.index
    if conflict := _CONFLICT.search(f"\n{content}\n"):
        line = text.position(conflict.start()).line
        return f"a merge conflict was left in the file, in line {line}: resolve it first"
    if content[at : at + 1] == "\t":
        return "indent with spaces, as the line above: YAML takes no tabs for that"
    if error.context in _BEGUN:
        return _BEGUN[error.context].format(line=error.context_mark.line + 1)
    before = content[content.rfind("\n", 0, at) + 1 : at]
    if error.context in _BLOCKS + _BRACKETS:
        return _in_collection(text, error, before)
    if error.problem == "mapping values are not allowed in this context":
        return _QUOTE if ": " in before else _INDENT
    return _QUOTE if error.context in _TOKENS else None


def _in_collection(text: Text, error: Any, before: str) -> str | None:
    """The same where a list or a mapping should go on or end; `before` stands before that in its line."""
    at, ended = error.problem_mark.index, before.rstrip()
    if ended.endswith(("'", '"')):
        opened = _opened(text.content, at - len(before), ended)
        return _QUOTE if opened is None else _CLOSE.format(line=text.position(opened).line)
    if error.context in _BLOCKS:
        return None if ended else _INDENT
    begun = error.context_mark.line
    if begun == error.problem_mark.line and text.content[at : at + 1] == ":":
        return _QUOTE
    return f"close the bracket that begins in line {begun + 1}, or write the comma that is missing"


def _opened(content: str, start: int, ended: str) -> int | None:
    """
    Where the quote was opened that closes at the end of `ended`; None where that is in the same line.

    `start` is where that line begins. It is the last line before it with an odd number of such quotes.
    """
    quote = ended[-1]
    odd = ended.count(quote) % 2 == 1
    while odd and (found := content.rfind(quote, 0, start)) >= 0:
        start = content.rfind("\n", 0, found) + 1
        if content.count(quote, start, found + 1) % 2:
            return found
    return None
