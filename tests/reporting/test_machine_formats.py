"""JSON, SARIF, GitHub annotations, JUnit and one line a finding, as those who read them expect them."""

import json
import re
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import pytest
from builders import cluster, mesh, text
from findings import finding, report, report_of, span
from jsonschema import Draft7Validator

from meshgen.catalogue import RULES
from meshgen.diagnostics import Severity
from meshgen.inspection import inspect
from meshgen.reporting import concise, github, junit, machine, sarif
from meshgen.reporting.report import Report

SCHEMA = Draft7Validator(json.loads((Path(__file__).parent / "sarif-schema-2.1.0.json").read_text()))
BOTH = finding(
    at=span(3, 5, 9),
    related=((span(1, 2, 4), "first used here"),),
    help="the next free ID is 2",
    label="a label",
)
FOREIGN = finding("in the way", code="MG701", file="out/notes.txt")
WARNING = finding("careful", severity=Severity.WARNING)
INFO = finding("by the way", severity=Severity.INFO)


def test_json_is_the_documented_object() -> None:
    duplicate = text(mesh(cluster(1), cluster(2, id=1)))
    inspection = inspect(duplicate, "mesh.yaml")
    lines = duplicate.decode().splitlines()
    first, second = (number for number, line in enumerate(lines, start=1) if line == "  id: 1")

    made = json.loads(machine.render(Report(name="mesh.yaml", diagnostics=inspection.diagnostics)))

    assert made == {
        "schema": "meshgen.findings/v1",
        "findings": [
            {
                "code": "MG202",
                "name": "duplicate-cluster-id",
                "severity": "error",
                "message": "cluster2 has id 1, which cluster1 already has",
                "help": "the next free ID is 2",
                "file": "mesh.yaml",
                "path": "clusters[1].id",
                "start": {"line": second, "column": 7},
                "end": {"line": second, "column": 8},
                "related": [
                    {
                        "message": "first used here",
                        "file": "mesh.yaml",
                        "path": "clusters[0].id",
                        "start": {"line": first, "column": 7},
                        "end": {"line": first, "column": 8},
                    }
                ],
            }
        ],
        "summary": {"error": 1, "warning": 0, "info": 0},
    }


def test_json_without_findings_has_every_key() -> None:
    assert json.loads(machine.render(report())) == {
        "schema": "meshgen.findings/v1",
        "findings": [],
        "summary": {"error": 0, "warning": 0, "info": 0},
    }


def test_json_of_a_finding_without_a_place_says_so() -> None:
    (found,) = json.loads(machine.render(report(FOREIGN)))["findings"]

    assert (found["start"], found["end"], found["help"], found["related"]) == (None, None, None, [])
    assert found["file"] == "out/notes.txt"


def test_json_keeps_letters_as_they_are() -> None:
    assert "größe" in machine.render(report(finding("größe")))


def sarif_of(made: Report) -> dict[str, Any]:
    """The document, after it was held against the schema of OASIS."""
    document: dict[str, Any] = json.loads(sarif.render(made))
    SCHEMA.validate(document)
    return document


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(report(), id="nothing"),
        pytest.param(report(BOTH), id="two places"),
        pytest.param(report(FOREIGN), id="another file"),
        pytest.param(report(BOTH, BOTH, WARNING, INFO, FOREIGN), id="all kinds"),
        pytest.param(report_of("a: [1\n"), id="no YAML"),
        pytest.param(report_of(""), id="an empty file"),
        pytest.param(report(finding(file="a b/mesh:ä#?.yaml", at=span(1, 1, 2))), id="a name that is no URI"),
    ],
)
def test_sarif_is_valid(made: Report) -> None:
    document = sarif_of(made)

    assert document["version"] == "2.1.0"
    assert len(document["runs"][0]["results"]) == len(made.diagnostics)


def test_a_sarif_result_has_all_that_a_viewer_shows() -> None:
    run = sarif_of(report(BOTH))["runs"][0]
    result = run["results"][0]

    assert result["ruleId"] == "MG203"
    assert result["level"] == "error"
    assert result["message"]["text"] == "a message\nthe next free ID is 2"
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "mesh.yaml"},
                "region": {"startLine": 3, "startColumn": 5, "endLine": 3, "endColumn": 9},
            }
        }
    ]
    assert [place["message"]["text"] for place in result["relatedLocations"]] == ["first used here"]
    assert run["columnKind"] == "unicodeCodePoints"


def test_sarif_lists_each_rule_once_and_results_point_at_theirs() -> None:
    run = sarif_of(report(FOREIGN, BOTH, WARNING))["runs"][0]
    rules = run["tool"]["driver"]["rules"]

    assert [rule["id"] for rule in rules] == ["MG203", "MG701"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    assert rules[0]["shortDescription"]["text"].startswith("Two PodCIDRs overlap")
    assert "How to fix" in rules[0]["help"]["markdown"]


def test_sarif_levels() -> None:
    results = sarif_of(report(BOTH, WARNING, INFO))["runs"][0]["results"]

    assert [result["level"] for result in results] == ["error", "warning", "note"]


def test_every_rule_fits_into_sarif() -> None:
    every = report(*(finding(code=rule.code) for rule in RULES))

    assert len(sarif_of(every)["runs"][0]["tool"]["driver"]["rules"]) == len(RULES)


def test_a_sarif_uri_escapes_what_is_no_part_of_one() -> None:
    document = sarif_of(report(finding(file="a b/größe:1.yaml")))
    location = document["runs"][0]["results"][0]["locations"][0]["physicalLocation"]

    assert location["artifactLocation"]["uri"] == "a%20b/gr%C3%B6%C3%9Fe%3A1.yaml"


def test_a_github_annotation_has_file_place_title_and_help() -> None:
    assert github.render(report(BOTH)) == (
        "::error file=mesh.yaml,line=3,endLine=3,col=5,endColumn=9,title=MG203 overlapping-pod-cidrs"
        "::a message%0Athe next free ID is 2\n"
        "mesh.yaml: 1 error\n"
    )


def test_github_levels() -> None:
    lines = github.render(report(BOTH, WARNING, INFO)).splitlines()

    assert [line.split()[0] for line in lines[:-1]] == ["::error", "::warning", "::notice"]


def test_a_github_annotation_over_several_lines_has_no_columns() -> None:
    line = github.render(report(finding(at=span(1, 5, 2, last_line=3)))).splitlines()[0]

    assert line.startswith("::error file=mesh.yaml,line=1,endLine=3,title=")


def test_a_github_annotation_of_a_file_has_no_line() -> None:
    assert github.render(report(FOREIGN)).startswith(
        "::error file=out/notes.txt,title=MG701 foreign-output::"
    )


def test_what_ends_a_github_command_is_escaped() -> None:
    made = finding("100% of a\r\nb, c: d", file="a,b:c%.yaml", help="x::y")

    assert github.render(report(made)).splitlines()[0] == (
        "::error file=a%2Cb%3Ac%25.yaml,title=MG203 overlapping-pod-cidrs::100%25 of a%0D%0Ab, c: d%0Ax::y"
    )


@pytest.mark.parametrize(
    ("errors", "warnings", "cut"),
    [
        pytest.param(10, 10, None, id="as many as are shown"),
        pytest.param(11, 0, 1, id="one more"),
        pytest.param(25, 13, 18, id="of two levels"),
    ],
)
def test_github_annotations_that_would_be_dropped_are_counted(
    errors: int, warnings: int, cut: int | None
) -> None:
    lines = github.render(report(*[BOTH] * errors, *[WARNING] * warnings)).splitlines()
    commands = [line for line in lines if line.startswith("::")]

    assert len(commands) == min(errors, 10) + min(warnings, 10)
    told = [line for line in lines if "not shown" in line]
    assert told == (
        [] if cut is None else [f"{cut} more findings are not shown: GitHub takes 10 of each level a step"]
    )
    assert lines[-1].startswith(f"mesh.yaml: {errors} errors")


def suite_of(made: Report) -> Element:
    """The one test suite of a JUnit report, its numbers being those of its cases."""
    rendered = junit.render(made)
    assert rendered.startswith('<?xml version="1.0" encoding="UTF-8"?>\n')
    suites = fromstring(rendered.encode())  # noqa: S314 - it is our own
    (suite,) = suites
    assert (suites.tag, suite.tag) == ("testsuites", "testsuite")
    assert suite.attrib["tests"] == suites.attrib["tests"] == str(len(suite))
    failed = sum(case.find("failure") is not None for case in suite)
    assert suite.attrib["failures"] == suites.attrib["failures"] == str(failed)
    assert (suite.attrib["errors"], suite.attrib["skipped"]) == ("0", "0")
    return suite


def test_junit_has_a_case_for_each_code_and_only_errors_fail() -> None:
    suite = suite_of(report(BOTH, BOTH, finding("careful", code="MG217", severity=Severity.WARNING)))

    assert [case.attrib["name"].split()[0] for case in suite] == [rule.code for rule in RULES]
    assert {case.attrib["classname"] for case in suite} == {"mesh.yaml"}
    failed = {case.attrib["name"]: case.find("failure") for case in suite if len(case)}
    assert set(failed) == {"MG203 overlapping-pod-cidrs", "MG217 unknown-nodes"}
    failure = failed["MG203 overlapping-pod-cidrs"]
    assert failure is not None
    assert failure.attrib == {"message": "a message", "type": "MG203"}
    line = "mesh.yaml:3:5: a message (the next free ID is 2)"
    assert failure.text == f"{line}\n{line}"
    warned = next(case for case in suite if case.attrib["name"] == "MG217 unknown-nodes")
    assert [(child.tag, child.text) for child in warned] == [("system-out", "mesh.yaml: careful")]


def test_junit_of_a_code_with_errors_and_infos_has_both() -> None:
    suite = suite_of(report(BOTH, INFO))
    case = next(case for case in suite if len(case))

    assert [child.tag for child in case] == ["failure", "system-out"]


def test_junit_escapes_what_xml_does() -> None:
    made = finding('<a> & "b" \' ]]>', file="<&>.yaml")

    case = next(case for case in suite_of(report(made, name="<&>.yaml")) if len(case))

    assert case.attrib["classname"] == "<&>.yaml"
    assert case[0].attrib["message"] == '<a> & "b" \' ]]>'


def test_junit_of_a_name_with_control_characters_is_still_xml() -> None:
    control = "".join(f"\\x{number:02x}" for number in range(1, 32))
    content = f'version: 1\nname: "{control}"\ncilium: {{version: 1.6.9}}\nclusters: []\n'

    made = report_of(content)

    assert made.counts()[Severity.ERROR] >= 1
    suite_of(made)


def test_concise_is_one_line_a_finding_and_a_count() -> None:
    assert concise.render(report(BOTH, FOREIGN, WARNING)).splitlines() == [
        "mesh.yaml:3:5: error[MG203] a message (the next free ID is 2)",
        "out/notes.txt: error[MG701] in the way",
        "mesh.yaml: warning[MG203] careful",
        "mesh.yaml: 2 errors, 1 warning",
    ]


@pytest.mark.parametrize("name", ["a\nb", "a\r\nb", "\x1b[31m", "\u2028", "a\x0bb"])
def test_a_finding_about_a_strange_name_is_still_one_line(name: str) -> None:
    data = mesh(cluster(1), cluster(2, name=name, id=1))
    content = json.dumps(data)

    lines = concise.render(report_of(content)).splitlines()

    assert [re.findall(r"\[(MG\d+)\]", line) for line in lines] == [["MG210"], ["MG202"], []]
    assert all(line.isprintable() for line in lines)
