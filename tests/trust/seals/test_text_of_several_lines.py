"""Clean lines are a literal block, and every reader gives back what was written."""

import io
import json
from typing import Any

import pytest
import yaml
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from programs import kubectl
from ruamel.yaml import YAML

from meshgen.yaml_out import dump

LINES = st.lists(st.text("a b#-:'\"|>%&*!{}[]~\t\u00e9\x85\\", max_size=5), max_size=5).map("\n".join)
TEXTS = LINES | st.lists(st.sampled_from(["---", "...", " - a", "# b", "", "x: y", "%YAML 1.1"])).map(
    "\n".join
)
VALUES = st.recursive(
    TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("pqr"), inner, max_size=3),
    max_leaves=6,
)
CLEAN = st.from_regex(r"[!-~]([ -~]*[!-~])?(\n+[ -~]*[!-~])+\n?", fullmatch=True)


@settings(max_examples=60, deadline=None)
@given(VALUES)
def test_readers_of_yaml_1_1_and_1_2_give_back_what_was_written(value: Any) -> None:
    text = dump(value)
    assert yaml.load(text, yaml.CSafeLoader) == value
    assert YAML(typ="safe", pure=True).load(io.StringIO(text)) == value


@settings(max_examples=6, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.lists(TEXTS | CLEAN, min_size=30, max_size=60))
def test_kubectl_gives_back_what_was_written(texts: list[str]) -> None:
    data = {f"k{number}": text for number, text in enumerate(texts)}
    manifest = dump({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": data})
    shown = kubectl("label", "--local", "-f", "-", "a=b", "-o", "json", given=manifest)
    assert json.loads(shown)["data"] == data


@settings(max_examples=40, deadline=None)
@given(CLEAN)
def test_clean_lines_stand_in_the_file_as_they_are(text: str) -> None:
    body = dump({"a": {"b": text}}).removeprefix("a:\n  b: |")
    mark, _, lines = body.partition("\n")
    assert mark == ("" if text.endswith("\n") else "-")
    assert [line.removeprefix("    ") for line in lines.splitlines()] == text.splitlines()
    assert not any(line.endswith(" ") for line in lines.splitlines())


@pytest.mark.parametrize(
    ("value", "written"),
    [
        pytest.param({"k": "a\nb\n"}, "k: |\n  a\n  b\n", id="below a key"),
        pytest.param(
            {"k": {"l": "a\n\n  b"}}, "k:\n  l: |-\n    a\n\n      b\n", id="deeper, indented, no end"
        ),
        pytest.param({"k": ["a\nb\n", "c"]}, "k:\n- |\n  a\n  b\n- c\n", id="in a list"),
        pytest.param({"k": [{"l": "a\nb"}]}, "k:\n- l: |-\n    a\n    b\n", id="below a key in a list"),
        pytest.param([["a\nb\n"]], "- - |\n    a\n    b\n", id="in a list of lists"),
        pytest.param("a\n---\n", "|\n  a\n  ---\n", id="alone, with what would end a document"),
        pytest.param({"a\nb": 1}, '"a\\nb": 1\n', id="not as a key"),
        pytest.param({"k": "a\n"}, 'k: "a\\n"\n', id="not a single line"),
        pytest.param({"k": " a\nb"}, 'k: " a\\nb"\n', id="not with an indented first line"),
        pytest.param({"k": "\na\nb"}, 'k: "\\na\\nb"\n', id="not with an empty first line"),
        pytest.param({"k": "a \nb"}, 'k: "a \\nb"\n', id="not with a blank at the end of a line"),
        pytest.param({"k": "a\nb\n\n"}, 'k: "a\\nb\\n\\n"\n', id="not with an empty last line"),
        pytest.param({"k": "a\n\u00e9"}, 'k: "a\\n\u00e9"\n', id="not with more than ASCII"),
        pytest.param({"k": "a\n\tb"}, 'k: "a\\n\\tb"\n', id="not with a tab"),
        pytest.param({"k": "a\r\nb"}, 'k: "a\\r\\nb"\n', id="not with a carriage return"),
    ],
)
def test_where_a_block_stands_and_where_it_does_not(value: Any, written: str) -> None:
    assert dump(value) == written
