"""A review as SARIF 2.1.0, for code scanning: a result at each line that changes who may connect."""

import json
from typing import Any
from urllib.parse import quote

from .. import __version__
from ..engine.comparison import Kind
from ..reachability.written import listed
from ..reporting.places import Place
from .located import Located
from .rows import Risk, Row

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_MOST_NAMES = 5
_RULES = {
    "review/opened": "Somebody can reach what was out of reach.",
    "review/widened": "Somebody can reach more than before.",
    "review/cut": "Somebody cannot reach any more what was in reach.",
    "review/narrowed": "Somebody can reach less than before.",
    "review/unknown": "Nobody can tell who reaches whom.",
    "review/posture": "Pods are closed or open that were not.",
    "review/mesh": "A cluster, a service or a workload is another.",
    "review/refused": "Cilium refuses an object, and none of it is enforced.",
}


def render(located: Located) -> str:
    """The review as one SARIF run."""
    results = [
        *(_row(located, row) for row in located.review.rows),
        *_others(located),
    ]
    used = {result["ruleId"] for result in results}
    rules = [
        {"id": name, "shortDescription": {"text": text}} for name, text in _RULES.items() if name in used
    ]
    driver = {"name": "meshgen", "version": __version__, "rules": rules}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _row(located: Located, row: Row) -> dict[str, Any]:
    text = (
        f"{row.kind.value} ({row.scope}): {listed(row.source_names, _MOST_NAMES)} -> "
        f"{listed(row.target_names, _MOST_NAMES)}: {', '.join(row.before)} => {', '.join(row.after)}"
        f"{row.likewise}"
    )
    after, before = row.flow.after, row.flow.before
    deciders = [
        *(located.head.of(each) for half in (after.egress, after.ingress) for each in half.deciders),
        *(located.base.of(each) for half in (before.egress, before.ingress) for each in half.deciders),
    ]
    gains = row.kind in {Kind.OPENED, Kind.WIDENED}
    level = "error" if gains and row.risk <= Risk.HIGH else "note" if row.kind is Kind.NARROWED else "warning"
    places = list(dict.fromkeys(deciders)) or [located.head.at(())]
    return _result(f"review/{row.kind.value}", level, text, places)


def _others(located: Located) -> list[dict[str, Any]]:
    review = located.review
    found = [
        _result("review/refused", "error", each.reason, [located.head.of(each.place)])
        for each in review.refused
    ]
    for change in review.postures:
        places = located.head if change.closed else located.base
        names = listed(change.names, _MOST_NAMES)
        text = f"{change.direction.value} of {names}: {change.before} -> {change.after}"
        closing = [places.of(each) for each in change.closing] or [located.head.at(())]
        found.append(_result("review/posture", "warning", text, closing))
    for each in review.changes:
        text = (
            f"{each.what} of {each.subject}: {each.told_before} -> {each.told_after}; "
            f"{each.impact.value}; {each.note}"
        )
        level = "error" if each.gate or each.breaks else "note"
        found.append(_result("review/mesh", level, text, [located.head.at(each.at)]))
    return found


def _result(rule: str, level: str, text: str, places: list[Place]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": rule,
        "level": level,
        "message": {"text": text},
        "locations": [_location(places[0])],
    }
    if len(places) > 1:
        result["relatedLocations"] = [
            {"id": number, "message": {"text": "decides, too"}, **_location(place)}
            for number, place in enumerate(places[1:], start=1)
        ]
    return result


def _location(place: Place) -> dict[str, Any]:
    """A place; one of a revision by its path alone, which is all that SARIF can show."""
    path = place.file.rpartition(":")[2]
    region = {"startLine": place.line, "startColumn": place.column}
    return {"physicalLocation": {"artifactLocation": {"uri": quote(path)}, "region": region}}
