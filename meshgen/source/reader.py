"""libyaml's events to data and marks, built side by side within bounds."""

import re
from collections.abc import Iterator
from typing import Any, NoReturn

import yaml
from yaml._yaml import CParser

from ..diagnostics import Problem, shown
from ..location import ROOT
from ..rules.text import DUPLICATE_KEY, UNSUPPORTED_YAML, YAML_SYNTAX
from .marks import ListMarks, MapMarks, Marks, Stretch, bounds, stretch
from .scalars import AmbiguousNumber, AmbiguousText, value_of
from .slips import way_out
from .text import Text, UnreadableSourceError

MAX_NODES = 1_000_000
"""YAML nodes after aliases are expanded: what keeps an expansion bomb from going off."""

MAX_DEPTH = 64

_MOST_DUPLICATES = 2_000

_ANCHOR = re.compile(r"&[0-9A-Za-z_-]+(?:\s|#[^\n]*)*")

_QUOTE_KEYS = "keys are text; write them in quotes where YAML reads them as something else"


class Reader:
    """Reads the one document of a text; `problems` are those that reading went on after."""

    def __init__(self, text: Text) -> None:
        self.problems: list[Problem] = []
        self.has_ambiguous = False
        self._text = text
        self._next: Any = CParser(text.content).get_event
        self._depth = 0
        self._nodes = 0
        self._anchors: dict[str, tuple[Any, Marks, int] | None] = {}

    def document(self) -> tuple[Any, Marks]:
        """
        Data and marks of the document; None where there is none.

        Raises:
            UnreadableSourceError: where reading cannot go on.

        """
        try:
            return self._document()
        except yaml.MarkedYAMLError as error:
            raise self._stop(self._syntax(error)) from None

    def documents(self) -> Iterator[tuple[Any, Marks]]:
        """
        Data and marks of each document of a text.

        Raises:
            UnreadableSourceError: where reading cannot go on.

        """
        try:
            self._next()
            while not isinstance(start := self._next(), yaml.StreamEndEvent):
                self._anchors.clear()
                self._begin(start)
                yield self._node(self._next())
                self._next()
        except yaml.MarkedYAMLError as error:
            raise self._stop(self._syntax(error)) from None

    def _begin(self, start: Any) -> None:
        if start.version == (1, 1):
            self._refuse(start, "the file declares YAML 1.1; it is read as YAML 1.2")

    def _document(self) -> tuple[Any, Marks]:
        self._next()
        first = self._next()
        if isinstance(first, yaml.StreamEndEvent):
            return None, 0
        self._begin(first)
        data, marks = self._node(self._next())
        self._next()
        if not isinstance(after := self._next(), yaml.StreamEndEvent):
            self._refuse(after, "a second document begins here; mesh.yaml is one document")
        return data, marks

    def _syntax(self, error: Any) -> Problem:
        message = " ".join(part for part in (error.context, error.problem) if part)
        # At the end of the text there is nothing to show: point at the last thing written.
        at = min(error.problem_mark.index, max(0, len(self._text.content.rstrip()) - 1))
        problem = self._text.problem_at(YAML_SYNTAX, at, message, help=way_out(self._text, error))
        begun = error.context_mark.index if error.context_mark else at
        if begun >= at:
            return problem
        return problem._replace(related_spans=((self._text.span(begun, begun + 1), "begun here"),))

    def _stop(self, problem: Problem) -> UnreadableSourceError:
        return UnreadableSourceError([*self.problems, problem], self._text)

    def _refuse(self, event: Any, message: str, hint: str | None = None) -> NoReturn:
        start, end = event.start_mark.index, event.end_mark.index
        span = self._text.span(start, self._text.line_end(start, end))
        raise self._stop(UNSUPPORTED_YAML.problem(ROOT, message, help=hint, span=span))

    def _node(self, event: Any) -> tuple[Any, Marks]:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        self._count(event, 1)
        if event.tag is not None:
            self._refuse(event, f"the tag {shown(event.tag)} is not supported", "remove the tag")
        if isinstance(event, yaml.ScalarEvent):
            made = self._scalar(event), self._between(event, event)
            if event.anchor is not None:
                self._anchors[event.anchor] = (*made, 1)
            return made
        return self._collection(event)

    def _scalar(self, event: Any) -> Any:
        if not event.implicit[0]:
            return event.value
        value = value_of(event.value)
        if isinstance(value, AmbiguousText | AmbiguousNumber):
            self.has_ambiguous = True
        return value

    def _between(self, first: Any, last: Any) -> Stretch:
        """From where an event begins, its anchor left out, to where another ends."""
        start, end = first.start_mark.index, last.end_mark.index
        if first.anchor is not None and (anchor := _ANCHOR.match(self._text.content, start, end)):
            start = anchor.end()
        return stretch(start, end)

    def _count(self, event: Any, nodes: int) -> None:
        self._nodes += nodes
        if self._nodes > MAX_NODES:
            self._refuse(event, f"the file has more than {MAX_NODES:,} values, aliases expanded")

    def _alias(self, event: Any) -> tuple[Any, Marks]:
        anchored = self._anchors.get(event.anchor, ())
        if anchored is None:
            self._refuse(event, f"the alias {shown(f'*{event.anchor}')} refers to itself")
        if not anchored:
            self._refuse(event, f"the alias {shown(f'*{event.anchor}')} has no anchor before it")
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

    def _list(self, start: Any) -> tuple[list[Any], ListMarks]:
        items: list[Any] = []
        places: list[Marks] = []
        following = self._next
        while not isinstance(event := following(), yaml.SequenceEndEvent):
            item, place = self._node(event)
            items.append(item)
            places.append(place)
        return items, ListMarks(self._between(start, event), places)

    def _mapping(self, start: Any) -> tuple[dict[str, Any], MapMarks]:
        data: dict[str, Any] = {}
        marks = MapMarks()
        merge = None
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = self._key(event)
            if key in data:
                self._duplicate(key, event, marks.keys[key])
                self._node(self._next())
                continue
            value, place = self._node(self._next())
            data[key] = value
            marks.keys[key] = self._between(event, event)
            marks.values[key] = place
            if key == "<<" and event.implicit[0]:
                merge = event
        if merge is not None:
            self._merge(merge, data, marks)
        marks.at = self._between(start, event)
        return data, marks

    def _merge(self, event: Any, data: dict[str, Any], marks: MapMarks) -> None:
        """Take in what stands behind the key `<<`: the mapping's own keys win, then the first to come."""
        del marks.keys["<<"]
        value, place = data.pop("<<"), marks.values.pop("<<")
        maps, places = (value, place.items) if isinstance(place, ListMarks) else ([value], [place])
        for low, low_marks in zip(maps, places, strict=True):
            if not isinstance(low_marks, MapMarks):
                self._refuse(event, "the merge key << takes a mapping or a list of mappings")
            for key, item in low.items():
                if key not in data:
                    data[key] = item
                    marks.keys[key] = low_marks.keys[key]
                    marks.values[key] = low_marks.values[key]

    def _key(self, event: Any) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            self._refuse(event, "a key must be text here, not an alias, a list or a mapping", _QUOTE_KEYS)
        key, _ = self._node(event)
        if not isinstance(key, str):
            self._refuse(event, f"the key {shown(event.value)} is not text", _QUOTE_KEYS)
        return key

    def _duplicate(self, key: str, again: Any, first: Stretch) -> None:
        span = self._text.span(*bounds(self._between(again, again)))
        if len(self.problems) == _MOST_DUPLICATES:
            message = f"more than {_MOST_DUPLICATES:,} keys are written twice; the rest is left out"
            raise self._stop(DUPLICATE_KEY.problem(ROOT, message, span=span))
        self.problems.append(
            DUPLICATE_KEY.problem(
                ROOT,
                f"the key {shown(key)} is written twice in one mapping",
                help="remove one of the two; YAML readers disagree about which one counts",
                span=span,
                related_spans=((self._text.span(*bounds(first)), "first written here"),),
            )
        )
