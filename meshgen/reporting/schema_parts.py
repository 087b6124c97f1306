"""What the JSON Schemas of reports are built of; words come from those who own them."""

import json
from collections.abc import Iterable
from typing import Any

from ..engine.analysis import Verdict

TEXT = {"type": "string"}
TEXTS = {"type": "array", "items": TEXT}
COUNT = {"type": "integer", "minimum": 0}
FROM_ONE = {"type": "integer", "minimum": 1}
FLAG = {"type": "boolean"}


def an_object(properties: dict[str, Any], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    """An object with these keys and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": [key for key in properties if key not in optional],
        "additionalProperties": False,
    }


def a_list(items: dict[str, Any]) -> dict[str, Any]:
    """A list of these."""
    return {"type": "array", "items": items}


def one_of(words: Iterable[object]) -> dict[str, Any]:
    """One of these words; None stands for null."""
    return {"enum": [None if word is None else str(word) for word in words]}


def or_null(schema: dict[str, Any]) -> dict[str, Any]:
    """That, or null."""
    return {"anyOf": [{"type": "null"}, schema]}


def ref(name: str) -> dict[str, str]:
    """What stands under this name in the definitions."""
    return {"$ref": f"#/$defs/{name}"}


VERDICT = one_of(Verdict)
FOUND = one_of((*Verdict, None))
TOOL = an_object({"name": TEXT, "version": TEXT})
_PLACE = {"file": TEXT, "line": FROM_ONE, "column": FROM_ONE}
DECIDER = {"cluster": TEXT, "kind": TEXT, "namespace": TEXT, "name": TEXT, "rule": TEXT, **_PLACE}
REASON = {"verdict": VERDICT, "egress": ref("half"), "ingress": ref("half")}
REASONS = {
    "place": an_object(_PLACE),
    "decider": an_object(DECIDER),
    "half": an_object(
        {
            "cluster": TEXT,
            "subject": TEXT,
            "verdict": VERDICT,
            "text": TEXT,
            "objects": a_list(ref("decider")),
        }
    ),
    "reason": an_object(REASON),
}
"""The definitions of what `reporting.traces` makes plain data of."""


def document(title: str, whole: dict[str, Any], definitions: dict[str, Any] | None = None) -> dict[str, Any]:
    """A schema of its own (draft 2020-12)."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        **whole,
        **({"$defs": definitions} if definitions else {}),
    }


def schema_text(schema: dict[str, Any]) -> str:
    """A schema as it is committed."""
    return json.dumps(schema, indent=2) + "\n"
