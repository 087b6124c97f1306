"""Plain and quoted scalars, as YAML 1.2's core schema reads them."""

import math
from typing import Any

import pytest
from builders import mesh, text
from placed import diagnostics, placed

from meshgen.source import load

TEXT = (
    "no", "No", "NO", "yes", "on", "Off", "y", "N", "nO",
    "1_000", "0b11", "12:30:45", "190:20:30", "2027-01-31", "2001-12-14t21:59:43.10-05:00",
    "0x", "0o8", "0o", "-0x1f", "+0o7", "0xg", "1.2.3", "1.6.9", "10.0.0.0/8", "::1", "e3", ".", "+", "1e",
    "e1", "nan", "inf", ".Nan", ".iNF", "nUll", "None", "tRue", "<", "=", "1 2", "-.nan",
)  # fmt: skip


def value(written: str) -> Any:
    return load(f"key: {written}\n".encode(), "mesh.yaml").data["key"]


@pytest.mark.parametrize("written", TEXT)
def test_a_plain_scalar_that_yaml_1_2_knows_nothing_of_is_text(written: str) -> None:
    assert value(written) == written


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        pytest.param("", None, id="nothing"),
        pytest.param("~", None, id="a tilde"),
        pytest.param("null", None, id="null"),
        pytest.param("Null", None, id="Null"),
        pytest.param("NULL", None, id="NULL"),
        pytest.param("true", True, id="true"),
        pytest.param("TRUE", True, id="TRUE"),
        pytest.param("False", False, id="False"),
        pytest.param("0", 0, id="zero"),
        pytest.param("-0", 0, id="minus zero"),
        pytest.param("+12", 12, id="a sign"),
        pytest.param("017", 17, id="a leading zero is decimal"),
        pytest.param("-017", -17, id="a leading zero after a sign"),
        pytest.param("08", 8, id="a leading zero that octal does not have"),
        pytest.param("0o17", 15, id="octal"),
        pytest.param("0x1F", 31, id="hexadecimal"),
        pytest.param("9" * 400, 10**400 - 1, id="a number of 400 digits"),
        pytest.param("1.20", 1.2, id="a fraction"),
        pytest.param("1.", 1.0, id="a fraction without digits"),
        pytest.param(".5", 0.5, id="a fraction without a whole"),
        pytest.param("1e3", 1000.0, id="an exponent"),
        pytest.param("-1.5E-3", -0.0015, id="an exponent with a sign"),
        pytest.param(".inf", math.inf, id="infinity"),
        pytest.param("-.INF", -math.inf, id="minus infinity"),
        pytest.param("+.Inf", math.inf, id="plus infinity"),
        pytest.param("9" * 5000, math.inf, id="a number too long for an integer"),
    ],
)
def test_a_plain_scalar_means(written: str, meant: object) -> None:
    found = value(written)

    assert found == meant
    assert type(found) is type(meant) or (isinstance(found, int) and isinstance(meant, int))


@pytest.mark.parametrize("written", [".nan", ".NaN", ".NAN"])
def test_no_number_is_a_number(written: str) -> None:
    assert math.isnan(value(written))


@pytest.mark.parametrize(
    "written", [*TEXT, "", "~", "null", "true", "017", "1.20", "1e3", ".inf", "0x1F", "<<"]
)
@pytest.mark.parametrize("style", ["'{}'", '"{}"', "|-\n  {}"])
def test_a_scalar_in_quotes_or_in_a_block_is_text(written: str, style: str) -> None:
    assert value(style.format(written)) == written


@pytest.mark.parametrize(
    "written", ["no", "on", "Y", "1_000", "12:30:45", "2027-01-31", "0o", "nan", "'~'", '"017"']
)
def test_a_key_that_is_text_is_kept_as_written(written: str) -> None:
    assert load(f"{written}: 1\n".encode(), "mesh.yaml").data == {written.strip("'\""): 1}


@pytest.mark.parametrize("written", ["~", "017", "0o17", "1e3", "1.20", "true", "null", ".inf"])
def test_a_key_that_is_not_text_is_refused(written: str) -> None:
    content = f"labels: {{{written}: 1}}\n"

    (found,) = diagnostics(content)
    assert (found.code, found.message) == ("MG003", f"the key {written!r} is not text")
    assert placed(content) == [f"MG003 1:10-1:{10 + len(written)}"]


def with_label(written: str) -> str:
    return text(mesh()).decode().replace("provider:", f"labels: {{env: {written}}}\n  provider:", 1)


@pytest.mark.parametrize("written", ["no", "No", "NO", "yes", "on", "OFF", "y", "N"])
def test_a_word_that_is_a_boolean_to_yaml_1_1_is_reported(written: str) -> None:
    (found,) = [one for one in diagnostics(with_label(written)) if one.code == "MG103"]

    assert found.message == f"{written} is text to YAML 1.2 and a boolean to YAML 1.1"
    assert found.help == f'write "{written}" for the text, true or false for the boolean'
    assert found.path == "clusters[0].labels.env"


@pytest.mark.parametrize(
    "written", ['"no"', "'on'", "|-\n      y", "1_000", "nO", "null-ish", "2027-01-31", "none"]
)
def test_text_that_every_reader_takes_for_text_is_not_reported(written: str) -> None:
    assert [one for one in diagnostics(with_label(written)) if one.code == "MG103"] == []


def test_a_key_that_is_a_boolean_to_yaml_1_1_is_reported_at_the_key() -> None:
    content = text(mesh()).decode() + "services:\n- {name: a, ports: [80], selector: {on: x}}\n"

    (found,) = [one for one in diagnostics(content) if one.code == "MG103"]
    line = content.count("\n")
    assert found.message == "on is text to YAML 1.2 and a boolean to YAML 1.1"
    assert found.help == 'write "on" for the text'
    assert f"MG103 {line}:37-{line}:39 services[0].selector.on" in placed(content)


@pytest.mark.parametrize(
    ("written", "other", "number"),
    [
        pytest.param("017", "octal", 17, id="octal to YAML 1.1"),
        pytest.param("-01", "octal", -1, id="octal with a sign"),
        pytest.param("08", "text", 8, id="no octal"),
    ],
)
def test_a_number_with_a_leading_zero_is_reported(written: str, other: str, number: int) -> None:
    content = text(mesh()).decode().replace("id: 1\n", f"id: &id {written}\n")

    (found,) = [one for one in diagnostics(content) if one.code == "MG103"]
    assert found.message == f"{written} is decimal to YAML 1.2 and {other} to YAML 1.1"
    assert found.help == f'write {number} for the number, "{written}" for the text'
    assert found.path == "clusters[0].id"


def test_a_value_with_another_finding_is_not_reported_twice() -> None:
    content = (
        text(mesh()).decode().replace("id: 1\n", "id: no\n").replace("version: 1\n", "version: 1\non: 1\n")
    )

    assert placed(content) == ["MG101 2:1-2:3 on", "MG103 8:7-8:9 clusters[0].id"]
