"""mesh.yaml as bytes: its plain data and where each part of it was written, or MG0xx problems."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NoReturn

import yaml
from yaml._yaml import CParser

from .diagnostics import Problem, Rule
from .location import ROOT, Position, SourcePath, Span
from .rules.text import DUPLICATE_KEY, UNSUPPORTED_YAML, UNUSABLE_FILE, YAML_SYNTAX

MAX_BYTES = 16 * 1024 * 1024
"""A mesh of 511 clusters with 1,000 nodes each is half of this."""

MAX_NODES = 1_000_000
"""YAML nodes after aliases are expanded: what keeps an expansion bomb from going off."""

MAX_DEPTH = 64

# https://yaml.org/spec/1.2.2/#51-character-set; libyaml reports these without a line.
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# https://yaml.org/spec/1.2.2/#103-core-schema
_INTEGER = re.compile(r"[-+]?[0-9]{1,4000}|0o[0-7]{1,4000}|0x[0-9a-fA-F]{1,1000}")
_FLOAT = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
_CONSTANTS: dict[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_NUMBER_START = frozenset("0123456789+-.")

# Words that a YAML 1.1 reader (kubectl, PyYAML) takes for a boolean: https://yaml.org/type/bool.html
_BOOLEAN_11 = frozenset(
    form for word in ("y", "n", "yes", "no", "on", "off") for form in (word, word.capitalize(), word.upper())
)
_OCTAL_11 = re.compile(r"[-+]?0[0-9]+")

Marks = Any
"""A packed `start << 32 | end` for a scalar, else `MapMarks` or `SequenceMarks`."""


class AmbiguousText(str):
    """A plain scalar that YAML 1.2 reads as text and YAML 1.1 as a boolean."""

    __slots__ = ()


class AmbiguousNumber(int):
    """A plain scalar that YAML 1.2 reads as decimal and YAML 1.1 as octal."""


@dataclass(slots=True)
class MapMarks:
    """Where a mapping, its keys and its values stand; `merged` are the maps behind `<<`."""

    at: int
    keys: dict[str, int] = field(default_factory=dict)
    values: dict[str, Marks] = field(default_factory=dict)
    merged: list["MapMarks"] = field(default_factory=list)

    def find(self, key: str) -> "tuple[int, Marks] | None":
        """The places of a key and its value, looking through merged maps."""
        if key in self.keys:
            return self.keys[key], self.values[key]
        return next((found for low in self.merged if (found := low.find(key))), None)


@dataclass(slots=True)
class SequenceMarks:
    """Where a sequence and its items stand."""

    at: int
    items: list[Marks] = field(default_factory=list)


@dataclass(frozen=True)
class Source:
    """A text that could be read: `data` is plain (dict, list, str, int, float, bool, None)."""

    name: str
    text: str
    data: Any
    marks: Marks
    has_ambiguous: bool

    def contains(self, path: SourcePath) -> bool:
        """Whether something is written at this very path."""
        return self._walk(path)[1] == len(path)

    def span(self, path: SourcePath, *, on_key: bool = False) -> Span:
        """
        The span of the value at a path, or of the nearest thing around it that was written.

        A value that is a whole block stands for by its key, since a block has no clear end;
        a block without a key by its first line.
        """
        trail, depth = self._walk(path)
        key, marks = trail[-1]
        if key is not None and (on_key or depth < len(path) or self._is_block(marks)):
            return self._unpack(key)
        return self._unpack(self._first_line(marks))

    def raw(self, path: SourcePath) -> str:
        """The text of the value at a path, as it was written."""
        marks = self._walk(path)[0][-1][1]
        packed = _position_of(marks)
        return self.text[packed >> 32 : packed & 0xFFFFFFFF]

    def ambiguous(self) -> Iterator[tuple[SourcePath, Any]]:
        """Paths and values of plain scalars that YAML 1.1 and 1.2 read differently."""
        if self.has_ambiguous:
            yield from _ambiguous(self.data, ROOT)

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer(r"\r\n|\n|\r", self.text))]

    @cached_property
    def lines(self) -> list[str]:
        """The text by lines, without their ends."""
        return re.split(r"\r\n|\n|\r", self.text)

    def position(self, offset: int) -> Position:
        """The line and column of an offset into the text."""
        line = bisect_right(self._line_starts, offset)
        return Position(line, offset - self._line_starts[line - 1] + 1)

    def _walk(self, path: SourcePath) -> tuple[list[tuple[int | None, Marks]], int]:
        trail: list[tuple[int | None, Marks]] = [(None, self.marks)]
        for depth, step in enumerate(path):
            marks = trail[-1][1]
            if isinstance(step, str) and isinstance(marks, MapMarks) and (hit := marks.find(step)):
                trail.append(hit)
            elif isinstance(step, int) and isinstance(marks, SequenceMarks) and step < len(marks.items):
                trail.append((None, marks.items[step]))
            else:
                return trail, depth
        return trail, len(path)

    def _is_block(self, marks: Marks) -> bool:
        packed = _position_of(marks)
        return "\n" in self.text[packed >> 32 : packed & 0xFFFFFFFF]

    def _first_line(self, marks: Marks) -> int:
        if isinstance(marks, MapMarks) and self._is_block(marks) and marks.keys:
            return min(marks.keys.values())
        packed = _position_of(marks)
        start, end = packed >> 32, packed & 0xFFFFFFFF
        line_end = self.text.find("\n", start, end)
        return packed if line_end < 0 else start << 32 | line_end

    def _unpack(self, packed: int) -> Span:
        return Span(self.position(packed >> 32), self.position(packed & 0xFFFFFFFF))


class UnreadableSourceError(Exception):
    """The text cannot be used; carries its problems."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("unreadable source")
        self.problems = problems


def load(content: bytes, name: str) -> Source:
    """
    Read a mesh.yaml.

    Raises:
        UnreadableSourceError: with MG0xx problems; every duplicate key is among them.

    """
    text = _decode(content)
    reader = _Reader(text)
    data, marks = reader.document()
    if reader.problems:
        raise UnreadableSourceError(reader.problems)
    if data is None:
        raise UnreadableSourceError([_unusable("the file is empty")])
    return Source(name, text, data, marks, reader.has_ambiguous)


def _decode(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise UnreadableSourceError(
            [_unusable(f"the file has {len(content):,} bytes; at most {MAX_BYTES:,} are read")]
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        lines = content[: error.start].count(b"\n") + 1
        message = f"the file is not UTF-8: byte 0x{content[error.start]:02x} in line {lines}"
        raise UnreadableSourceError([_unusable(message)]) from None
    if match := _UNPRINTABLE.search(text):
        message = f"the control character U+{ord(match[0]):04X} is not allowed in YAML"
        raise UnreadableSourceError([_at_offset(YAML_SYNTAX, text, message, match.start())])
    return text


def _unusable(message: str) -> Problem:
    start = Position(1, 1)
    return UNUSABLE_FILE.problem(ROOT, message, span=Span(start, start))


def _span(text: str, start: int, end: int) -> Span:
    view = Source("", text, None, 0, has_ambiguous=False)
    return Span(view.position(start), view.position(max(start, end)))


def _at_offset(rule: Rule, text: str, message: str, start: int, end: int | None = None) -> Problem:
    stop = min(start + 1, len(text)) if end is None else end
    return rule.problem(ROOT, message, span=_span(text, start, stop))


def _position_of(marks: Marks) -> int:
    return marks if isinstance(marks, int) else int(marks.at)


def _ambiguous(value: Any, path: SourcePath) -> Iterator[tuple[SourcePath, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _ambiguous(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _ambiguous(item, (*path, index))
    elif isinstance(value, AmbiguousText | AmbiguousNumber):
        yield path, value


def _pack(event: Any) -> int:
    return _around(event, event)


def _around(first: Any, last: Any) -> int:
    return int(first.start_mark.index << 32 | last.end_mark.index)


class _Reader:
    """Builds data and marks side by side from libyaml's events."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.problems: list[Problem] = []
        self.has_ambiguous = False
        self._next: Callable[[], Any] = CParser(text).get_event
        self._depth = 0
        self._nodes = 0
        self._anchors: dict[str, tuple[Any, Marks, int] | None] = {}

    def document(self) -> tuple[Any, Marks]:
        """
        The one document of the text.

        Raises:
            UnreadableSourceError: where reading cannot go on.

        """
        try:
            self._next()
            first = self._next()
            if isinstance(first, yaml.StreamEndEvent):
                return None, 0
            if first.version == (1, 1):
                self._refuse(first, "the file declares YAML 1.1; it is read as YAML 1.2")
            data, marks = self._node(self._next())
            self._next()
            if not isinstance(after := self._next(), yaml.StreamEndEvent):
                self._refuse(after, "a second document begins here; mesh.yaml is one document")
        except yaml.MarkedYAMLError as error:
            mark: Any = error.problem_mark or error.context_mark
            message = " ".join(part for part in (error.context, error.problem) if part)
            begun = error.context_mark
            raise self._stop(
                self._syntax(message, mark.index, begun.index if begun else mark.index)
            ) from None
        except (yaml.YAMLError, UnicodeError) as error:
            raise self._stop(_at_offset(YAML_SYNTAX, self.text, str(error), 0)) from None
        return data, marks

    def _syntax(self, message: str, at: int, begun: int) -> Problem:
        # At the end of the text there is nothing to show: point at the last thing written.
        at = min(at, max(0, len(self.text.rstrip()) - 1))
        problem = _at_offset(YAML_SYNTAX, self.text, message, at)
        if begun >= at:
            return problem
        return replace(problem, related_spans=((_span(self.text, begun, begun + 1), "begun here"),))

    def _stop(self, problem: Problem) -> UnreadableSourceError:
        return UnreadableSourceError([*self.problems, problem])

    def _refuse(self, event: Any, message: str, hint: str | None = None) -> NoReturn:
        start, end = event.start_mark.index, event.end_mark.index
        newline = self.text.find("\n", start, end)
        span = _span(self.text, start, end if newline < 0 else newline)
        raise self._stop(UNSUPPORTED_YAML.problem(ROOT, message, help=hint, span=span))

    def _node(self, event: Any) -> tuple[Any, Marks]:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        self._count(event, 1)
        if event.tag is not None:
            self._refuse(event, f"the tag {event.tag!r} is not supported", "remove the tag")
        if isinstance(event, yaml.ScalarEvent):
            made = self._scalar(event), _pack(event)
            if event.anchor is not None:
                self._anchors[event.anchor] = (*made, 1)
            return made
        return self._collection(event)

    def _count(self, event: Any, nodes: int) -> None:
        self._nodes += nodes
        if self._nodes > MAX_NODES:
            self._refuse(event, f"the file has more than {MAX_NODES:,} values, aliases expanded")

    def _alias(self, event: Any) -> tuple[Any, Marks]:
        anchored = self._anchors.get(event.anchor, ())
        if anchored is None:
            self._refuse(event, f"the alias *{event.anchor} refers to itself")
        if not anchored:
            self._refuse(event, f"the alias *{event.anchor} has no anchor before it")
        data, marks, nodes = anchored
        self._count(event, nodes)
        return data, marks

    def _collection(self, event: Any) -> tuple[Any, Marks]:
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        self._depth += 1
        if self._depth > MAX_DEPTH:
            self._refuse(event, f"the file is nested more than {MAX_DEPTH} levels deep")
        before = self._nodes
        made = self._mapping(event) if isinstance(event, yaml.MappingStartEvent) else self._list(event)
        self._depth -= 1
        if event.anchor is not None:
            self._anchors[event.anchor] = (*made, self._nodes - before + 1)
        return made

    def _list(self, start: Any) -> tuple[list[Any], SequenceMarks]:
        items: list[Any] = []
        places: list[Marks] = []
        following = self._next
        while not isinstance(event := following(), yaml.SequenceEndEvent):
            item, place = self._node(event)
            items.append(item)
            places.append(place)
        return items, SequenceMarks(_around(start, event), places)

    def _mapping(self, start: Any) -> tuple[dict[str, Any], MapMarks]:
        data: dict[str, Any] = {}
        marks = MapMarks(0)
        merges: list[dict[str, Any]] = []
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = self._key(event)
            value, place = self._node(self._next())
            if key == "<<" and event.implicit[0]:
                self._merge(event, value, place, merges, marks)
            elif key in data:
                self._duplicate(key, _pack(event), marks.keys[key])
            else:
                data[key] = value
                marks.keys[key] = _pack(event)
                marks.values[key] = place
        for low in merges:
            data = {**low, **data}
        marks.at = _around(start, event)
        return data, marks

    def _merge(
        self, event: Any, value: Any, place: Marks, merges: list[dict[str, Any]], marks: MapMarks
    ) -> None:
        maps, places = (value, place.items) if isinstance(value, list) else ([value], [place])
        for low, low_marks in zip(maps, places, strict=True):
            if not isinstance(low, dict):
                self._refuse(event, "the merge key << takes a mapping or a list of mappings")
            merges.append(low)
            marks.merged.append(low_marks)

    def _key(self, event: Any) -> str:
        hint = "keys are text; write them in quotes where YAML reads them as something else"
        if not isinstance(event, yaml.ScalarEvent):
            self._refuse(event, "a key must be text here, not an alias, a list or a mapping", hint)
        key, _ = self._node(event)
        if not isinstance(key, str):
            self._refuse(event, f"the key {event.value!r} is not text", hint)
        return str(key)

    def _duplicate(self, key: str, again: int, first: int) -> None:
        shown = _span(self.text, again >> 32, again & 0xFFFFFFFF)
        other = _span(self.text, first >> 32, first & 0xFFFFFFFF)
        self.problems.append(
            DUPLICATE_KEY.problem(
                ROOT,
                f"the key {key!r} is written twice in one mapping",
                help="remove one of the two; YAML readers disagree about which one counts",
                span=shown,
                related_spans=((other, "first written here"),),
            )
        )

    def _scalar(self, event: Any) -> Any:
        text: str = event.value
        if not event.implicit[0]:
            return text
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        if text[0] in _NUMBER_START:
            return self._number(text)
        if text in _BOOLEAN_11:
            self.has_ambiguous = True
            return AmbiguousText(text)
        return text

    def _number(self, text: str) -> Any:
        if _INTEGER.fullmatch(text):
            if _OCTAL_11.fullmatch(text):
                self.has_ambiguous = True
                return AmbiguousNumber(text)
            return int(text, 0) if text.startswith("0") and len(text) > 1 else int(text)
        return float(text) if _FLOAT.fullmatch(text) else text
