# ruff: noqa: E501 - a row of a table is one line
"""What makes a file unreadable, and where the finding stands (MG001 to MG004)."""

import pytest
from placed import diagnostics, placed

from meshgen.source import MAX_BYTES
from meshgen.source.reader import MAX_DEPTH, MAX_NODES


def only(content: str | bytes) -> tuple[str, str]:
    """Place and message of the one finding."""
    (found,) = diagnostics(content)
    return placed(content)[0], found.message


@pytest.mark.parametrize(
    ("content", "place", "message"),
    [
        pytest.param(
            "a: [1, 2\nb: 3\n",
            "MG001 2:2-2:3",
            "while parsing a flow sequence did not find expected ',' or ']'",
            id="a bracket that is not closed",
        ),
        pytest.param(
            'a: "b\n',
            "MG001 1:5-1:6",
            "while scanning a quoted scalar found unexpected end of stream",
            id="a quote that is not closed, at the last character",
        ),
        pytest.param(
            "a: 1\n b: 2\n", "MG001 2:3-2:4", "mapping values are not allowed in this context", id="an indent"
        ),
        pytest.param(
            "a:\n\t- 1\n",
            "MG001 2:1-2:2",
            "while scanning for the next token found character that cannot start any token",
            id="a tab as indent",
        ),
        pytest.param(
            "a: @b\n",
            "MG001 1:4-1:5",
            "while scanning for the next token found character that cannot start any token",
            id="a reserved character",
        ),
        pytest.param(
            'a: "\\q"\n',
            "MG001 1:5-1:6",
            "while parsing a quoted scalar found unknown escape character",
            id="an unknown escape",
        ),
        pytest.param(
            "%YAML 3.0\n---\na: 1\n", "MG001 1:1-1:2", "found incompatible YAML document", id="YAML 3"
        ),
        pytest.param(
            "é: 世\nb: \x00\n", "MG001 2:4-2:5", "the character U+0000 is not allowed in YAML", id="a NUL byte"
        ),
        pytest.param("a: \x1b[0m", "MG001 1:4-1:5", "the character U+001B is not allowed in YAML", id="an escape"),
        pytest.param(
            "a: b\ufeff", "MG001 1:5-1:6", "the character U+FEFF is not allowed in YAML", id="a second byte order mark"
        ),
        pytest.param(
            "\ufeff\ufeffa: b", "MG001 1:1-1:2", "the character U+FEFF is not allowed in YAML", id="two byte order marks"
        ),
        pytest.param("a: 1\nb: \uffff", "MG001 2:4-2:5", "the character U+FFFF is not allowed in YAML", id="no character"),
    ],
)  # fmt: skip
def test_a_syntax_error_is_placed(content: str, place: str, message: str) -> None:
    assert only(content)[0] == place
    assert message in only(content)[1]


_INDENT = "indent it with spaces, as the line above; a text that goes on here needs quotes"
_TABS = "indent with spaces, as the line above: YAML takes no tabs for that"
_BRACKET = "close the bracket that begins in line 1, or write the comma that is missing"


@pytest.mark.parametrize(
    ("content", "way_out"),
    [
        pytest.param("a:\n\t- 1\n", _TABS, id="a tab before an entry"),
        pytest.param("a:\n  b: 1\n\tc: 2\n", _TABS, id="a tab before a key"),
        pytest.param("a:\n- b: 1\n   c: 2\n", _INDENT, id="a key too far to the right"),
        pytest.param("a:\n- b: 1\n c: 2\n", _INDENT, id="a key too far to the left"),
        pytest.param("a:\n  - 1\n - 2\n", _INDENT, id="an entry too far to the left"),
        pytest.param("a: 1\n- 2\n", _INDENT, id="an entry beside a key"),
        pytest.param("a: see: b\n", "quote the text", id="a colon in a text"),
        pytest.param("a: b:\n", "quote the text", id="a colon at the end of a text"),
        pytest.param("a: {b: c: d}\n", "quote the text", id="a colon in a text in brackets"),
        pytest.param("a: @b\n", "quote the text", id="a reserved character"),
        pytest.param("a: *.b\n", "quote the text", id="an asterisk"),
        pytest.param("a: & b\n", "quote the text", id="an ampersand"),
        pytest.param('a: "b" c\n', "quote the text", id="quotes around a part of a text"),
        pytest.param('a: ["b" c]\n', "quote the text", id="quotes around a part of a text in brackets"),
        pytest.param('a: 1\nb: "c\n', "close the quote that begins in line 2", id="the only quote"),
        pytest.param("a: 'c\nb: 'd'\n", "close the quote that begins in line 1", id="a quote that another closes"),
        pytest.param("z: 1\na: [b, 'c]\nb: ''\nc: it's\n", "close the quote that begins in line 2", id="an apostrophe"),
        pytest.param("a: 'c\nb: '''d'' it'\n", "close the quote that begins in line 1", id="quotes in pairs between"),
        pytest.param('a: "b\\"c" d\n', "quote the text", id="a quote in quotes"),
        pytest.param("a: [1\nb: 2\n", _BRACKET, id="a bracket that is not closed"),
        pytest.param("a: [1, {b: 2]\n", _BRACKET, id="a bracket that is not closed before another"),
        pytest.param("a: 1\nb\nc: 2\n", "write a colon and a space behind the key in line 2", id="no colon"),
        pytest.param("b: [1]]\n", None, id="a bracket too many"),
        pytest.param('a: "\\q"\n', None, id="an unknown escape"),
    ],
)  # fmt: skip
def test_a_syntax_error_has_a_way_out(content: str, way_out: str | None) -> None:
    (found,) = diagnostics(content)

    assert (found.code, found.help) == ("MG001", way_out)


@pytest.mark.parametrize("marker", ["<<<<<<< HEAD", "||||||| 1a2b3c4", "=======", ">>>>>>> theirs"])
@pytest.mark.parametrize("before", ["", "a: 1\n", "a:\n- b: 1\n"])
def test_each_mark_of_a_merge_conflict_is_told(before: str, marker: str) -> None:
    (found,) = diagnostics(f"{before}{marker}\nc: 2\n")

    line = before.count("\n") + 1
    assert found.help == f"a merge conflict was left in the file, in line {line}: resolve it first"


def test_what_only_looks_like_a_merge_conflict_is_none() -> None:
    (found,) = diagnostics("a: |\n  =======\n# =======\nb: @c\n========\n")

    assert found.help == "quote the text"


def test_a_syntax_error_shows_where_the_broken_part_begins() -> None:
    (found,) = diagnostics("a: {b: 1\nc: [\n")

    ((line, column), _) = found.related[0].span
    assert (line, column, found.related[0].message) == (1, 4, "begun here")


def test_a_syntax_error_where_the_broken_part_begins_shows_one_place() -> None:
    (found,) = diagnostics("a: @b\n")

    assert found.related == ()


@pytest.mark.parametrize("character", ["\x85", "\u2028", "\u2029"])
def test_what_ends_a_line_only_in_yaml_1_1_is_refused(character: str) -> None:
    # What a reviewer sees as a comment would be read as data.
    content = f"a: 1 # note{character}b: 2\n"

    (found,) = diagnostics(content)
    number = f"{ord(character):04X}"
    assert placed(content) == ["MG003 1:12-1:13"]
    assert found.message == f"the character U+{number} ends a line in YAML 1.1, and does not in YAML 1.2"
    assert found.help == f'write it as an escape, in double quotes: "\\u{number}"'


@pytest.mark.parametrize(
    ("content", "places"),
    [
        pytest.param("a: 1\na: 2\n", ["MG002 2:1-2:2"], id="in a block"),
        pytest.param("b: {a: 1, a: 2}\n", ["MG002 1:11-1:12"], id="in flow style"),
        pytest.param("a: 1\n'a': 2\n", ["MG002 2:1-2:4"], id="with and without quotes"),
        pytest.param("a: 1\na: 2\na: 3\n", ["MG002 2:1-2:2", "MG002 3:1-3:2"], id="three times"),
        pytest.param("c: &x {a: 1}\nb:\n  <<: *x\n  <<: *x\n", ["MG002 4:3-4:5"], id="two merges"),
        pytest.param('b:\n  "<<": 1\n  <<: {}\n', ["MG002 3:3-3:5"], id="a merge after a key of the same letters"),
        pytest.param("a: 1\n&x a: 2\n", ["MG002 2:4-2:5"], id="with an anchor"),
        pytest.param("a: {b: 1, b: 2}\na: [\n", ["MG002 1:11-1:12", "MG002 2:1-2:2", "MG001 2:4-2:5"], id="and more"),
    ],
)  # fmt: skip
def test_every_duplicate_key_is_placed(content: str, places: list[str]) -> None:
    assert sorted(placed(content)) == sorted(places)


def test_a_duplicate_key_shows_the_first() -> None:
    (found,) = diagnostics("b: 0\naé: 1\naé: 2\n")

    assert found.message == "the key 'aé' is written twice in one mapping"
    assert [(place.message, place.span.start, place.span.end) for place in found.related] == [
        ("first written here", (2, 1), (2, 3))
    ]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("a: {b: 1}\nc: {b: 1}\n", id="in two mappings"),
        pytest.param("a: &x {b: 1}\nc: {<<: *x, b: 2}\n", id="merged and written"),
        pytest.param("a: &x {b: 1}\nc: &y {b: 2}\nd: {<<: [*x, *y]}\n", id="merged from two"),
        pytest.param("a: 1\nA: 1\n", id="in capitals"),
        pytest.param('"<<": 1\n', id="letters that would merge"),
    ],
)
def test_a_key_is_no_duplicate(content: str) -> None:
    assert [code for code in placed(content) if code.startswith("MG0")] == []


@pytest.mark.parametrize(
    ("content", "place", "message"),
    [
        pytest.param("a: !!str 1\n", "MG003 1:4-1:11", "the tag 'tag:yaml.org,2002:str' is not supported", id="a tag"),
        pytest.param("a: ! x\n", "MG003 1:4-1:7", "the tag '!' is not supported", id="the tag of no meaning"),
        pytest.param("!x {a: 1}\n", "MG003 1:1-1:5", "the tag '!x' is not supported", id="the tag of a mapping"),
        pytest.param("- !x y\n  z\n", "MG003 1:3-1:7", "the tag '!x' is not supported", id="a tag over two lines"),
        pytest.param("&x 1.0: a\n", "MG003 1:1-1:7", "the key '1.0' is not text", id="a number as key"),
        pytest.param("? [a]\n: 1\n", "MG003 1:3-1:4", "a key must be text here, not an alias, a list or a mapping", id="a list as key"),
        pytest.param("a: &x b\n*x : 1\n", "MG003 2:1-2:3", "a key must be text here, not an alias, a list or a mapping", id="an alias as key"),
        pytest.param("a: 1\n---\nb: 1\n", "MG003 2:1-2:4", "a second document begins here; mesh.yaml is one document", id="two documents"),
        pytest.param("%YAML 1.1\n---\na: 1\n", "MG003 1:1-1:10", "the file declares YAML 1.1; it is read as YAML 1.2", id="YAML 1.1"),
        pytest.param("a: &x [1, *x]\n", "MG003 1:11-1:13", "the alias '*x' refers to itself", id="a list in itself"),
        pytest.param("a: &x {b: *x}\n", "MG003 1:11-1:13", "the alias '*x' refers to itself", id="a mapping in itself"),
        pytest.param("a: &x {<<: *x}\n", "MG003 1:12-1:14", "the alias '*x' refers to itself", id="a merge of itself"),
        pytest.param("a: *x\n", "MG003 1:4-1:6", "the alias '*x' has no anchor before it", id="no anchor"),
        pytest.param("a: {<<: 1}\n", "MG003 1:5-1:7", "the merge key << takes a mapping or a list of mappings", id="a merge of a number"),
        pytest.param("a: {<<: [{}, []]}\n", "MG003 1:5-1:7", "the merge key << takes a mapping or a list of mappings", id="a merge of a list in a list"),
    ],
)  # fmt: skip
def test_yaml_that_is_not_supported_is_placed(content: str, place: str, message: str) -> None:
    assert only(content) == (place, message)


def test_only_the_first_unsupported_part_is_told() -> None:
    assert placed("a: !x 1\nb: !y 2\n") == ["MG003 1:4-1:8"]


@pytest.mark.parametrize(
    "content", ["%YAML 1.2\n---\na: 1\n...\n", "--- {a: 1}\n...\n# end\n", "%TAG ! x:\n---\na: 1\n"]
)
def test_one_document_with_its_marks_is_read(content: str) -> None:
    assert [one for one in placed(content) if one.startswith("MG0")] == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"", "the file is empty", id="no byte"),
        pytest.param(b"\xef\xbb\xbf", "the file is empty", id="a byte order mark alone"),
        pytest.param(b"# nothing\n\n", "the file is empty", id="a comment"),
        pytest.param(b"---\n...\n", "the file is empty", id="a document with nothing in it"),
        pytest.param(b"~\n", "the file is empty", id="null"),
        pytest.param(b"a: 1\nb: \xe9\n", "the file is not UTF-8: byte 0xe9 in line 2", id="Latin-1"),
        pytest.param("a: é".encode("utf-16"), "the file is not UTF-8: byte 0xff in line 1", id="UTF-16"),
        pytest.param("a: é".encode("utf-16-be"), "the file is not UTF-8: byte 0xe9 in line 1", id="UTF-16, no mark"),
        pytest.param("a: 世\n".encode() + "b: é".encode("latin-1"), "the file is not UTF-8: byte 0xe9 in line 2", id="two encodings"),
        pytest.param(b"a: \xed\xa0\x80", "the file is not UTF-8: byte 0xed in line 1", id="half a surrogate pair"),
        pytest.param(b"a: \xc0\x80", "the file is not UTF-8: byte 0xc0 in line 1", id="a NUL in two bytes"),
        pytest.param(b"a" * (MAX_BYTES + 1), "the file has 16,777,217 bytes; at most 16,777,216 are read", id="too large"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_told(content: bytes, message: str) -> None:
    assert only(content) == ("MG004 1:1-1:1", message)


def nested(levels: int) -> str:
    return "a: " + "[" * (levels - 1) + "]" * (levels - 1) + "\n"


def test_nesting_is_bounded() -> None:
    assert not [one for one in placed(nested(MAX_DEPTH)) if one.startswith("MG0")]
    assert only(nested(MAX_DEPTH + 1)) == (
        f"MG003 1:{MAX_DEPTH + 3}-1:{MAX_DEPTH + 4}",
        f"the file is nested more than {MAX_DEPTH} levels deep",
    )


def test_the_number_of_values_is_bounded_once_aliases_are_expanded() -> None:
    thousand = "a: &a [" + "x," * 999 + "]\n"  # a key, a list and 999 items
    fill = MAX_NODES // 1000 - 2
    content = thousand + "b: [" + "*a," * fill + "]\n"
    spare = MAX_NODES - 1 - 1001 - 2 - 1000 * fill

    assert not [one for one in placed(content + "c: [" + "x," * (spare - 2) + "]\n") if one.startswith("MG0")]
    assert only(content + "c: [" + "x," * (spare - 1) + "]\n") == (
        f"MG003 3:{2 * spare + 1}-3:{2 * spare + 2}",
        "the file has more than 1,000,000 values, aliases expanded",
    )


def test_an_alias_counts_as_often_as_it_is_used() -> None:
    bomb = "a0: &a0 x\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10))

    assert only(bomb)[1] == "the file has more than 1,000,000 values, aliases expanded"


def test_a_merge_counts_as_often_as_it_is_used() -> None:
    keys = ", ".join(f"k{n}: 1" for n in range(1000))
    bomb = f"a: &a {{{keys}}}\nb: [" + "{<<: *a}," * 500 + "]\n"

    assert only(bomb)[1] == "the file has more than 1,000,000 values, aliases expanded"


def test_duplicate_keys_are_told_until_there_are_too_many() -> None:
    found = diagnostics("a: 1\n" * 2_500)

    assert len(found) == 2_001
    assert found[-1].message == "more than 2,000 keys are written twice; the rest is left out"
    assert placed("a: 1\n" * 2_500)[-1] == "MG002 2002:1-2002:2"
