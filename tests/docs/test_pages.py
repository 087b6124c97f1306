"""The pages as a whole: links, style, and that nothing is out of reach or out of date."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from documentation import INDEX, ROOT, anchors, every_page, links, name_of, prose, written_pages

from meshgen import __version__
from meshgen.cli.run import Commands, Exit

PAGES = [pytest.param(page, id=name_of(page)) for page in every_page()]
WRITTEN = [pytest.param(page, id=name_of(page)) for page in written_pages()]
DECISIONS = sorted((ROOT / "docs/decisions").glob("*.md"))


def _target(page: Path, link: str) -> Path:
    path = link.partition("#")[0]
    return (page.parent / path).resolve() if path else page


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: Path) -> None:
    for number, link in links(page):
        place = f"{name_of(page)}:{number}: {link}"
        if re.match(r"https?:", link):
            continue
        target = _target(page, link)
        assert target.exists(), place
        if anchor := link.partition("#")[2]:
            assert anchor in anchors(target), place


def test_every_page_can_be_reached_from_the_index() -> None:
    reached, waiting = {INDEX}, [INDEX]
    while waiting:
        page = waiting.pop()
        for _, link in links(page):
            target = _target(page, link)
            if target.suffix == ".md" and target.exists() and target not in reached:
                reached.add(target)
                waiting.append(target)

    assert {name_of(page) for page in every_page()} <= {name_of(page) for page in reached}


def test_every_command_has_its_section_in_the_reference() -> None:
    reference = ROOT / "docs/reference/cli.md"

    assert {f"meshgen-{name}" for name in Commands.HELP} <= anchors(reference)


def test_the_readme_has_at_most_150_lines() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= 150


def test_the_readme_names_the_two_commands_and_the_makefile_has_them() -> None:
    readme, makefile = (ROOT / "README.md").read_text(), (ROOT / "Makefile").read_text()

    for target in ("example", "test"):
        assert f"make {target}" in readme
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)


@pytest.mark.parametrize("page", WRITTEN)
def test_every_make_target_and_every_file_that_a_page_names_exists(page: Path) -> None:
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for _, line in prose(page):
        for target in re.findall(r"`make ([a-z]+)", line):
            assert target in targets, line
        for path in re.findall(r"`((?:meshgen|tests|schemas|examples)/[\w./-]+)`", line):
            assert (ROOT / path).exists(), line


@pytest.mark.parametrize("page", WRITTEN)
def test_a_page_begins_with_one_heading_and_skips_no_level(page: Path) -> None:
    levels = [len(line.split()[0]) for _, line in prose(page) if re.match(r"#+ ", line)]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("page", WRITTEN)
def test_a_line_holds_one_sentence_and_a_sentence_one_line(page: Path) -> None:
    before = ""
    for number, line in prose(page):
        place = f"{name_of(page)}:{number}: {line}"
        words = re.sub(r"`[^`]*`", "`x`", re.sub(r"\]\([^)]*\)", "]", line.strip()))
        begins_anew = re.match(r"([-*#|>]|\d+\.|<!--)( |$)|<!--|\||$", words) is not None
        text = re.sub(r"^([-*>]|\d+\.) ", "", words)
        if not words.startswith(("|", "#")):
            assert not re.search(r"[.!?][)\"]* +[A-Z`\[(*]", text), f"two sentences: {place}"
        if not begins_anew and before:
            assert re.search(r"[.:!?][)\"*]*$", before), f"goes on from the line before: {place}"
        before = "" if words.startswith(("#", "|", "<!--")) else text


@pytest.mark.parametrize("page", [pytest.param(page, id=page.stem) for page in DECISIONS])
def test_a_decision_is_one_page_with_its_date(page: Path) -> None:
    text = page.read_text()
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)

    assert re.search(r"^Date: \d{4}-\d{2}-\d{2}$", text, re.MULTILINE)
    assert headings == ["Context", "Decision", "Consequences"]
    assert len(text.splitlines()) <= 60


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(page.name[:4]) for page in DECISIONS]

    assert numbers == list(range(1, len(numbers) + 1))


def test_the_changelog_begins_with_this_version_or_what_is_unreleased() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text()
    newest = re.search(r"^## (\S+)", changelog, re.MULTILINE)

    assert newest is not None
    assert newest[1] in {"Unreleased", __version__}


def test_the_page_of_exit_statuses_has_all_of_them() -> None:
    page = (ROOT / "docs/reference/exit-status.md").read_text()

    assert {int(status) for status in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)} == set(Exit)
