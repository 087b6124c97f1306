"""mesh.yaml as bytes to a checked mesh and located diagnostics."""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial
from typing import NamedTuple

from .catalogue import RULES
from .checking import apply_ignores, run_checks
from .checks import CHECKS
from .diagnostics import Diagnostic, Problem, RelatedPlace, Severity
from .location import SourcePath, legible, path_text
from .model import Mesh
from .model.layers import written
from .model.parse import InvalidMeshError, parse
from .redaction import holds_private_key
from .source import Source, Text, UnreadableSourceError, load
from .survey import Survey


class Inspection(NamedTuple):
    """
    What a text turned out to be.

    `text` is there when the bytes are text, `source` when the text is YAML, and `mesh` when the
    YAML has the shape of one; it may be compiled when no diagnostic is an error.
    """

    name: str
    text: Text | None
    diagnostics: tuple[Diagnostic, ...]
    source: Source | None = None
    mesh: Mesh | None = None

    @property
    def sound(self) -> bool:
        """Whether nothing stands against compiling the mesh."""
        return not any(found.severity is Severity.ERROR for found in self.diagnostics)


def inspect(content: bytes, name: str, *, today: date | None = None) -> Inspection:
    """Read, parse and check a mesh.yaml; dates are looked at only when `today` is given."""
    try:
        source = load(content, name)
    except UnreadableSourceError as unreadable:
        found = locate(unreadable.problems, None, name)
        return Inspection(name=name, text=unreadable.text, diagnostics=found)
    try:
        mesh = parse(source)
    except InvalidMeshError as invalid:
        found = locate(invalid.problems, source, name)
        return Inspection(name=name, text=source.text, source=source, diagnostics=found)
    problems = apply_ignores(
        run_checks(CHECKS, Survey(mesh)),
        mesh,
        RULES,
        written=partial(written, source),
        today=today,
    )
    found = locate(problems, source, name)
    return Inspection(name=name, text=source.text, source=source, mesh=mesh, diagnostics=found)


def locate(problems: Iterable[Problem], source: Source | None, name: str) -> tuple[Diagnostic, ...]:
    """The problems with their places in the text, sorted, each said once."""
    found = {_diagnostic(problem, source, name) for problem in problems}
    return tuple(sorted(found, key=lambda diagnostic: diagnostic.sort_key))


def _diagnostic(problem: Problem, source: Source | None, name: str) -> Diagnostic:
    path, span = problem.at, problem.span
    if source is not None and problem.file is None:
        path = written(source, path)
        span = span or source.span(path, on_key=problem.on_key)
    return Diagnostic(
        code=problem.rule.code,
        name=problem.rule.name,
        severity=problem.severity or problem.rule.severity,
        message=_told(problem.message),
        help=_told(problem.help) if problem.help else None,
        file=legible(problem.file or name),
        path=_place(path),
        span=span,
        label=_told(problem.label),
        related=tuple(_related(problem, source)),
    )


def _told(text: str) -> str:
    """A text for people, on one line; findings are kept in logs, where no private key may be."""
    return "not shown, since it holds a private key" if holds_private_key(text) else legible(text)


def _place(path: SourcePath) -> str:
    """A path as text; a key of a mapping can be anything, too."""
    text = path_text(path)
    return "" if holds_private_key(text) else text


def _related(problem: Problem, source: Source | None) -> Iterator[RelatedPlace]:
    for span, message in problem.related_spans:
        yield RelatedPlace(message=_told(message), path="", span=span)
    if source is not None:
        for related in problem.related:
            path = written(source, related.at)
            span = source.span(path, on_key=related.on_key)
            yield RelatedPlace(message=_told(related.message), path=_place(path), span=span)
