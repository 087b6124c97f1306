"""The parts of the page of a review that are read: what changed, why, and what was looked at."""

from collections import Counter
from collections.abc import Iterable, Iterator

from ..reachability.written import listed as in_line
from ..reporting.traces import WORDS
from .changes import MeshChange, clusters
from .connections import by, connections
from .explanations import told_deciders
from .files import FileChanges
from .located import Located
from .markup import Markup, code, joined, listed, names, section, tag
from .postures import PostureChange
from .report import MODELLED, NOT_MODELLED, Review, failing

_MOST_FILES = 200
_MOST_CLUSTERS = 24
_HEADS = ("what", "before", "after", "impact", "place")


def header(located: Located) -> Markup:
    """What the change comes to."""
    review = located.review
    counts: Counter[str] = Counter()
    for row in review.rows:
        counts[row.kind.value] += 1 + row.alike
    told = [f"{count:,} {kind}" for kind, count in counts.items()]
    told += [f"{len(review.postures)} posture"] if review.postures else []
    told += [f"{len(review.changes)} of clusters, services and workloads"] if review.changes else []
    result = tag("strong", review.result, class_=f"result {review.result.replace(' ', '-')}")
    return tag(
        "header",
        tag("h1", "Mesh review: ", review.mesh),
        tag("p", code(review.base), " \u2192 ", code(review.head)),
        tag("p", result, " ", ", ".join(told)),
        *(tag("p", told, ": ", in_line(kind, _MOST_CLUSTERS)) for told, kind in review.told_alike),
    )


def sections(located: Located) -> Iterator[Markup]:
    """Everything before the matrix, the worst first."""
    first = list(_first(located))
    if first:
        yield section("first", "Read this first", *first, class_="alert")
    yield section("connections", "Connections that changed", *connections(located))
    review = located.review
    if review.postures:
        found = [_posture(located, change) for change in review.postures]
        yield section("postures", "Posture", listed(found))
    if changes := list(_changes(located)):
        yield section("changes", "Clusters, services and workloads", *changes)


def rest(located: Located) -> Iterator[Markup]:
    """Everything after the matrix."""
    review = located.review
    if review.objects:
        found = [
            joined((code(cluster), f"{more}: {added} added, {changed} changed, {removed} removed"))
            for (cluster, added, changed, removed), more in review.told_once(review.objects)
        ]
        yield section("objects", "Policy objects", listed(found))
    yield section("files", "Files", *_files(located))
    yield meanings(review)
    yield scope()


def _first(located: Located) -> Iterator[Markup]:
    review = located.review
    if review.incomplete:
        yield tag("p", f"Not every pod could be looked at: {review.incomplete}. Nothing below is complete.")
    if told := located.told_errors:
        yield tag("p", f"{told}, which ", code("meshgen check"), " shows.")
    if located.new_texts:
        yield listed(located.news)
    if located.failed:
        gates = [joined((tag("strong", each.gate), ": ", each.text)) for each in located.failed]
        yield tag("h3", f"Gates that fail ({len(gates)})")
        yield listed(gates)
    if missed := failing(review):
        found = [
            joined((
                code(each.expectation.from_.text), " \u2192 ", code(each.expectation.to.text),
                f" must be {WORDS[each.expectation.is_]} and {each.told}",
                *((" from ", code(each.source), " to ", code(each.target)) if each.is_one_of_many else ()),
                " (",
                code(str(located.head.at(("expect", each.number)))), ")",
            ))
            for each in missed
        ]  # fmt: skip
        yield tag("h3", f"Expectations that fail ({len(found)} of {len(review.outcomes)})")
        yield listed(found)
    if review.refused:
        found = [
            joined((*map(by, told_deciders([each.place], located.head)[0]), ": ", each.reason))
            for each in review.refused
        ]
        yield tag("h3", "Cilium refuses these objects, and none of them is enforced")
        yield listed(found)

    if review.breaking:
        yield tag("h3", "This breaks a running mesh")
        yield table(
            _HEADS, [_change(located, change) for change in review.breaking], "What breaks a running mesh"
        )


def _posture(located: Located, change: PostureChange) -> Markup:
    places = located.head if change.closed else located.base
    closing, more = told_deciders(change.closing, places)
    after = tag("strong", change.after)
    told = (f"{change.direction.value} of ", names(change.names), f": {change.before} \u2192 ", after)
    return joined((*told, ", by ", joined(map(by, closing), ", "), f" and {more} more" if more else ""))


def _changes(located: Located) -> Iterator[Markup]:
    review = located.review
    if review.other_changes:
        lines = [_change(located, change) for change in review.other_changes]
        yield table(_HEADS, lines, "Changes, and what each does to a running mesh")
    if restarts := list(review.restarts.kinds):
        yield tag("h3", "What restarts")
        yield listed(
            joined((f"{impact.value} in {clusters(len(where))}: ", names(where, 100)))
            for impact, where in restarts
        )


def _change(located: Located, change: MeshChange) -> Iterator[str]:
    yield joined((code(change.subject), f": {change.what}"))
    yield change.told_before
    yield change.told_after
    yield joined((tag("strong", change.impact.value), f"{change.reach}; {change.note}"))
    yield code(str(located.head.at(change.at)))


def table(heads: Iterable[str], lines: Iterable[Iterable[str]], caption: str) -> Markup:
    """A table whose first column names its rows."""
    head = tag("tr", *(tag("th", text, scope="col") for text in heads))
    body = [
        tag(
            "tr",
            *(
                tag("td", cell) if number else tag("th", cell, scope="row")
                for number, cell in enumerate(line)
            ),
        )
        for line in lines
    ]
    whole = tag("table", tag("caption", caption), tag("thead", head), tag("tbody", *body))
    return tag("div", whole, class_="wide", tabindex="0", role="group", aria_label=caption)


def _files(located: Located) -> Iterator[Markup]:
    review = located.review
    if review.files is None:
        yield tag("p", f"Files were not compared: {review.no_files}")
        return
    if not review.files:
        yield tag("p", "No file changes.")
    for each, more in review.told_once(review.files):
        counts = f"{more}: {len(each.added)} added, {len(each.changed)} changed, {len(each.removed)} removed"
        head = tag("summary", code(each.cluster or "the mesh"), counts)
        yield tag("details", head, listed(_paths(each)))


def _paths(changes: FileChanges) -> Iterator[Markup]:
    for sign, paths in (("added", changes.added), ("changed", changes.changed), ("removed", changes.removed)):
        yield from (joined((f"{sign} ", code(path))) for path in paths[:_MOST_FILES])
        if len(paths) > _MOST_FILES:
            yield joined((f"{sign}: {len(paths) - _MOST_FILES} more",))


def meanings(review: Review) -> Markup:
    """What policies mean in each cluster; those where that changes first."""
    lines = [
        (
            joined((code(each.cluster), more)),
            each.before or "not in the mesh",
            each.after or "not in the mesh",
        )
        for each, more in review.told_once(
            sorted(review.meanings, key=lambda each: each.before == each.after)
        )
    ]
    told = table(("cluster", "before", "after"), lines, "By the version of Cilium that each cluster runs")
    return section("meanings", "What policies mean", told)


def scope() -> Markup:
    """What the page can be relied on for, and what not."""
    return section(
        "scope", "What this covers, and what not",
        tag("h3", "Covered"), listed(MODELLED), tag("h3", "Not covered"), listed(NOT_MODELLED),
    )  # fmt: skip
