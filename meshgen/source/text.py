"""Bytes to text, and its characters by offset, line and column."""

import re
from functools import cached_property

from ..diagnostics import Problem, Rule
from ..location import ROOT, Position, Span
from ..rules.text import UNSUPPORTED_YAML, UNUSABLE_FILE, YAML_SYNTAX

MAX_BYTES = 16 * 1024 * 1024
"""A mesh of 511 clusters with 1,000 nodes each is half of this."""

_BLOCK = 4096

# What https://yaml.org/spec/1.2.2/#51-character-set leaves out, and a byte order mark inside the text.
# NOTE: written as what is refused; as what is allowed it takes ten times as long to compile.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")

# NOTE: YAML 1.1, and so libyaml, ends lines and comments at these; YAML 1.2 and editors do not.
# What a reviewer sees as a comment would be read as data.
_LINE_END_11 = re.compile("[\x85\u2028\u2029]")


class Text:
    """
    The text of a file; offsets count characters from 0, lines and columns from 1.

    Lines end with LF, however they end in the file: YAML reads every line end as that.
    """

    def __init__(self, content: str) -> None:
        self.content = content.replace("\r\n", "\n").replace("\r", "\n")

    @cached_property
    def lines(self) -> list[str]:
        """The text by lines, without their ends."""
        return self.content.split("\n")

    # NOTE: places are looked up block by block: a list of all line starts is many times as large as
    # a text of empty lines, and a search for the end of a line may pass megabytes.

    @cached_property
    def _before(self) -> list[tuple[int, int]]:
        """For each block, how many lines end before it, and where the line that it begins in starts."""
        blocks, ended, start = [], 0, 0
        for first in range(0, len(self.content) + 1, _BLOCK):
            blocks.append((ended, start))
            ended += self.content.count("\n", first, first + _BLOCK)
            start = self.content.rfind("\n", first, first + _BLOCK) + 1 or start
        return blocks

    @cached_property
    def _after(self) -> list[int]:
        """For each block, the first line end that comes after it."""
        blocks, end = [], len(self.content)
        for first in range(len(self.content) // _BLOCK * _BLOCK, -1, -_BLOCK):
            blocks.append(end)
            found = self.content.find("\n", first, first + _BLOCK)
            end = end if found < 0 else found
        return blocks[::-1]

    def position(self, offset: int) -> Position:
        """The line and column of an offset."""
        block = offset // _BLOCK
        ended, start = self._before[block]
        ended += self.content.count("\n", block * _BLOCK, offset)
        start = self.content.rfind("\n", block * _BLOCK, offset) + 1 or start
        return Position(ended + 1, offset - start + 1)

    def line_end(self, start: int, end: int) -> int:
        """Where the line of `start` ends, or `end` if that comes first."""
        block = start // _BLOCK
        found = self.content.find("\n", start, (block + 1) * _BLOCK)
        return min(self._after[block] if found < 0 else found, end)

    def span(self, start: int, end: int) -> Span:
        """The stretch from one offset to another."""
        return Span(self.position(start), self.position(end))

    def problem_at(self, rule: Rule, offset: int, message: str, **details: object) -> Problem:
        """A problem with the one character at an offset."""
        span = self.span(offset, min(offset + 1, len(self.content)))
        return rule.problem(ROOT, message, span=span, **details)


class UnreadableSourceError(Exception):
    """The file cannot be used; carries its problems, and its text if there is one."""

    def __init__(self, problems: list[Problem], text: Text | None = None) -> None:
        super().__init__("unreadable source")
        self.problems = problems
        self.text = text


def decode(content: bytes) -> Text:
    """
    The text of a file.

    Raises:
        UnreadableSourceError: when it is too large, not UTF-8, or holds characters that YAML does not.

    """
    if len(content) > MAX_BYTES:
        message = f"the file has {len(content):,} bytes; at most {MAX_BYTES:,} are read"
        raise UnreadableSourceError([unusable(message)])
    try:
        text = Text(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        message = f"the file is not UTF-8: byte 0x{content[error.start]:02x} in line {line}"
        raise UnreadableSourceError([unusable(message)]) from None
    if match := _UNPRINTABLE.search(text.content):
        message = f"the character U+{ord(match[0]):04X} is not allowed in YAML"
        raise UnreadableSourceError([text.problem_at(YAML_SYNTAX, match.start(), message)], text)
    if match := _LINE_END_11.search(text.content):
        message = f"the character U+{ord(match[0]):04X} ends a line in YAML 1.1, and does not in YAML 1.2"
        way_out = f'write it as an escape, in double quotes: "\\u{ord(match[0]):04X}"'
        problem = text.problem_at(UNSUPPORTED_YAML, match.start(), message, help=way_out)
        raise UnreadableSourceError([problem], text)
    return text


def unusable(message: str) -> Problem:
    """The problem of a file that has nothing to show."""
    start = Position(1, 1)
    return UNUSABLE_FILE.problem(ROOT, message, span=Span(start, start))
