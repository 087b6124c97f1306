"""The rows of a review as HTML, each with the reasons for one flow that shows it."""

from collections.abc import Iterator

from ..engine.comparison import Kind
from ..engine.entries import Direction
from ..reachability.reasons import HalfReason, Reason
from ..reachability.wording import MARKS
from ..reachability.written import listed as in_line
from ..reporting.places import Places
from .explanations import Told, told_deciders, told_text
from .located import Located
from .markup import Markup, code, joined, listed, names, tag
from .rows import Row

MOST_ROWS = 2_000
"""Rows that are listed; of more the number is told."""

ABSENT = "not in the mesh"
_MOST_PORTS = 40


def connections(located: Located) -> Iterator[Markup]:
    """Every row, the worst first, or that there is none."""
    review = located.review
    if not review.rows and not review.incomplete:
        changed = sum(sum(counts) for _, *counts in review.objects)
        yield tag(
            "p",
            f"No change. Policy objects that changed: {changed}; "
            "who reaches whom is the same for every pod there may be.",
        )
    for number, row in enumerate(review.rows[:MOST_ROWS], 1):
        yield _row(located, number, row)
    if len(review.rows) > MOST_ROWS:
        yield tag(
            "p", f"{len(review.rows) - MOST_ROWS:,} more rows are not listed here; --format json has all."
        )


def _row(located: Located, number: int, row: Row) -> Markup:
    gains = row.kind in {Kind.OPENED, Kind.WIDENED}
    head = tag(
        "summary",
        tag("span", MARKS[row.kind], class_=f"mark {row.kind.value}", aria_hidden="true"),
        tag("strong", f" {row.kind.value}", f" {row.risk}" if gains else "", f" {row.scope} "),
        names(row.source_names), " \u2192 ", names(row.target_names), ": ",
        tag("span", ports(row.before)), " \u21d2 ", tag("span", ports(row.after)),
    )  # fmt: skip
    flow = row.flow
    sides = ((flow.before, located.base), (flow.after, located.head))
    present = (_present(flow.before, flow.after), _present(flow.after, flow.before))
    lines = [
        tag(
            "tr",
            tag("th", direction.value, scope="row"),
            *(
                tag("td", half(_of(reason, direction), places) if there else ABSENT)
                for (reason, places), there in zip(sides, present, strict=True)
            ),
        )
        for direction in Direction
    ]
    heads = (tag("th", text, scope="col") for text in ("", "before", "after"))
    caption = tag("caption", code(flow.source), " \u2192 ", code(flow.target), f" at {flow.port}")
    why = tag("table", caption, tag("thead", tag("tr", *heads)), tag("tbody", *lines))
    size = tag("p", f"Stands for {row.size:,} pairs of groups; changed at {ports(row.ports)}{row.likewise}.")
    return tag("details", head, why, size, id=f"row-{number}", class_=f"row {row.kind.value}")


def ports(found: tuple[str, ...]) -> str:
    """Ports in one line; of those that are too many their number is told."""
    return in_line(found, _MOST_PORTS)


def _of(reason: Reason, direction: Direction) -> HalfReason:
    return reason.egress if direction is Direction.EGRESS else reason.ingress


def _present(reason: Reason, other: Reason) -> bool:
    """Whether a side has both ends: a half without a cluster that has one on the other side is not there."""
    halves = ((reason.egress, other.egress), (reason.ingress, other.ingress))
    return all(here.cluster or not there.cluster for here, there in halves)


def half(found: HalfReason, places: Places) -> Markup:
    """One half of a flow: the verdict in words, and by whom."""
    deciders, more = told_deciders(found.deciders, places)
    told = joined((tag("strong", found.verdict.value), f": {told_text(found)}"))
    return joined((told, listed(map(by, deciders)) if deciders else "", f"and {more} more" if more else ""))


def by(decider: Told) -> Markup:
    """An object that decides, and where that is written."""
    place = code(decider["place"])
    return joined((code(decider["name"]), " in ", code(decider["cluster"]), " (", place, ")"))
