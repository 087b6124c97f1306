# ruff: noqa: E501 - a row of a table is one line
"""The JSON Schema in editors: a real yaml-language-server completes, explains and marks."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from builders import ROOT
from language_server import LanguageServer
from npm_packages import node, npm_package

VERSION = "1.25.0"
TEXT = (ROOT / "examples/mesh.yaml").read_text("utf-8")
LINES = TEXT.split("\n")
PROVIDERS = {
    "gcp", "aws", "azure", "oracle", "ibm", "alibaba", "openstack", "digitalocean", "metallb", "lb-ipam", "generic",
}  # fmt: skip


@pytest.fixture(scope="module")
def server() -> Iterator[LanguageServer]:
    program = npm_package("yaml-language-server", VERSION) / "yaml-language-server/bin/yaml-language-server"
    started = LanguageServer([node(), str(program), "--stdio"], ROOT)
    try:
        started.initialize(ROOT)
        yield started
    finally:
        started.close()


def beside_the_example(name: str) -> Path:
    """A file that is open in the editor and not on disk; it finds the schema as the example does."""
    return ROOT / "examples" / f"{name}.yaml"


def line_of(text: str) -> int:
    return next(number for number, line in enumerate(LINES) if text in line)


def told(found: list[Any]) -> list[tuple[int, str]]:
    """Line, from 1, and message of each diagnosis."""
    return [(one["range"]["start"]["line"] + 1, one["message"]) for one in found]


def test_the_example_is_without_diagnosis(server: LanguageServer) -> None:
    assert told(server.open(ROOT / "examples/mesh.yaml", TEXT)) == []


def test_the_providers_are_completed(server: LanguageServer) -> None:
    path, line = beside_the_example("completion"), line_of("provider: gcp")
    server.open(path, TEXT.replace("provider: gcp", "provider: "))
    answer = server.at("completion", path, line, len("    provider: "))

    items = answer["items"] if isinstance(answer, dict) else answer
    assert {item["label"] for item in items} == PROVIDERS


def test_the_keys_that_a_cluster_does_not_have_are_completed(server: LanguageServer) -> None:
    path, line = beside_the_example("keys"), line_of("region: us-west1")
    server.open(path, TEXT.replace("region: us-west1", "ser"))
    answer = server.at("completion", path, line, len("    ser"))

    items = answer["items"] if isinstance(answer, dict) else answer
    assert {"service", "context", "nodeCIDRs"} - {item["label"] for item in items} == {"nodeCIDRs"}


def test_a_key_is_explained_with_an_example(server: LanguageServer) -> None:
    path, line = beside_the_example("hover"), line_of("podCIDRs: [10.1.0.0/16]")
    server.open(path, TEXT)
    answer = server.at("hover", path, line, len("    pod"))

    shown = answer["contents"]["value"]
    assert "Where pods get their addresses from; no two clusters may overlap." in shown
    assert "10.1.0.0/16" in shown


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        pytest.param("region: us-west1", "colour: red", "Property colour is not allowed.", id="an unknown key"),
        pytest.param("provider: gcp", "provider: gpc", "Value is not accepted.", id="an unknown provider"),
        pytest.param("id: 1", 'id: "1"', 'Incorrect type. Expected "integer".', id="a number in quotes"),
        pytest.param("version: 1.6.9", "version: 1.20", 'Incorrect type. Expected "string".', id="a version that is a number"),
        pytest.param("region: us-west1", "labels: {my env: x}", "String does not match the pattern", id="a label's key"),
        pytest.param("provider: gcp", "region: a", 'Missing property "provider".', id="no provider"),
    ],
)  # fmt: skip
def test_a_mistake_is_marked_where_it_stands(
    server: LanguageServer, request: pytest.FixtureRequest, right: str, wrong: str, message: str
) -> None:
    path = beside_the_example(request.node.callspec.id.replace(" ", "-"))
    text = TEXT.replace("    region: us-west1\n", "") if message.startswith("Missing") else TEXT
    found = told(server.open(path, text.replace(right, wrong, 1)))

    assert any(shown.startswith(message) for _, shown in found), found
    if not message.startswith("Missing"):
        assert {line for line, _ in found} == {line_of(right) + 1}
