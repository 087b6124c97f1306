"""Findings as short lines, so that tests can state code, place and message at once."""

from meshgen.diagnostics import Diagnostic
from meshgen.inspection import inspect


def diagnostics(content: str | bytes) -> tuple[Diagnostic, ...]:
    """What meshgen says about a mesh.yaml."""
    data = content.encode() if isinstance(content, str) else content
    return inspect(data, "mesh.yaml").diagnostics


def placed(content: str | bytes) -> list[str]:
    """Each finding as `MG103 7:9-7:12 clusters[0].id`, both ends of the place included."""
    return [f"{one.code} {where(one)} {one.path}".rstrip() for one in diagnostics(content)]


def where(one: Diagnostic) -> str:
    """The place of a finding, `line:column-line:column`."""
    assert one.span is not None
    (line, column), (end_line, end_column) = one.span
    return f"{line}:{column}-{end_line}:{end_column}"
