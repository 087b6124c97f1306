"""A review as JSON, `meshgen.review/v1`; its schema is schemas/review.schema.json."""

import json
from collections.abc import Iterable
from typing import Any

from .. import __version__
from ..policy.likeness import SHOWN
from ..reachability.groups import Groups
from ..reporting.traces import decider_data, reason_data
from .located import Located
from .report import MODELLED, NOT_MODELLED, failing
from .rows import Row

SCHEMA = "meshgen.review/v1"

MOST_NAMES = 100
"""Endpoints that are listed of one side of a row; `size` counts all."""


def render(located: Located) -> str:
    """The review as one JSON object, the same bytes for the same change."""
    return json.dumps(data(located), indent=2, ensure_ascii=False) + "\n"


def data(located: Located) -> dict[str, Any]:
    """The review as plain data."""
    review = located.review
    return {
        "schema": SCHEMA,
        "tool": {"name": "meshgen", "version": __version__},
        "mesh": review.mesh,
        "base": review.base,
        "head": review.head,
        "result": review.result,
        "complete": not review.incomplete,
        "errors": located.errors,
        "newErrors": located.new_errors,
        **_alike(located),
        "semantics": [
            {"cluster": each.cluster, "before": each.before, "after": each.after} for each in review.meanings
        ],
        "changes": [_row(located, number, row) for number, row in enumerate(review.rows, 1)],
        "posture": [
            {
                "direction": change.direction.value,
                "workloads": list(change.names),
                "size": _groups(located).size(change.subjects),
                "before": change.before,
                "after": change.after,
                "because": [
                    decider_data(each, located.head if change.closed else located.base)
                    for each in change.closing[:10]
                ],
            }
            for change in review.postures
        ],
        "meshChanges": [
            {
                "subject": change.subject,
                **({"clusters": list(change.together)} if change.together else {}),
                "what": change.what,
                "before": change.before,
                "after": change.after,
                "impact": change.impact.value,
                "restarts": list(change.restarts.agents),
                "apiserverRestarts": list(change.restarts.apiservers),
                "note": change.note,
                "place": located.head.at(change.at)._asdict(),
            }
            for change in review.changes
        ],
        "restarts": list(review.restarts.agents),
        "apiserverRestarts": list(review.restarts.apiservers),
        "refused": [
            {**decider_data(each.place, located.head), "reason": each.reason} for each in review.refused
        ],
        "files": None
        if review.files is None
        else [
            {
                "cluster": each.cluster,
                "added": list(each.added),
                "changed": list(each.changed),
                "removed": list(each.removed),
            }
            for each in review.files
        ],
        "objects": [
            {"cluster": cluster, "added": added, "changed": changed, "removed": removed}
            for cluster, added, changed, removed in review.objects
        ],
        "expectations": {
            "total": len(review.outcomes),
            "failing": [
                {
                    "from": outcome.expectation.from_.text,
                    "to": outcome.expectation.to.text,
                    "is": outcome.expectation.is_,
                    "found": outcome.found.value if outcome.found else None,
                    "absent": outcome.why_none or None,
                    "place": located.head.at(("expect", outcome.number))._asdict(),
                }
                for outcome in failing(review)
            ],
        },
        "gates": {
            "asked": list(located.gates),
            "failed": [{"gate": each.gate, "reason": each.text} for each in located.failed],
        },
        "modelled": list(MODELLED),
        "notModelled": list(NOT_MODELLED),
        "evidence": {name: count for name, count in review.evidence},  # noqa: C416 - it reads better
    }


def _row(located: Located, number: int, row: Row) -> dict[str, Any]:
    return {
        "id": number,
        "kind": row.kind.value,
        "risk": str(row.risk),
        "scope": row.scope,
        "from": _side(located, row.sources, row.source_names),
        "to": _side(located, row.targets, row.target_names),
        "ports": list(row.ports),
        "before": list(row.before),
        "after": list(row.after),
        **({"alike": row.alike} if row.alike else {}),
        "witness": {"from": row.flow.source, "to": row.flow.target, "port": row.flow.port},
        "because": {
            "before": reason_data(row.flow.before, located.base),
            "after": reason_data(row.flow.after, located.head),
        },
    }


def _side(located: Located, bits: int, names: Iterable[str]) -> dict[str, Any]:
    groups = _groups(located)
    listed = groups.members(bits, known=True)
    return {"told": list(names), "size": groups.size(bits), "endpoints": listed[:MOST_NAMES]}


def _groups(located: Located) -> Groups:
    sides = located.review.sides
    assert sides is not None, "there are no rows without universes"
    return sides.groups


def _alike(located: Located) -> dict[str, Any]:
    """The clusters that were looked at for others; nothing where each was looked at."""
    kinds = located.review.alike
    if not kinds:
        return {}
    return {"alike": [{"shown": list(kind[:SHOWN]), "clusters": list(kind)} for kind in kinds]}
