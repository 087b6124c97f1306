"""The JSON Schema of what an import found, `meshgen.import/v1`."""

from typing import Any, get_args

from ..reporting.schema_parts import TEXT, TEXTS, a_list, an_object, document, one_of
from .differences import ChangeKind
from .outcome import SCHEMA


def schema() -> dict[str, Any]:
    """What `meshgen import` writes; a value of the chart may be anything."""
    change = {
        "cluster": TEXT,
        "kind": one_of(get_args(ChangeKind)),
        "path": TEXTS,
        "from": {},
        "to": {},
    }
    whole = {
        "schema": {"const": SCHEMA},
        "mesh": TEXT,
        "read": TEXTS,
        "guesses": a_list(an_object({"path": TEXT, "reason": TEXT})),
        "missing": TEXTS,
        "unknown": TEXTS,
        "kept": TEXTS,
        "changes": a_list(an_object(change)),
    }
    return document("What an import found, as meshgen import --format json writes it", an_object(whole))
