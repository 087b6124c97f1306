"""The JSON Schema of mesh.yaml, made from the model."""

import json
from typing import Any

from .mesh import Mesh

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_ID = "https://meshgen.io/schemas/mesh.schema.json"


def schema_text() -> str:
    """The schema as JSON, the same bytes for the same model."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def schema() -> dict[str, Any]:
    """The schema of what may be written, before clusters inherit what they leave out."""
    made: dict[str, Any] = _tidied(Mesh.model_json_schema(by_alias=True))
    # A cluster may take its provider from clusterDefaults: required only where that gives none.
    made["$defs"]["Cluster"]["required"].remove("provider")
    del made["$defs"]["ClusterDefaults"]["properties"]["provider"]["default"]
    made["if"] = {
        "properties": {"clusterDefaults": {"required": ["provider"]}},
        "required": ["clusterDefaults"],
    }
    made["else"] = {"properties": {"clusters": {"items": {"required": ["provider"]}}}}
    return {"$schema": _DIALECT, "$id": _ID, **made}


def _tidied(node: Any) -> Any:
    """Without pydantic's titles, and `anyOf` for `oneOf`: editors report the former better."""
    if isinstance(node, list):
        return [_tidied(item) for item in node]
    if not isinstance(node, dict):
        return node
    tidied = {
        "anyOf" if key == "oneOf" else key: _tidied(value)
        for key, value in node.items()
        if not (key == "title" and isinstance(value, str))
    }
    if tidied.get("default", 0) is None or tidied.get("default") in ("", {}, []):
        del tidied["default"]
    if keys := tidied.pop("patternProperties", None):
        # NOTE: editors say nothing about a key that matches no pattern.
        (pattern, value), *_ = keys.items()
        tidied |= {"propertyNames": {"pattern": pattern}, "additionalProperties": value}
    return tidied
