"""What a run has to say: rules, problems (with paths) and diagnostics (with places)."""

from enum import StrEnum
from typing import Any, NamedTuple

from .location import SourcePath, Span


class Severity(StrEnum):
    """How bad a finding is; only errors stop a build."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Rule(NamedTuple):
    """
    What a code means, independent of any one finding.

    `doc` is Markdown: one sentence, then `## Why it matters` and `## How to fix`.
    """

    code: str
    name: str
    severity: Severity
    doc: str
    ignorable: bool = True

    @property
    def summary(self) -> str:
        """The one sentence that `doc` begins with."""
        return self.doc.strip().partition("\n\n")[0]

    def problem(self, at: SourcePath, message: str, **details: Any) -> "Problem":
        """A problem of this rule; `details` are further fields of `Problem`."""
        return Problem(rule=self, at=at, message=message, **details)


class Related(NamedTuple):
    """A second place that a problem is about: a path into mesh.yaml, or a `span` of another `file`."""

    at: SourcePath
    message: str
    on_key: bool = False
    file: str | None = None
    span: Span | None = None


class Problem(NamedTuple):
    """
    One thing wrong, as the stage that found it says it.

    `at` is a path; only where the text could not be read at all is there a `span` instead.
    `label` is the short text beside the marked place, `on_key` marks the key and not its value.
    `file` names another file than mesh.yaml: of the output (MG7xx), or one of `policy.raw`, whose
    `span` is marked while `at` says where mesh.yaml names it.
    The value, or the key, is not shown where it is `secret`.
    """

    rule: Rule
    at: SourcePath
    message: str
    help: str | None = None
    label: str = ""
    related: tuple[Related, ...] = ()
    severity: Severity | None = None
    on_key: bool = False
    span: Span | None = None
    related_spans: tuple[tuple[Span, str], ...] = ()
    file: str | None = None
    ignorable: bool = True
    secret: bool = False


class RelatedPlace(NamedTuple):
    """A second place of a diagnostic, found in the text of a file."""

    message: str
    path: str
    span: Span
    file: str


class Diagnostic(NamedTuple):
    """
    One finding with its place; `span` is absent only for files that have no text to show.

    What lies in `secret` is not shown, whatever else is found on its lines.
    """

    code: str
    name: str
    severity: Severity
    message: str
    help: str | None
    file: str
    path: str
    span: Span | None
    label: str = ""
    related: tuple[RelatedPlace, ...] = ()
    secret: Span | None = None

    @property
    def sort_key(self) -> tuple[object, ...]:
        """By file, then place, then code, then text: the order of every report."""
        span = self.span or ()
        return (self.file, span, self.code, self.path, self.message)


_LONGEST = 80


def named(text: str) -> str:
    """A name for a message without quotes, unless it is empty: cut where it is long, and on one line."""
    return shown(text)[1:-1] or "''"


def shown(value: object) -> str:
    """A value for a message: quoted if it is text, and cut where it is long."""
    text = repr(value[: _LONGEST + 1]) if isinstance(value, str) else str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 4] + "…" + text[-1]
