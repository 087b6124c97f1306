"""Every example of every code, in all six formats: none fails, and all count alike."""

import json
import re
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from cases import CODES, HERE, report
from jsonschema import Draft7Validator

SCHEMA = Draft7Validator(json.loads((HERE.parent / "reporting" / "sarif-schema-2.1.0.json").read_text()))
FILES = {"text": "t", "concise": "c", "json": "j", "sarif": "s", "github": "g", "junit": "u"}


@pytest.mark.parametrize("code", CODES)
def test_all_formats_count_alike(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing = HERE / code / "fail"
    formats = tuple(f"--format={name}={path}" for name, path in FILES.items())
    report(
        failing if failing.is_dir() else failing.with_suffix(".yaml"), tmp_path, monkeypatch, capsys, formats
    )
    made = {name: (tmp_path / path).read_text() for name, path in FILES.items()}
    document = json.loads(made["json"])
    counts = document["summary"]
    total = sum(counts.values())
    found = [(one["code"], one["severity"], one["message"]) for one in document["findings"]]

    assert total == len(found) > 0
    assert {one[0] for one in found} == {code}
    heads = re.findall(r"^(error|warning|info)\[(MG\d+)\]: (.*)$", made["text"], re.MULTILINE)
    assert [(head[1], head[0], head[2]) for head in heads] == found
    assert made["text"].splitlines()[-1] == made["concise"].splitlines()[-1]
    assert len(made["concise"].splitlines()) == total + 1
    assert all(message in made["concise"] for _, _, message in found)
    results = json.loads(made["sarif"])
    SCHEMA.validate(results)
    levels = {"error": "error", "warning": "warning", "note": "info"}
    assert [
        (one["ruleId"], levels[one["level"]], one["message"]["text"].split("\n")[0])
        for one in results["runs"][0]["results"]
    ] == found
    shown = [line for line in made["github"].splitlines() if line.startswith("::")]
    cut = re.search(r"^(\d+) more findings", made["github"], re.MULTILINE)
    assert len(shown) + (int(cut[1]) if cut else 0) == total
    suites = fromstring(made["junit"].encode())  # noqa: S314 - it is our own
    lines = [
        line
        for child in suites.iter()
        if child.tag in {"failure", "system-out"}
        for line in child.text.splitlines()
    ]
    assert len(lines) == total
    assert suites.attrib["failures"] == ("1" if counts["error"] else "0")
    assert f"{total}" in made["text"].splitlines()[-1]
