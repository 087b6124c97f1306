"""The report for people: a frame with both places, in columns that fit, whatever the line holds."""

from textwrap import dedent

import pytest
from findings import finding, report, report_of, span

from meshgen.diagnostics import Severity
from meshgen.reporting.report import Report
from meshgen.reporting.text import render

KEY = "-----BEGIN PRIVATE KEY-----"


def shown(made: Report) -> str:
    """The report without its last line and the hint at `meshgen explain`."""
    lines = render(made).splitlines()
    return "\n".join(line.rstrip() for line in lines[:-2] if "see: meshgen explain" not in line)


def expected(text: str) -> str:
    return dedent(text).strip("\n")


def test_a_report_has_message_place_frame_help_and_code() -> None:
    found = finding(
        "PodCIDRs of cluster1 and cluster3 overlap",
        at=span(31, 16, 29),
        label="lies inside it (32,768 addresses)",
        related=((span(12, 16, 27), "cluster1 has 10.1.0.0/16"),),
        help="the next free /17 is 10.4.0.0/17",
    )
    lines = [""] * 31
    lines[11], lines[30] = "    podCIDRs: [10.1.0.0/16]", "    podCIDRs: [10.1.128.0/17]"

    assert render(report(found, text="\n".join(lines))) == dedent(
        """\
        error[MG203]: PodCIDRs of cluster1 and cluster3 overlap
           --> mesh.yaml:31:16
           |
        12 |     podCIDRs: [10.1.0.0/16]
           |                ----------- cluster1 has 10.1.0.0/16
        ...
        31 |     podCIDRs: [10.1.128.0/17]
           |                ^^^^^^^^^^^^^ lies inside it (32,768 addresses)
           |
           = help: the next free /17 is 10.4.0.0/17
           = see: meshgen explain MG203

        mesh.yaml: 1 error
        """
    )


def test_two_places_on_one_line_share_it() -> None:
    found = finding(at=span(1, 9, 11), label="second", related=((span(1, 2, 6), "first"),))

    assert shown(report(found, text="[aaaa, bb]")) == expected(
        """
        error[MG203]: a message
          --> mesh.yaml:1:9
          |
        1 | [aaaa, bb]
          |  ---- first
          |         ^^ second
          |
        """
    )


def test_the_first_place_may_come_later_in_the_file() -> None:
    found = finding(at=span(1, 1, 3), related=((span(2, 1, 3), "its version"),))

    assert shown(report(found, text="aa\nbb")) == expected(
        """
        error[MG203]: a message
          --> mesh.yaml:1:1
          |
        1 | aa
          | ^^
        2 | bb
          | -- its version
          |
        """
    )


def test_tabs_are_four_columns() -> None:
    frame = shown(report(finding(at=span(1, 5, 7)), text="\tid\t12")).splitlines()

    assert frame[3:5] == ["1 |     id    12", "  |           ^^"]


@pytest.mark.parametrize(
    ("line", "start", "end", "under"),
    [
        pytest.param("ab", 1, 3, "^^", id="letters"),
        pytest.param("äb", 2, 3, " ^", id="an accent in one character"),
        pytest.param("a\u0308b", 3, 4, " ^", id="a combining accent takes no column"),
        pytest.param("東京x", 3, 4, "    ^", id="wide letters take two"),
        pytest.param("x東京", 2, 4, " ^^^^", id="wide letters are marked in full"),
        pytest.param("\uff46x", 2, 3, "  ^", id="letters of full width"),
        pytest.param("🦀x", 2, 3, "  ^", id="pictures take two"),
        pytest.param("\tx", 2, 3, "    ^", id="a tab takes four"),
        pytest.param("\t", 1, 2, "^^^^", id="a tab is marked in full"),
        pytest.param("a\u202eb", 3, 4, "  ^", id="a mark that turns the line around takes one"),
        pytest.param("ab", 3, 3, "  ^", id="the end of the line"),
        pytest.param("", 1, 1, "^", id="an empty line"),
        pytest.param("abc", 2, 2, " ^", id="an empty value"),
    ],
)
def test_marks_stand_under_what_they_mark(line: str, start: int, end: int, under: str) -> None:
    frame = shown(report(finding(at=span(1, start, end)), text=line)).splitlines()

    assert frame[4] == f"  | {under}"


@pytest.mark.parametrize("char", ["\x1b", "\u202e", "\u200b", "\x07", "\u2028", "\x85"])
def test_what_a_terminal_would_act_on_is_shown_as_a_box(char: str) -> None:
    assert shown(report(finding(at=span(1, 1, 2)), text=f"a{char}b")).splitlines()[3] == "1 | a\ufffdb"


def test_a_place_over_several_lines_is_marked_on_its_first() -> None:
    frame = shown(report(finding(at=span(1, 4, 2, last_line=3)), text="a: [b,\nc,\n]")).splitlines()

    assert frame[3:] == ["1 | a: [b,", "  |    ^^^", "  |"]


def test_line_numbers_of_different_length_line_up() -> None:
    found = finding(at=span(100, 1, 2), related=((span(9, 1, 2), "first"),))
    frame = shown(report(found, text="x\n" * 100)).splitlines()

    assert frame[1:] == [
        "    --> mesh.yaml:100:1",
        "    |",
        "9   | x",
        "    | - first",
        "...",
        "100 | x",
        "    | ^",
        "    |",
    ]


LONG = "a" * 150 + "FIRST" + "b" * 300 + "SECOND" + "c" * 150


def test_of_a_long_line_the_part_around_the_place_is_shown() -> None:
    _, _, _, line, mark, _ = shown(report(finding(at=span(1, 151, 156)), text=LONG)).splitlines()

    assert line.startswith("1 | …aaa")
    assert line.endswith("bbb…")
    assert len(line) == len("1 | ") + 102
    assert line[mark.index("^") : mark.rindex("^") + 1] == "FIRST"


def test_two_places_far_apart_on_a_long_line_are_both_shown() -> None:
    found = finding(at=span(1, 456, 462), label="here", related=((span(1, 151, 156), "there"),))
    frame = shown(report(found, text=LONG)).splitlines()[3:7]

    assert frame[0][frame[1].index("-") : frame[1].rindex("-") + 1] == "FIRST"
    assert frame[1].endswith(" there")
    assert frame[2][frame[3].index("^") : frame[3].rindex("^") + 1] == "SECOND"
    assert frame[3].endswith(" here")


def test_two_places_close_together_on_a_long_line_share_a_part_of_it() -> None:
    line = "a" * 300 + "ONE" + "b" * 20 + "TWO" + "c" * 300
    found = finding(at=span(1, 324, 327), related=((span(1, 301, 304), "first"),))
    frame = shown(report(found, text=line)).splitlines()[3:-1]

    assert len(frame) == 3
    assert frame[0][frame[1].index("-") : frame[1].rindex("-") + 1] == "ONE"
    assert frame[0][frame[2].index("^") : frame[2].rindex("^") + 1] == "TWO"


@pytest.mark.parametrize(
    ("start", "end"),
    [
        pytest.param(1, 3, id="at the beginning"),
        pytest.param(598, 601, id="at the end"),
        pytest.param(1, 601, id="all of it"),
        pytest.param(601, 601, id="behind it"),
    ],
)
def test_a_long_line_stays_short(start: int, end: int) -> None:
    frame = shown(report(finding(at=span(1, start, end)), text="x" * 600)).splitlines()

    assert all(len(line) <= len("1 | ") + 102 for line in frame)
    assert "^" in frame[4]


def test_a_place_in_another_file_has_no_frame() -> None:
    found = finding("notes.txt is in the way", code="MG701", file="out/notes.txt", help="move it away")

    assert render(report(found, text="version: 1")) == dedent(
        """\
        error[MG701]: notes.txt is in the way
          --> out/notes.txt
          = help: move it away
          = see: meshgen explain MG701

        mesh.yaml: 1 error
        """
    )


def test_a_finding_of_a_file_that_is_no_text_has_a_place_and_no_frame() -> None:
    made = Report(name="mesh.yaml", diagnostics=(finding(code="MG004", at=span(1, 1, 1)),))

    assert shown(made).splitlines()[1:] == ["  --> mesh.yaml:1:1"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"a: {KEY}MIIEvQ", id="on its own line"),
        pytest.param(f"{KEY}\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC", id="in the lines below"),
        pytest.param(f"{KEY}\n" + "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n" * 99 + "abc", id="far below"),
    ],
)
def test_a_line_of_a_private_key_is_never_shown(text: str) -> None:
    last = text.count("\n") + 1
    frame = shown(report(finding(at=span(last, 2, 4), label="here"), text=text)).splitlines()

    assert frame[3] == f"{last} | [not shown: a private key]"
    assert frame[4].endswith("| ^^^^^^^^^^^^^^^^^^^^^^^^^^ here")
    assert "MII" not in "".join(frame)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"{KEY}\nMIIE\n-----END PRIVATE KEY-----\nname: x", id="after a private key"),
        pytest.param("-----BEGIN CERTIFICATE-----\nMIIDBTCC", id="in a certificate"),
    ],
)
def test_other_lines_are_shown(text: str) -> None:
    last = text.count("\n") + 1

    assert "not shown" not in render(report(finding(at=span(last, 1, 3)), text=text))


def test_colours_are_put_around_what_they_are_for() -> None:
    found = finding(at=span(1, 1, 3), label="here", related=((span(2, 1, 3), "there"),), help="do it")
    plain = render(report(found, text="aa\nbb"))
    coloured = render(report(found, text="aa\nbb"), colour=True)

    assert "\x1b[31;1merror[MG203]\x1b[0m: \x1b[1ma message\x1b[0m\n" in coloured
    assert "\x1b[31;1m^^ here\x1b[0m\n" in coloured
    assert "\x1b[34;1m-- there\x1b[0m\n" in coloured
    stripped = coloured
    for code in ("31;1", "34;1", "1", "0"):
        stripped = stripped.replace(f"\x1b[{code}m", "")
    assert [line.rstrip() for line in stripped.splitlines()] == [line.rstrip() for line in plain.splitlines()]


@pytest.mark.parametrize(
    ("severity", "code"), [(Severity.ERROR, "31;1"), (Severity.WARNING, "33;1"), (Severity.INFO, "36;1")]
)
def test_each_severity_has_its_colour(severity: Severity, code: str) -> None:
    assert f"\x1b[{code}m{severity}[MG203]" in render(report(finding(severity=severity)), colour=True)


@pytest.mark.parametrize(
    ("errors", "warnings", "infos", "line"),
    [
        pytest.param(0, 0, 0, "mesh.yaml: no findings", id="none"),
        pytest.param(1, 0, 0, "mesh.yaml: 1 error", id="one"),
        pytest.param(2, 1, 0, "mesh.yaml: 2 errors, 1 warning", id="of two kinds"),
        pytest.param(0, 2, 0, "mesh.yaml: 2 warnings", id="warnings"),
        pytest.param(1, 1, 2, "mesh.yaml: 1 error, 1 warning, 2 info", id="of all kinds"),
    ],
)
def test_the_last_line_counts(errors: int, warnings: int, infos: int, line: str) -> None:
    found = [
        *[finding(severity=Severity.ERROR)] * errors,
        *[finding(severity=Severity.WARNING)] * warnings,
        *[finding(severity=Severity.INFO)] * infos,
    ]

    assert render(report(*found)).splitlines()[-1] == line


def test_a_file_that_is_no_yaml_shows_where_reading_stopped() -> None:
    assert "2 | b: 2" in render(report_of("a: [1\nb: 2\n"))


def test_a_control_character_of_a_name_does_not_reach_the_terminal() -> None:
    text = 'version: 1\nname: "a\\e[31mb"\ncilium: {version: 1.6.9}\nclusters: []\n'

    assert "\x1b" not in render(report_of(text))
