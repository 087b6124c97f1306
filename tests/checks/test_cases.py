"""Each case prints exactly its report."""

import re
from pathlib import Path

import pytest
from cases import CODES, HERE, cases, report

FAILING = [*cases("fail*"), *cases("more/*")]


def named(path: Path) -> str:
    return str(path.relative_to(HERE))


@pytest.mark.parametrize("case", FAILING, ids=named)
def test_a_failing_case_prints_its_report(
    case: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    update_golden: bool,
) -> None:
    shown = report(case, tmp_path, monkeypatch, capsys)
    expected = case.with_suffix(".txt")
    if update_golden:
        expected.write_text(shown, "utf-8")

    assert shown == expected.read_text("utf-8")


@pytest.mark.parametrize("case", FAILING, ids=named)
def test_a_failing_case_has_its_code_and_no_other(case: Path) -> None:
    code = case.relative_to(HERE).parts[0]
    found = re.findall(
        r"^(?:error|warning|info)\[(\w+)\]", case.with_suffix(".txt").read_text("utf-8"), re.MULTILINE
    )

    assert set(found) == {code} or case.parent.name == "more"
    assert code in found or case.stem == "ignore-of-what-cannot-be-ignored"


@pytest.mark.parametrize("case", list(cases("pass*")), ids=named)
def test_a_passing_case_has_no_finding(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = report(case, tmp_path, monkeypatch, capsys)

    assert shown in {"", "mesh.yaml: no findings\n"}


@pytest.mark.parametrize("code", CODES)
def test_a_code_has_both_examples(code: str) -> None:
    stems = {path.stem for path in (HERE / code).iterdir()}

    assert {"fail", "pass"} <= stems
