"""
One HTML page that needs nothing else: a review, or who reaches whom, with a matrix to look into.

Nothing is fetched, and nothing runs but the page's own script: a policy of the page holds it to that.
"""

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator
from hashlib import sha256
from importlib.resources import files
from typing import Any

from .. import __version__
from ..engine.analysis import Analysis
from ..engine.labels import Bits
from ..location import legible
from ..reachability.scene import Scene
from ..reporting.places import Places
from .explanations import Side, Table
from .located import Located
from .markup import Markup, code, joined, listed, section, tag
from .matrix import MOST_REASONS, Drawn, Sides, matrix
from .report import Review, meaning
from .sections import header, rest, scope, sections, table

_CHANGES = (
    ("+", "opened", "opened: nothing was allowed before"),
    ("-", "cut", "cut: nothing is allowed any more"),
    ("~+", "widened", "changed: more is allowed"),
    ("~-", "narrowed", "changed: less is allowed"),
    ("?", "unknown", "unknown, before or after"),
    ("=", "still-allowed", "allowed, unchanged"),
    (".", "still-denied", "denied, unchanged"),
)
_STATES = (
    ("\u2713", "still-allowed", "allowed, at some port or at all"),
    (".", "still-denied", "denied"),
    ("?", "still-unknown", "unknown"),
)


def render(located: Located) -> str:
    """A review as a page; the same bytes for the same change."""
    review, sides = located.review, located.review.sides
    halves = Table()
    parts = [*sections(located)]
    data: dict[str, Any] = {}
    if sides is not None:
        before = Side(sides.base, sides.before, located.base, halves)
        after = Side(sides.head, sides.after, located.head, halves)
        drawn = matrix(Sides(before, after, review.rows), halves)
        data = drawn.data
        parts.append(_matrix(drawn, _CHANGES, changes=True))
    parts += rest(located)
    return _page(f"Mesh review: {review.mesh}", header(located), parts, data, _evidence(review))


def render_reach(scene: Scene, analysis: Analysis, sources: Bits, targets: Bits, places: Places) -> str:
    """Who of some sources reaches whom of some targets, as a page."""
    halves = Table()
    drawn = matrix(Sides(None, Side(scene, analysis, places, halves)), halves, sources, targets)
    name = scene.mesh.name
    head = tag(
        "header",
        tag("h1", "Who reaches whom: ", name),
        tag("p", f"{sources.bit_count():,} sources, {targets.bit_count():,} targets"),
    )
    found = [(code(cluster), meaning(scene, cluster)) for cluster in scene.directory.names]
    told = table(("cluster", "meaning"), found, "By the version of Cilium that each cluster runs")
    parts = [_matrix(drawn, _STATES, changes=False), section("meanings", "What policies mean", told), scope()]
    return _page(f"Who reaches whom: {name}", head, parts, drawn.data, "")


def _evidence(review: Review) -> str:
    counts = ", ".join(f"{count:,} {name}" for name, count in review.evidence)
    return f"; looked at {counts}" if counts else ""


def _page(title: str, head: Markup, parts: Iterable[Markup], data: dict[str, Any], foot: str) -> str:
    style, script = (Markup(_own(name)) for name in ("page.css", "page.js"))
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    lines = (
        "<!doctype html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        tag("title", title),
        tag("style", style),
        "</head>",
        "<body>",
        tag("a", "Skip to the matrix", href="#matrix", class_="skip") if data else "",
        head,
        tag("main", *parts),
        tag("footer", f"meshgen {__version__}{foot}"),
        tag("script", _embedded(data), type="application/json", id="data"),
        tag("script", script),
        "</body>",
        "</html>",
    )
    return "\n".join(lines) + "\n"


def _own(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    return f"'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'"


def _embedded(data: dict[str, Any]) -> Markup:
    """JSON that no parser of HTML takes for the end of its element."""
    told = json.dumps(_legible(data), separators=(",", ":"))
    return Markup(told.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))


def _legible(data: Any) -> Any:
    match data:
        case str():
            return legible(data)
        case dict():
            return {key: _legible(value) for key, value in data.items()}
        case list() | tuple():
            return [_legible(value) for value in data]
        case _:
            return data


def _matrix(drawn: Drawn, legend: Iterable[tuple[str, str, str]], *, changes: bool) -> Markup:
    """The frame that the script fills: a legend, what to show, the table, and room for an explanation."""
    marks = [
        joined((tag("span", mark, class_=f"mark {kind}", aria_hidden="true"), f" {text}"))
        for mark, kind, text in legend
    ]
    only = tag("input", type="checkbox", id="only-changed")
    controls = [
        tag("label", "From ", tag("input", type="search", id="filter-from", autocomplete="off")),
        tag("label", "To ", tag("input", type="search", id="filter-to", autocomplete="off")),
        tag("label", only, " Only what changed") if changes else Markup(),
        tag("output", id="shown", role="status"),
    ]
    grid = tag(
        "table", id="grid", role="grid", aria_labelledby="matrix-title", aria_describedby="matrix-help"
    )
    panel = tag("section", id="panel", tabindex="-1", hidden="", aria_labelledby="panel-title")
    return section(
        "matrix",
        "Matrix: from the rows to the columns",
        listed(marks, class_="legend"),
        tag("p", *_told(drawn), id="matrix-help"),
        tag("noscript", tag("p", "The matrix needs JavaScript; everything else on this page does not.")),
        tag("div", *controls, class_="controls"),
        tag("div", grid, class_="scroll"),
        panel,
    )


def _told(drawn: Drawn) -> Iterator[str]:
    """How the matrix is used, and what is not in it."""
    yield "Arrow keys, Home, End, Page Up and Page Down move between cells; Enter or a click explains one, "
    yield "Escape comes back."
    for what, axis in (("sources", drawn.leaving), ("targets", drawn.entering)):
        if axis.left_out:
            yield f" {axis.left_out:,} {what} are left out, {axis.changed_left_out:,} of them with changes."
    pairs = len(drawn.leaving.shown) * len(drawn.entering.shown)
    if pairs > MOST_REASONS:
        yield f" {MOST_REASONS:,} of {pairs:,} cells are explained rule by rule, those that changed first; "
        yield "the others name the policies that select either end."
