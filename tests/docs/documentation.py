"""
The pages that people read, and the examples in them.

An example is a fenced block. What it is, its language says, or an HTML comment on the line before it:

    ```sh          commands that must succeed, run in the page's folder
    ```console     `$ ` commands with what they print; a line `[…]` stands for any lines, and `[…]` in
                   a line for any characters
    ```yaml        a whole mesh.yaml that passes `meshgen check`
    ```diff        goes with `edit`
    ```python      goes with `source`

    <!-- not run: WHY -->      commands for other machines; only their syntax is checked
    <!-- file: PATH -->        the block is written to the page's folder
    <!-- edit: PATH -->        a file of the page's folder, changed as the diff says
    <!-- shows: PATH -->       what a file of the page's folder holds by now; `[…]` as above
    <!-- tree: PATH -->        the files below a folder by now; two spaces before what is said of one
    <!-- fragment -->          some keys of mesh.yaml, in a mesh that has the rest
    <!-- schema: NAME -->      a document for another tool, held to check-jsonschema's schema of that name
    <!-- pre-commit -->        a configuration of pre-commit
    <!-- kubernetes -->        objects for a cluster; each has apiVersion, kind and a name
    <!-- picture -->           nothing to run
    <!-- source: PATH -->      a file of the project

In the reader's home there is `meshgen/examples/`, as in a clone: with the demonstration identity, since a
page cannot show a recipient that is made while it is read. Where age and kubeseal are not installed,
those of programs/ stand in for them: they read and write the real formats, and know the options that
pages show.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
INDEX = ROOT / "docs" / "index.md"
DEMO_IDENTITY = ROOT / "examples" / "demo-identity.age.txt"
_AT_ROOT = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")
_WITH_TESTS_OF_THEIR_OWN = {"performance.md", "the-guide.md"}


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced example: the number of its first line, its language, the comment before it, its text."""

    page: Path
    first: int
    language: str
    directive: str
    argument: str
    text: str

    @property
    def place(self) -> str:
        """Where it begins, for a message."""
        return f"{name_of(self.page)}:{self.first}"

    @property
    def lines(self) -> list[str]:
        """The text by lines."""
        return self.text.splitlines()


def every_page() -> list[Path]:
    """Every page of the project."""
    return [*(ROOT / name for name in _AT_ROOT), *sorted((ROOT / "docs").rglob("*.md"))]


def written_pages() -> list[Path]:
    """The pages that people write, and that nothing else looks after."""
    return [page for page in every_page() if not _is_looked_after(page)]


def _is_looked_after(page: Path) -> bool:
    is_check = re.fullmatch(r"MG\d{3}\.md", page.name) is not None
    is_generated = page.read_text("utf-8").startswith("<!-- Generated")
    return is_check or is_generated or page.name in _WITH_TESTS_OF_THEIR_OWN


def name_of(page: Path) -> str:
    """The page's path in the project."""
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> Iterator[Block]:
    """The examples of a page, in order."""
    lines = page.read_text("utf-8").splitlines()
    start = None
    for number, line in enumerate(lines):
        if start is None and line.startswith("```"):
            start = number
        elif start is not None and line == "```":
            comment = re.fullmatch(r"<!-- ([a-z-]+(?: run)?)(?:: (.+))? -->", lines[start - 1])
            yield Block(
                page=page,
                first=start + 2,
                language=lines[start][3:],
                directive=comment[1] if comment else "",
                argument=(comment[2] or "") if comment else "",
                text="".join(f"{inside}\n" for inside in lines[start + 1 : number]),
            )
            start = None
    assert start is None, f"{name_of(page)}:{(start or 0) + 1}: the block has no end"


def prose(page: Path) -> Iterator[tuple[int, str]]:
    """The lines of a page outside of its examples, with their numbers."""
    inside = False
    for number, line in enumerate(page.read_text("utf-8").splitlines(), start=1):
        if line.startswith("```"):
            inside = not inside
        elif not inside:
            yield number, line


def links(page: Path) -> Iterator[tuple[int, str]]:
    """The targets of the links of a page, with their lines."""
    for number, line in prose(page):
        for match in re.finditer(r"\]\(([^)\s]+)\)", re.sub(r"`[^`]*`", "", line)):
            yield number, match[1]


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    found: set[str] = set()
    for _, line in prose(page):
        if heading := re.fullmatch(r"#+ (.+)", line):
            text = re.sub(r"[^\w\- ]", "", heading[1].lower()).replace(" ", "-")
            found.add(text)
    return found


def matches(shown: str, expected: str) -> bool:
    """Whether a text is the expected one, in which `[…]` stands for any lines, or characters of a line."""
    parts = [
        ".*".join(re.escape(piece) for piece in part.split("[…]"))
        for part in re.split(r"^\[…\]\n", expected, flags=re.MULTILINE)
    ]
    return re.fullmatch(r"(?:.*\n)*?".join(parts), shown) is not None


def renew(page: Path, texts: dict[int, str]) -> None:
    """Write a page with other texts in some of its examples, by their first lines."""
    lines = page.read_text("utf-8").splitlines(keepends=True)
    for block in reversed(list(blocks(page))):
        if block.first in texts:
            lines[block.first - 1 : block.first - 1 + len(block.lines)] = [texts[block.first]]
    page.write_text("".join(lines), "utf-8")
