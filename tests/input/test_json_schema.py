"""The JSON Schema that editors use."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from builders import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from strategies import flow, meshes, mutated

from meshgen.inspection import inspect
from meshgen.model.schema import schema, schema_text

SCHEMA: dict[str, Any] = json.loads((ROOT / "schemas/mesh.schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
CASES = ROOT / "tests/checks"
PASSING = sorted([*CASES.glob("MG*/pass*.yaml"), *CASES.glob("MG*/pass*/mesh.yaml")])


def plain(path: Path) -> Any:
    """A file as a YAML 1.2 editor reads it: dates are text."""

    class Loader(yaml.SafeLoader):
        yaml_implicit_resolvers = {  # noqa: RUF012
            first: [(tag, pattern) for tag, pattern in resolvers if "timestamp" not in tag]
            for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
        }

    return yaml.load(path.read_text("utf-8"), Loader)  # noqa: S506 - a SafeLoader


def shape_is_right(data: Any) -> bool:
    """Whether the model takes the data."""
    return inspect(flow(data), "mesh.yaml").mesh is not None


def test_the_schema_is_one_of_draft_2020_12() -> None:
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"

    Draft202012Validator.check_schema(SCHEMA)


def test_the_committed_schema_is_fresh() -> None:
    assert (ROOT / "schemas/mesh.schema.json").read_text("utf-8") == schema_text()
    assert schema() == SCHEMA


@pytest.mark.parametrize(
    "path", [ROOT / "examples/mesh.yaml", *PASSING], ids=lambda path: str(path.relative_to(ROOT))
)
def test_what_is_sound_validates(path: Path) -> None:
    VALIDATOR.validate(plain(path))


def test_every_documented_key_validates() -> None:
    VALIDATOR.validate(plain(Path(__file__).parent / "every-key.yaml"))


def test_the_example_tells_editors_where_the_schema_is() -> None:
    first = (ROOT / "examples/mesh.yaml").read_text("utf-8").partition("\n")[0]

    assert first == "# yaml-language-server: $schema=../schemas/mesh.schema.json"


def fields() -> Iterator[Any]:
    """Every key with its schema, as a parameter."""
    for name, section in {"": SCHEMA, **SCHEMA["$defs"]}.items():
        for key, field in section.get("properties", {}).items():
            yield pytest.param(field, id=f"{name}.{key}")


@pytest.mark.parametrize("field", list(fields()))
def test_every_key_says_what_it_means_and_shows_an_example(field: dict[str, Any]) -> None:
    assert field["description"].endswith(".")
    assert field.get("examples") or field.get("enum")
    assert "title" not in field


@pytest.mark.parametrize("field", list(fields()))
def test_every_example_validates(field: dict[str, Any]) -> None:
    validator = Draft202012Validator({"$defs": SCHEMA["$defs"], **field})
    for example in field["examples"]:
        validator.validate(example)
    if "default" in field:
        validator.validate(field["default"])


@pytest.mark.parametrize("name", ["", *SCHEMA["$defs"]])
def test_every_mapping_refuses_unknown_keys(name: str) -> None:
    section = SCHEMA["$defs"][name] if name else SCHEMA

    assert section["additionalProperties"] is False


VALID = plain(Path(__file__).parent / "every-key.yaml")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["colour"], "red"),
        (["version"], 2),
        (["cilium", "version"], 1.2),
        (["cilium", "ipam"], "enis"),
        (["cilium", "maxConnectedClusters"], 300),
        (["clusters", 0, "id"], "1"),
        (["clusters", 0, "podCIDRs"], []),
        (["clusters", 0, "podCIDRs"], "10.1.0.0/16"),
        (["clusters", 0, "labels"], {"my env": "x"}),
        (["clusters", 0, "labels"], {"env": "a b"}),
        (["clusters", 0, "labels"], {"env": 1}),
        (["clusters", 0, "service", "annotations"], {"a b": "x"}),
        (["services", 0, "ports"], ["80"]),
        (["services", 0, "ports"], [0]),
        (["services", 0, "clusters"], "cluster1"),
        (["services", 0, "clusters"], {"labels": {}}),
        (["workloads"], [{}]),
        (["ignore", 0, "code"], "203"),
        (["domain"], "x" * 221),
    ],
    ids=str,
)
def test_an_editor_marks_what_is_wrong(path: list[str | int], value: object) -> None:
    data = json.loads(json.dumps(VALID))
    at = data
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value

    with pytest.raises(ValidationError):
        VALIDATOR.validate(data)


@pytest.mark.parametrize(
    ("defaults", "provider", "valid"),
    [
        ({}, "gcp", True),
        ({"provider": "gcp"}, None, True),
        ({}, None, False),
        (None, None, False),
        ({"region": "a"}, None, False),
    ],
)
def test_a_provider_may_come_from_the_defaults(defaults: Any, provider: str | None, *, valid: bool) -> None:
    cluster = {"name": "a", "id": 1, "podCIDRs": ["10.1.0.0/16"]} | (
        {"provider": provider} if provider else {}
    )
    data = {"version": 1, "name": "a", "cilium": {"version": "1.6.9"}, "clusters": [cluster]}
    data |= {} if defaults is None else {"clusterDefaults": defaults}

    assert VALIDATOR.is_valid(data) is valid
    assert shape_is_right(data) is valid


def test_the_defaults_promise_no_provider() -> None:
    assert "default" not in SCHEMA["$defs"]["ClusterDefaults"]["properties"]["provider"]


@given(mutated(meshes(), most=1) | meshes())
@settings(max_examples=100)
def test_what_the_model_accepts_the_schema_accepts(data: Any) -> None:
    if shape_is_right(data):
        VALIDATOR.validate(data)


@given(mutated(st.just(VALID), most=2))
@settings(max_examples=100)
def test_what_the_schema_refuses_the_model_refuses(data: Any) -> None:
    if not VALIDATOR.is_valid(data):
        assert not shape_is_right(data)
