"""Who can reach whom as rows of text: for a terminal, as Markdown, CSV and DOT."""

import csv
import io
from collections.abc import Iterator

from ...location import legible
from ...reachability.reach import Reach, ReachRow
from ..markup import code

_MOST_NAMES = 12
_MOST_EDGES = 500


def text(reach: Reach) -> str:
    """Rows for a terminal; the last line counts."""
    lines = [line for row in reach.rows for line in _lines(row)]
    count = len(reach.rows)
    return "\n".join([*lines, f"{reach.mesh}: {count} rows; what stands in none is denied"]) + "\n"


def _lines(row: ReachRow) -> Iterator[str]:
    yield legible(f"{_names(row.source_names)} -> {_names(row.target_names)}: {', '.join(row.ports)}")
    for doubt in row.doubts:
        yield legible(f"    not known: {doubt}")


def _names(names: tuple[str, ...]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def markdown(reach: Reach) -> str:
    """A table in Markdown."""
    rows = [
        f"| {', '.join(map(code, row.source_names[:_MOST_NAMES]))}{_more(row.source_names)} "
        f"| {', '.join(map(code, row.target_names[:_MOST_NAMES]))}{_more(row.target_names)} "
        f"| {', '.join(map(code, row.ports))} |"
        for row in reach.rows
    ]
    return "\n".join(["| from | to | ports |", "|--|--|--|", *rows]) + "\n"


def _more(names: tuple[str, ...]) -> str:
    more = len(names) - _MOST_NAMES
    return f" and {more} more" if more > 0 else ""


def comma_separated(reach: Reach) -> str:
    """CSV with a header; several names in one cell are separated by a space."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["from", "to", "ports", "known"])
    for row in reach.rows:
        known = "no" if row.doubts else "yes"
        writer.writerow([_cell(row.source_names), _cell(row.target_names), _cell(row.ports), known])
    return out.getvalue()


def _cell(values: tuple[str, ...]) -> str:
    """
    Values in one cell.

    NOTE: a spreadsheet takes a cell that begins with one of =+-@ for a formula.
    """
    text = "; ".join(values)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@"} else text


def dot(reach: Reach) -> str:
    """A graph for Graphviz: an edge for each pair of groups in a row."""
    lines = [
        f"  {_quoted(source)} -> {_quoted(target)} [label={_quoted(', '.join(row.ports))}];"
        for row in reach.rows
        for source in row.source_names
        for target in row.target_names
    ]
    more = len(lines) - _MOST_EDGES
    left_out = [f"  // {more} edges are left out: no drawing would show them"] if more > 0 else []
    return "\n".join(["digraph mesh {", "  rankdir=LR;", *lines[:_MOST_EDGES], *left_out, "}"]) + "\n"


def _quoted(text: str) -> str:
    escaped = legible(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
