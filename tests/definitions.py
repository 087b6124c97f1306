"""The published definitions of custom resources, which are no part of this repository."""

import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from builders import ROOT

FOLDER = Path(os.environ.get("MESHGEN_CRDS") or ROOT.parent / "shared" / "crds")  # noqa: TID251


def definition(name: str, version: str) -> jsonschema.protocols.Validator:
    """What the API server holds an object of a version to, unknown fields refused; or the test is skipped."""
    return jsonschema.Draft202012Validator(closed(published(name, version)))


def published(name: str, version: str) -> Any:
    """The schema of a version as it is published; or the test is skipped."""
    path = FOLDER / f"{name}.yaml"
    if not path.exists():
        pytest.skip(f"no {path}: MESHGEN_CRDS names a folder with the published definitions")
    versions = yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)["spec"]["versions"]
    (schema,) = [one["schema"]["openAPIV3Schema"] for one in versions if one["name"] == version]
    return schema


def closed(schema: Any) -> Any:
    """The schema with unknown fields refused, as the API server does with strict validation."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    # NOTE: branches add conditions to the fields of the whole, and name only some of them.
    branches = {"anyOf", "oneOf", "allOf", "not"}
    made = {key: value if key in branches else closed(value) for key, value in schema.items()}
    if isinstance(made.get("properties"), dict) and not made.get("x-kubernetes-preserve-unknown-fields"):
        made.setdefault("additionalProperties", False)
    return made
