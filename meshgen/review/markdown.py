"""A review as a comment on a pull request: worst first, and never longer than what may be posted."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from .. import __version__
from ..reporting.markup import code, plain
from ..reporting.traces import WORDS
from .changes import MeshChange, clusters, counted
from .located import Located
from .markdown_rows import table, told_half, told_names, told_ports
from .report import MODELLED, NOT_MODELLED, Review, failing

LONGEST = 60_000
"""Characters of a comment; GitHub takes 65,536."""

_LIST = 2_500
"""Characters of each of the lists beside it, of which there are at most ten."""

_MOST_DETAILS = 12
_MOST_CLUSTERS = 24


def render(located: Located) -> str:
    """The review as Markdown, at most `LONGEST` characters."""
    review = located.review
    parts = [_title(review), *_first(located), *_table(located), *_rest(located)]
    # NOTE: every part has a budget of its own, so that the whole fits without looking at it again.
    return "\n\n".join([*parts, *_details(located), _foot(review)]) + "\n"


def marker(review: Review) -> str:
    """The line by which a comment is found again."""
    return f"<!-- meshgen:review mesh={re.sub('[^A-Za-z0-9_.-]', '', review.mesh)} -->"


def _title(review: Review) -> str:
    counts: dict[str, int] = defaultdict(int)
    for row in review.rows:
        counts[row.kind.value] += 1 + row.alike
    counts["posture changed"] = len(review.postures)
    told = [f"{count} {what}" for what, count in counts.items() if count]
    told += [counted(len(review.changes), "change") + " of the mesh"] if review.changes else []
    result = review.result.upper() if review.result != "no change" else "no change"
    counts_told = f" ({', '.join(told)})" if told else ""
    return (
        f"{marker(review)}\n### Mesh review: {code(review.mesh)}: {result}{counts_told}\n"
        f"{code(review.base)} → {code(review.head)}"
    )


def _first(located: Located) -> Iterator[str]:
    """What must be read before all else: gates, what could not be looked at, refused objects."""
    review = located.review
    if review.incomplete:
        yield f"**Not every pod could be looked at**: {plain(review.incomplete)}. Nothing below is complete."
    if told := located.told_errors:
        news = [f"- {plain(text)}" for text in located.news]
        yield f"**Checks**: {told}, which `meshgen check` shows" + "".join(f"\n{line}" for line in news)
    if located.failed:
        lines = [f"- **{each.gate}**: {code(each.text)}" for each in located.failed]
        yield f"**Gates that fail** ({len(lines)})\n" + _lines(lines)
    if review.refused:
        lines = [
            f"- {code(each.place.object_name)} in {code(each.place.cluster)} "
            f"({code(str(located.head.of(each.place)))}): {plain(each.reason)}"
            for each in review.refused
        ]
        yield "**Cilium refuses these objects, and none of them is enforced**\n" + _lines(lines)
    if missed := failing(review):
        lines = [
            f"- {code(each.expectation.from_.text)} → {code(each.expectation.to.text)} must be "
            f"{WORDS[each.expectation.is_]} and {plain(each.told)}"
            + (f" from {code(each.source)} to {code(each.target)}" if each.is_one_of_many else "")
            + f" ({code(str(located.head.at(('expect', each.number))))})"
            for each in missed
        ]
        yield f"**Expectations that fail** ({len(missed)} of {len(review.outcomes)})\n" + _lines(lines)
    if review.breaking:
        lines = [_change(located, each) for each in review.breaking]
        yield "**This breaks a running mesh**\n" + _lines(lines)


def _lines(lines: list[str]) -> str:
    """Lines up to the budget of a list, and how many are left out."""
    kept: list[str] = []
    left = _LIST
    for line in lines:
        left -= len(line) + 1
        if left < 0:
            break
        kept.append(line)
    more = len(lines) - len(kept)
    return "\n".join([*kept, *([f"- and {more} more"] if more else [])])


def _table(located: Located) -> Iterator[str]:
    review = located.review
    if not review.rows:
        if not review.incomplete:
            changed = sum(sum(counts) for _, *counts in review.objects)
            yield (
                f"Connections: no change. Policy objects that changed: {changed}; "
                "who reaches whom is the same for every pod there may be."
            )
        return
    yield table(located)


def _rest(located: Located) -> Iterator[str]:
    review = located.review
    if alike := review.told_alike:
        yield _lines([f"- {plain(told)}: {told_names(kind, _MOST_CLUSTERS)}" for told, kind in alike])
    if review.postures:
        lines = [
            f"- P {change.direction.value} of {told_names(change.names)}: "
            f"{change.before} → **{change.after}**" + _closing(located, change.closed, change.closing)
            for change in review.postures
        ]
        yield "**Posture changed**\n" + _lines(lines)
    if review.other_changes:
        lines = [_change(located, each) for each in review.other_changes]
        yield "**Clusters, services, workloads**\n" + _lines(lines)
    if restarts := list(review.restarts.kinds):
        lines = [
            f"- {impact.value} in {clusters(len(where))}: {told_names(where)}" for impact, where in restarts
        ]
        yield "**What restarts**\n" + _lines(lines)
    if review.objects:
        lines = [
            f"- {code(cluster)}{more}: {added} added, {changed} changed, {removed} removed"
            for (cluster, added, changed, removed), more in review.told_once(review.objects)
        ]
        yield "**Policy objects**\n" + _lines(lines)


def _change(located: Located, change: MeshChange) -> str:
    return (
        f"- {code(change.subject)}: {plain(change.what)} "
        f"{told_ports((change.told_before,))} → {told_ports((change.told_after,))}. "
        f"Impact: **{change.impact.value}**"
        f"{change.reach}; {plain(change.note)} ({code(str(located.head.at(change.at)))})"
    )


def _closing(located: Located, closed: object, closing: Sequence[object]) -> str:
    places = located.head if closed else located.base
    told = [
        f"{code(each.object_name)} ({code(str(places.of(each)))})"  # type: ignore[attr-defined,arg-type]
        for each in closing[:3]
    ]
    more = f" and {len(closing) - 3} more" if len(closing) > len(told) else ""
    return f", by {', '.join(told)}{more}" if told else ""


def _details(located: Located) -> Iterator[str]:
    review = located.review
    if review.rows:
        yield _folded("Why, with one flow for each row", _lines(list(_why(located))))
    if review.files is not None and review.files:
        lines = [
            f"- {code(each.cluster or '.')}{more}: "
            + ", ".join(_files(each.added, each.changed, each.removed))
            for each, more in review.told_once(review.files)
        ]
        yield _folded(f"Files, {sum(each.total for each in review.files)}", _lines(lines))
    elif review.files is None:
        yield f"Files were not compared: {plain(review.no_files)}"
    meanings = [
        f"- {code(each.cluster)}{more}: {plain(each.after or 'not in the mesh any more')}"
        + (f" (before: {plain(each.before or 'not in the mesh')})" if each.before != each.after else "")
        for each, more in review.told_once(
            sorted(review.meanings, key=lambda each: each.before == each.after)
        )
    ]
    yield _folded("What policies mean, by cluster", _lines(meanings))
    modelled = [f"- {plain(text)}" for text in MODELLED]
    missing = [f"- {plain(text)}" for text in NOT_MODELLED]
    text = "\n".join(["Covered:", *modelled, "", "Not covered:", *missing])
    yield _folded("What this covers, and what not", text)


def _files(added: Iterable[str], changed: Iterable[str], removed: Iterable[str]) -> Iterator[str]:
    for sign, paths in (("+", added), ("~", changed), ("-", removed)):
        listed = list(paths)
        yield from (f"{sign} {code(path)}" for path in listed[:_MOST_DETAILS])
        if len(listed) > _MOST_DETAILS:
            yield f"{sign} {len(listed) - _MOST_DETAILS} more"


def _folded(title: str, text: str) -> str:
    return f"<details><summary>{title}</summary>\n\n{text}\n\n</details>"


def _why(located: Located) -> Iterator[str]:
    for row in located.review.rows:
        flow = row.flow
        before = "; ".join(
            told_half(half, located.base) for half in (flow.before.egress, flow.before.ingress)
        )
        after = "; ".join(told_half(one, located.head) for one in (flow.after.egress, flow.after.ingress))
        yield (
            f"- {code(flow.source)} → {code(flow.target)} at {plain(flow.port)}: "
            f"was {flow.before.verdict.value} ({before}), is {flow.after.verdict.value} ({after})"
        )


def _foot(review: Review) -> str:
    counts = ", ".join(f"{count:,} {name}" for name, count in review.evidence)
    return f"meshgen {__version__}" + (f"; looked at {counts}" if counts else "")
