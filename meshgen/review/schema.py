"""The JSON Schema of a review, `meshgen.review/v1`."""

import json
from typing import Any

from .machine import SCHEMA

_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
_COUNT = {"type": "integer", "minimum": 0}
_VERDICT = {"enum": ["allowed", "denied", "unknown"]}


def _object(properties: dict[str, Any], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": [key for key in properties if key not in optional],
        "additionalProperties": False,
    }


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/$defs/{name}"}


_PLACE = {
    "file": _TEXT,
    "line": {"type": "integer", "minimum": 1},
    "column": {"type": "integer", "minimum": 1},
}
_DECIDER = {"cluster": _TEXT, "kind": _TEXT, "namespace": _TEXT, "name": _TEXT, "rule": _TEXT, **_PLACE}
_DEFS = {
    "place": _object(_PLACE),
    "decider": _object(_DECIDER),
    "half": _object(
        {
            "cluster": _TEXT,
            "subject": _TEXT,
            "verdict": _VERDICT,
            "text": _TEXT,
            "objects": _list(_ref("decider")),
        }
    ),
    "reason": _object({"verdict": _VERDICT, "egress": _ref("half"), "ingress": _ref("half")}),
    "side": _object({"told": _TEXTS, "size": _COUNT, "endpoints": _TEXTS}),
    "change": _object(
        {
            "id": {"type": "integer", "minimum": 1},
            "kind": {"enum": ["opened", "cut", "widened", "narrowed", "unknown"]},
            "risk": {"enum": ["critical", "high", "medium", "low"]},
            "scope": {"enum": ["world", "node", "cross-cluster", "in-cluster"]},
            "from": _ref("side"),
            "to": _ref("side"),
            "ports": _TEXTS,
            "before": _TEXTS,
            "after": _TEXTS,
            "alike": {"type": "integer", "minimum": 1},
            "witness": _object({"from": _TEXT, "to": _TEXT, "port": _TEXT}),
            "because": _object({"before": _ref("reason"), "after": _ref("reason")}),
        },
        optional=("alike",),
    ),
    "posture": _object(
        {
            "direction": {"enum": ["egress", "ingress"]},
            "workloads": _TEXTS,
            "size": _COUNT,
            "before": {"enum": ["open", "closed"]},
            "after": {"enum": ["open", "closed"]},
            "because": _list(_ref("decider")),
        }
    ),
    "meshChange": _object(
        {
            "subject": _TEXT,
            "what": _TEXT,
            "before": _TEXT,
            "after": _TEXT,
            "impact": {
                "enum": [
                    "none",
                    "not known",
                    "clustermesh-apiserver restarts",
                    "agents restart",
                    "clusters reconnect",
                    "identities change",
                    "not supported live",
                ]
            },
            "restarts": _TEXTS,
            "apiserverRestarts": _TEXTS,
            "note": _TEXT,
            "place": _ref("place"),
        }
    ),
    "expectation": _object(
        {
            "from": _TEXT,
            "to": _TEXT,
            "is": {"enum": ["allow", "deny"]},
            "found": {"enum": [*_VERDICT["enum"], None]},
            "absent": {"type": ["string", "null"]},
            "place": _ref("place"),
        }
    ),
}


def schema() -> dict[str, Any]:
    """The schema as plain data (draft 2020-12)."""
    whole = _object(
        {
            "schema": {"const": SCHEMA},
            "tool": _object({"name": _TEXT, "version": _TEXT}),
            "mesh": _TEXT,
            "base": _TEXT,
            "head": _TEXT,
            "result": {"enum": ["no change", "changed", "less access", "new access", "unknown"]},
            "complete": {"type": "boolean"},
            "errors": _COUNT,
            "newErrors": _COUNT,
            "alike": _list(_object({"shown": _TEXTS, "clusters": _TEXTS})),
            "semantics": _list(_object({"cluster": _TEXT, "before": _TEXT, "after": _TEXT})),
            "changes": _list(_ref("change")),
            "posture": _list(_ref("posture")),
            "meshChanges": _list(_ref("meshChange")),
            "restarts": _TEXTS,
            "apiserverRestarts": _TEXTS,
            "refused": _list(_object({**_DECIDER, "reason": _TEXT})),
            "files": {
                "anyOf": [
                    {"type": "null"},
                    _list(_object({"cluster": _TEXT, "added": _TEXTS, "changed": _TEXTS, "removed": _TEXTS})),
                ]
            },
            "objects": _list(
                _object({"cluster": _TEXT, "added": _COUNT, "changed": _COUNT, "removed": _COUNT})
            ),
            "expectations": _object({"total": _COUNT, "failing": _list(_ref("expectation"))}),
            "gates": _object({"asked": _TEXTS, "failed": _list(_object({"gate": _TEXT, "reason": _TEXT}))}),
            "modelled": _TEXTS,
            "notModelled": _TEXTS,
            "evidence": {"type": "object", "additionalProperties": _COUNT},
        },
        optional=("alike",),
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A review of a change, as meshgen diff --format json writes it",
        **whole,
        "$defs": _DEFS,
    }


def schema_text() -> str:
    """The schema as it is committed."""
    return json.dumps(schema(), indent=2) + "\n"
