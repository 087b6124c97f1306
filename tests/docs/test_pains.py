"""The table of reported pains names issues that can be opened, and codes that exist."""

import re

from documentation import ROOT

from meshgen.catalogue import RULES

PAGE = (ROOT / "docs/reference/pains.md").read_text("utf-8")
ROWS = [line.strip("|").split(" | ") for line in PAGE.splitlines() if line.startswith("| [")]


def test_every_report_is_linked_and_answered() -> None:
    assert len(ROWS) == 32
    for reports, happens, answer in ROWS:
        assert re.fullmatch(
            r"(\[[a-z-]*#\d+\]\(https://github\.com/cilium/[a-z-]+/(issues|pull)/\d+\)(, )?)+",
            reports.strip(),
        )
        assert all(number == linked for number, linked in re.findall(r"#(\d+)\]\([^)]*?/(\d+)\)", reports))
        assert happens
        assert answer.strip()


def test_every_code_is_one_and_linked() -> None:
    codes = {rule.code for rule in RULES}

    assert set(re.findall(r"MG\d{3}", PAGE)) <= codes
    for shown, linked in re.findall(r"\[(MG\d{3})\]\(\.\./checks/(MG\d{3})\.md\)", PAGE):
        assert shown == linked


def test_every_finding_that_was_written_for_a_report_is_in_the_table() -> None:
    codes = "MG211 MG214 MG219 MG224 MG227 MG310 MG311 MG407 MG423 MG610 MG612"
    for code in codes.split():
        assert code in PAGE
