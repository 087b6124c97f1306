"""Releases of Cilium's chart by GitOps tools: the values that stand in them, and where others are."""

from collections.abc import Container, Iterator
from typing import Any, NamedTuple

from ..diagnostics import Problem
from ..location import Position, SourcePath, Span
from ..model.layers import value_at
from ..source import Source, UnreadableSourceError
from .parameters import with_parameters
from .reading import entries, mapping, plain, sources, text, texts

KINDS = ("HelmRelease", "Application", "ApplicationSet")

CHART = "cilium"
"""The name of Cilium's chart in its repository."""


class Release(NamedTuple):
    """
    What an object says of a release.

    `values` is None where it has none itself; `version` is the chart's as written, `chart` its name.
    `elsewhere` are the places of values that are not in the object, `unread` what else is not taken.
    """

    values: Any
    version: str
    chart: str
    elsewhere: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


def read_release(source: Source, beside: Container[str]) -> Release:
    """
    The release that an object describes; `beside` are the names of files that are read anyway.

    Source: helm.toolkit.fluxcd.io/v2, spec.values and spec.valuesFrom; argoproj.io/v1alpha1, spec.source and
    spec.sources, of which the second counts where it is, and helm.valuesObject counts before helm.values.

    Raises:
        UnreadableSourceError: for values that stand as text in the object, with the place in the file.

    """
    document = plain(source)
    if text(document, "kind") == "HelmRelease":
        return _of_flux(document, beside)
    return _of_argo(source, document, beside)


def _of_flux(document: Any, beside: Container[str]) -> Release:
    chart = mapping(document, "spec", "chart", "spec")
    elsewhere = [
        f"{text(one, 'kind')} {text(one, 'name')}"
        for one in entries(document, "spec", "valuesFrom")
        if (text(one, "valuesKey") or "values.yaml") not in beside
    ]
    values = value_at(document, "spec", "values")
    return Release(values, text(chart, "version"), text(chart, "chart"), tuple(elsewhere))


def _of_argo(source: Source, document: Any, beside: Container[str]) -> Release:
    at: SourcePath = ("spec",) if text(document, "kind") == "Application" else ("spec", "template", "spec")
    path = next(_sources(document, at), (*at, "source"))
    one = value_at(document, *path)
    helm = mapping(one, "helm")
    values, unread = value_at(helm, "valuesObject"), []
    if values is None and text(helm, "values"):
        values, *more = _inside(source, (*path, "helm", "values")) or [None]
        if more:
            unread.append(f"{len(more)} of the documents in helm.values, of which Helm takes the first,")
    if parameters := entries(helm, "parameters"):
        values, odd = with_parameters(values if isinstance(values, dict) else {}, parameters)
        unread += [f"the parameter {name}" for name in odd]
    unread += [f"the file of parameter {text(one, 'name')}" for one in entries(helm, "fileParameters")]
    return Release(
        values,
        text(one, "targetRevision"),
        text(one, "chart"),
        tuple(file for file in texts(helm.get("valueFiles")) if file.rpartition("/")[2] not in beside),
        tuple(unread),
    )


def _sources(document: Any, at: SourcePath) -> Iterator[SourcePath]:
    """Where a source of the chart may be, the likeliest first."""
    listed = value_at(document, *at, "sources")
    found = [(*at, "sources", index) for index in range(len(listed) if isinstance(listed, list) else 0)]
    yield from (path for path in found if text(value_at(document, *path), "chart") == CHART)
    yield from (path for path in found if mapping(value_at(document, *path), "helm"))


def _inside(source: Source, path: SourcePath) -> list[Any]:
    """The documents in a text of a document."""
    written: str = value_at(source.data, *path)
    try:
        return [plain(one) for one in sources(written.encode(), source.name)]
    except UnreadableSourceError as error:
        found = [_moved(problem, error, source, path) for problem in error.problems]
        raise UnreadableSourceError(found, source.text) from None


def _moved(problem: Problem, error: UnreadableSourceError, source: Source, path: SourcePath) -> Problem:
    """A problem of a text with its place in the file around it: a block has line for line of the text."""
    start, end = source.extent(path)
    header = source.text.position(start)
    span = source.text.span(start, source.text.line_end(start, end))
    if error.text and problem.span and source.raw(path).startswith("|"):
        inner, outer = error.text.lines, source.text.lines
        span = Span(*(_outer(place, header.line, inner, outer) for place in problem.span))
    return problem._replace(span=span, related_spans=())


def _outer(place: Position, header: int, inner: list[str], outer: list[str]) -> Position:
    number = min(header + place.line, len(outer))
    return Position(number, place.column + len(outer[number - 1]) - len(inner[place.line - 1]))
