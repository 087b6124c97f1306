# ruff: noqa: E501 - a row of a table is one line
"""Where a value stands in the text."""

from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from meshgen.location import ROOT, SourcePath
from meshgen.source import Source, Text, load

characters = st.characters(
    codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\x85\u2028\u2029\ufeff\ufffe\uffff"
)
texts = st.text(characters, max_size=12) | st.sampled_from(
    ["no", "017", "1.20", "~", "# no", "a: b", "世界", "é\t"]
)
scalars = texts | st.integers(-99, 99) | st.booleans() | st.none() | st.floats(-10, 10)
documents = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
).filter(lambda data: data is not None)
styles = st.fixed_dictionaries(
    {
        "default_flow_style": st.sampled_from([True, False, None]),
        "quotes": st.sampled_from([None, '"', "'", "|", ">"]),
        "width": st.sampled_from([20, 1000]),
        "indent": st.sampled_from([2, 4]),
        "allow_unicode": st.booleans(),
    }
)


def dumped(data: Any, quotes: str | None, **style: Any) -> str:
    """The data as YAML, with text in the given style."""

    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:
            del data
            return True

    def text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=quotes)

    Dumper.add_representer(str, text)
    return yaml.dump(data, Dumper=Dumper, sort_keys=False, **style)


def read(text: str) -> Source:
    return load(text.encode(), "mesh.yaml")


def paths(data: Any, path: SourcePath = ROOT) -> list[tuple[SourcePath, Any]]:
    below = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [(path, data), *(found for key, item in below for found in paths(item, (*path, key)))]


def read_alone(source: Source, path: SourcePath) -> Any:
    """What an independent YAML 1.2 reader makes of the text at a path, at its own column."""
    start, end = source.extent(path)
    column = len(source.text.content[:start].rpartition("\n")[2])
    return YAML(typ="safe", pure=True).load(" " * column + source.text.content[start:end] + "\n")


def covered(source: Source, path: SourcePath, *, on_key: bool = False) -> str:
    (line, start), (end_line, end) = source.span(path, on_key=on_key)
    assert line == end_line
    return source.text.lines[line - 1][start - 1 : end - 1]


@given(data=documents, style=styles, mark=st.sampled_from([b"", b"\xef\xbb\xbf"]), crlf=st.booleans())
@example(data={"a": [{"b": 1}]}, style={"quotes": None}, mark=b"", crlf=True)
@settings(max_examples=150)
def test_every_value_has_a_place_whose_text_reads_back_as_that_value(
    data: Any, style: dict[str, Any], mark: bytes, *, crlf: bool
) -> None:
    text = dumped(data, **style)
    text = text.replace("\n", "\r\n") if crlf else text
    source = load(mark + text.encode(), "mesh.yaml")

    assert source.data == data
    for path, value in paths(data):
        assert source.contains(path)
        assert read_alone(source, path) == value
        if path and isinstance(path[-1], str):
            key = covered(source, path, on_key=True)
            assert YAML(typ="safe", pure=True).load(key) == path[-1]


@pytest.mark.parametrize(
    ("text", "path", "shown"),
    [
        pytest.param("a: 1.20 # so\n", ("a",), "1.20", id="a plain scalar, without its comment"),
        pytest.param("a: 'it''s'\n", ("a",), "'it''s'", id="a quoted scalar, with its quotes"),
        pytest.param('世界: "é"\n', ("世界",), '"é"', id="columns count characters, not bytes"),
        pytest.param("\ufeffa: 1\n", ("a",), "1", id="a byte order mark is no column"),
        pytest.param("b: 0\r\na: 1\r\n", ("a",), "1", id="lines may end as on Windows"),
        pytest.param("b: 0\ra: 1\r", ("a",), "1", id="lines may end as on old Macs"),
        pytest.param("a: [1, {b: 22}]\n", ("a", 1, "b"), "22", id="inside flow style"),
        pytest.param("a: [1,\n  2]\n", ("a", 1), "2", id="on the second line of flow style"),
        pytest.param("a: [1, 2]\n", ("a",), "[1, 2]", id="a list on one line"),
        pytest.param("a: {b: 1}\n", ("a",), "{b: 1}", id="a mapping on one line"),
        pytest.param("a:\n  - 1\n  - 2\n", ("a",), "a", id="a block is shown by its key"),
        pytest.param("a: [\n  1]\n", ("a",), "a", id="a list on two lines is a block"),
        pytest.param("a: |\n  1\n", ("a",), "a", id="a block scalar is shown by its key"),
        pytest.param("a:\n- b: 1\n  c: 2\n", ("a", 0), "b", id="a block without a key by its first key"),
        pytest.param("a:\n- - 1\n  - 2\n", ("a", 0), "- 1", id="a list in a list by its first line"),
        pytest.param("a:\r\n- - 1\r\n  - 2\r\n", ("a", 0), "- 1", id="a first line ends before its CRLF"),
        pytest.param("a: 1\nb: 2\n", (), "a", id="the file is shown by its first key"),
        pytest.param("a: 1\n", ("b",), "a", id="what is missing is shown by what is around it"),
        pytest.param("a:\n  b: 1\n  c: 1\n", ("a", "d", 0), "a", id="what is missing in a block, by its key"),
        pytest.param("a: 5\n", ("a", "b"), "a", id="what would stand in a scalar, by its key"),
        pytest.param("a: [1]\n", ("a", 1), "a", id="the item after the last, by the key of the list"),
        pytest.param("a:\nb: 1\n", ("a",), "", id="a value that is empty has an empty place"),
        pytest.param("a: &x 1.20\n", ("a",), "1.20", id="an anchor is not part of its value"),
        pytest.param("a: &x [1]\n", ("a",), "[1]", id="nor of its list"),
        pytest.param("a: &x # so\n  1.20\n", ("a",), "1.20", id="nor is a comment after it"),
        pytest.param("a: &x\nb: 1\n", ("a",), "", id="an anchor on nothing"),
        pytest.param("a: &x 12\nb: *x\n", ("b",), "12", id="an alias is shown where its anchor stands"),
        pytest.param("a: &x {b: 12}\nc: {<<: *x, d: 1}\n", ("c", "b"), "12", id="a merged value, where it stands"),
        pytest.param("a: &x {b: 12}\nc:\n  <<: *x\n  d: 1\n", ("c", "d"), "1", id="a value beside a merge"),
        pytest.param("a: &x {b: 12}\nc:\n  <<: *x\n  b: 34\n", ("c", "b"), "34", id="a value over a merged one"),
        pytest.param("a: &x {b: 12}\nc:\n- <<: *x\n  ? d\n", ("c", 0), "d", id="a merging block by its own key"),
        pytest.param("a: &x {b: 12}\nc:\n-\n  <<:\n    *x\n", ("c", 0), "<<:", id="a merge alone, by its line"),
    ],
)  # fmt: skip
def test_a_place_covers(text: str, path: SourcePath, shown: str) -> None:
    assert covered(read(text), path) == shown


@pytest.mark.parametrize(
    ("text", "path", "shown"),
    [
        pytest.param("a: 1\nbb: 2\n", ("bb",), "bb", id="a plain key"),
        pytest.param('"b b": 2\n', ("b b",), '"b b"', id="a quoted key, with its quotes"),
        pytest.param("? bb\n: 2\n", ("bb",), "bb", id="a key with a question mark"),
        pytest.param("&x bb: 12\n", ("bb",), "bb", id="a key without its anchor"),
        pytest.param("a: &x {bb: 12}\nc: {<<: *x}\n", ("c", "bb"), "bb", id="a merged key, where it stands"),
        pytest.param("a: [1, 2]\n", ("a", 1), "2", id="an item has no key, and is shown itself"),
    ],
)
def test_the_place_of_a_key_covers(text: str, path: SourcePath, shown: str) -> None:
    assert covered(read(text), path, on_key=True) == shown


@given(
    st.lists(st.sampled_from(["\n", "\r", "\r\n", "a", "é😀", "x" * 4095, "y" * 9000]), max_size=30),
    st.data(),
)
def test_an_offset_is_a_line_and_a_column(parts: list[str], data: st.DataObject) -> None:
    text = Text("".join(parts))
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(text.content))] * 2)))
    before = text.content[:start].split("\n")
    rest = text.content[start:end].partition("\n")[0]

    assert text.position(start) == (len(before), len(before[-1]) + 1)
    assert text.line_end(start, end) == start + len(rest)
    assert "\r" not in text.content
    assert text.lines == text.content.split("\n")
