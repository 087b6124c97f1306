"""A mesh.yaml that could be read, and where each of its parts stands."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from ..location import ROOT, SourcePath, Span
from .marks import ListMarks, MapMarks, Marks, Stretch, bounds, place
from .reader import Reader
from .scalars import AmbiguousNumber, AmbiguousText
from .text import Text, UnreadableSourceError, decode, unusable


class Source(NamedTuple):
    """A text that could be read: `data` is plain (dict, list, str, int, float, bool, None)."""

    name: str
    text: Text
    data: Any
    marks: Marks
    has_ambiguous: bool

    def contains(self, path: SourcePath) -> bool:
        """Whether something is written at this very path."""
        return len(self._walk(path)) > len(path)

    def span(self, path: SourcePath, *, on_key: bool = False) -> Span:
        """
        The span of the value at a path, or of the nearest thing around it that was written.

        A value that is a whole block stands for by its key, since a block has no clear end;
        a block without a key by its first line.
        """
        trail = self._walk(path)
        key, marks = trail[-1]
        if key is not None and (on_key or len(trail) <= len(path) or self._is_block(marks)):
            return self.text.span(*bounds(key))
        return self.text.span(*self._first_line(marks))

    def extent(self, path: SourcePath) -> tuple[int, int]:
        """The offsets between which the value at a path, or the nearest around it, was written."""
        return place(self._walk(path)[-1][1])

    def raw(self, path: SourcePath) -> str:
        """The text of the value at a path, as it was written."""
        start, end = self.extent(path)
        return self.text.content[start:end]

    def ambiguous(self) -> Iterator[tuple[SourcePath, AmbiguousText | AmbiguousNumber, bool]]:
        """
        The plain scalars that YAML 1.1 and 1.2 read differently, each once however often it is aliased.

        Each with its path, and whether it is the key there and not the value.
        """
        if self.has_ambiguous:
            yield from _ambiguous(self.data, ROOT, set())

    def _walk(self, path: SourcePath) -> list[tuple[Stretch | None, Marks]]:
        """Key and value at each step of a path, from the root down to the last that is written."""
        trail: list[tuple[Stretch | None, Marks]] = [(None, self.marks)]
        for step in path:
            marks = trail[-1][1]
            if isinstance(step, str) and isinstance(marks, MapMarks) and step in marks.keys:
                trail.append((marks.keys[step], marks.values[step]))
            elif isinstance(step, int) and isinstance(marks, ListMarks) and step < len(marks.items):
                trail.append((None, marks.items[step]))
            else:
                break
        return trail

    def _is_block(self, marks: Marks) -> bool:
        start, end = place(marks)
        return self.text.line_end(start, end) < end

    def _first_line(self, marks: Marks) -> tuple[int, int]:
        start, end = place(marks)
        if isinstance(marks, MapMarks) and self._is_block(marks) and marks.keys:
            first = bounds(next(iter(marks.keys.values())))
            if start <= first[0] < end:
                return first
        return start, self.text.line_end(start, end)


def _ambiguous(
    value: Any, path: SourcePath, seen: set[int]
) -> Iterator[tuple[SourcePath, AmbiguousText | AmbiguousNumber, bool]]:
    if not isinstance(value, dict | list | AmbiguousText | AmbiguousNumber) or id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, dict):
        for key, item in value.items():
            at = (*path, key)
            if isinstance(key, AmbiguousText) and id(key) not in seen:
                seen.add(id(key))
                yield at, key, True
            yield from _ambiguous(item, at, seen)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _ambiguous(item, (*path, index), seen)
    else:
        yield path, value, False


def load(content: bytes, name: str) -> Source:
    """
    Read a mesh.yaml.

    Raises:
        UnreadableSourceError: with MG0xx problems; every duplicate key is among them.

    """
    text = decode(content)
    reader = Reader(text)
    data, marks = reader.document()
    if reader.problems:
        raise UnreadableSourceError(reader.problems, text)
    if data is None:
        raise UnreadableSourceError([unusable("the file is empty")])
    return Source(name, text, data, marks, reader.has_ambiguous)


def load_all(content: bytes, name: str) -> tuple[Source, ...]:
    """
    Read a file of several documents; empty ones are left out.

    Raises:
        UnreadableSourceError: with MG0xx problems.

    """
    text = decode(content)
    reader = Reader(text)
    sources = []
    for data, marks in reader.documents():
        if data is not None:
            sources.append(Source(name, text, data, marks, reader.has_ambiguous))
    if reader.problems:
        raise UnreadableSourceError(reader.problems, text)
    return tuple(sources)
