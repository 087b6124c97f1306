"""The JSON Schema of a review, `meshgen.review/v1`."""

from typing import Any, get_args

from ..engine.comparison import Kind
from ..engine.entries import Direction
from ..model.expect import Expected
from ..reporting.schema_parts import (
    COUNT,
    DECIDER,
    FLAG,
    FOUND,
    FROM_ONE,
    REASONS,
    TEXT,
    TEXTS,
    TOOL,
    a_list,
    an_object,
    document,
    one_of,
    or_null,
    ref,
)
from .changes import Impact
from .machine import SCHEMA
from .postures import Stance
from .report import Result
from .rows import Risk, RowScope

_DEFS = {
    **REASONS,
    "side": an_object({"told": TEXTS, "size": COUNT, "endpoints": TEXTS}),
    "change": an_object(
        {
            "id": FROM_ONE,
            "kind": one_of(Kind),
            "risk": one_of(Risk),
            "scope": one_of(get_args(RowScope)),
            "from": ref("side"),
            "to": ref("side"),
            "ports": TEXTS,
            "before": TEXTS,
            "after": TEXTS,
            "alike": FROM_ONE,
            "witness": an_object({"from": TEXT, "to": TEXT, "port": TEXT}),
            "because": an_object({"before": ref("reason"), "after": ref("reason")}),
        },
        optional=("alike",),
    ),
    "posture": an_object(
        {
            "direction": one_of(Direction),
            "workloads": TEXTS,
            "size": COUNT,
            "before": one_of(get_args(Stance)),
            "after": one_of(get_args(Stance)),
            "because": a_list(ref("decider")),
        }
    ),
    "meshChange": an_object(
        {
            "subject": TEXT,
            "clusters": TEXTS,
            "what": TEXT,
            "before": TEXT,
            "after": TEXT,
            "impact": one_of(Impact),
            "restarts": TEXTS,
            "apiserverRestarts": TEXTS,
            "note": TEXT,
            "place": ref("place"),
        },
        optional=("clusters",),
    ),
    "expectation": an_object(
        {
            "from": TEXT,
            "to": TEXT,
            "is": one_of(get_args(Expected)),
            "found": FOUND,
            "absent": or_null(TEXT),
            "place": ref("place"),
        }
    ),
}


def schema() -> dict[str, Any]:
    """The schema as plain data (draft 2020-12)."""
    whole = an_object(
        {
            "schema": {"const": SCHEMA},
            "tool": TOOL,
            "mesh": TEXT,
            "base": TEXT,
            "head": TEXT,
            "result": one_of(get_args(Result)),
            "complete": FLAG,
            "errors": COUNT,
            "newErrors": COUNT,
            "alike": a_list(an_object({"shown": TEXTS, "clusters": TEXTS})),
            "semantics": a_list(an_object({"cluster": TEXT, "before": TEXT, "after": TEXT})),
            "changes": a_list(ref("change")),
            "posture": a_list(ref("posture")),
            "meshChanges": a_list(ref("meshChange")),
            "restarts": TEXTS,
            "apiserverRestarts": TEXTS,
            "refused": a_list(an_object({**DECIDER, "reason": TEXT})),
            "files": or_null(
                a_list(an_object({"cluster": TEXT, "added": TEXTS, "changed": TEXTS, "removed": TEXTS}))
            ),
            "objects": a_list(
                an_object({"cluster": TEXT, "added": COUNT, "changed": COUNT, "removed": COUNT})
            ),
            "expectations": an_object({"total": COUNT, "failing": a_list(ref("expectation"))}),
            "gates": an_object({"asked": TEXTS, "failed": a_list(an_object({"gate": TEXT, "reason": TEXT}))}),
            "modelled": TEXTS,
            "notModelled": TEXTS,
            "evidence": {"type": "object", "additionalProperties": COUNT},
        },
        optional=("alike",),
    )
    return document("A review of a change, as meshgen diff --format json writes it", whole, _DEFS)
