"""Every example of every page is run, or read by what would read it."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from builders import cluster, mesh, text
from documentation import ROOT, Block, blocks, matches, name_of, renew, written_pages

from meshgen.inspection import inspect
from meshgen.model import Mesh

BIN = Path(sys.executable).parent
PROGRAMS = Path(__file__).parent / "programs"
"""What stands in for programs that are not installed here."""
TODAY = "2026-11-26"
_MARK = "\x1e"


class Reader:
    """Someone who follows a page from its beginning, in a folder of his own, with meshgen in ~/meshgen."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        clone = folder.parent / "meshgen"
        shutil.copytree(ROOT / "examples", clone / "examples")
        self._environment = {
            "PATH": f"{BIN}:{os.getenv('PATH')}:{PROGRAMS}",
            "PYTHONPATH": str(ROOT),
            "HOME": str(folder.parent),
            "LC_ALL": "C.UTF-8",
            "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "reader", "GIT_AUTHOR_EMAIL": "reader@example.org",
            "GIT_COMMITTER_NAME": "reader", "GIT_COMMITTER_EMAIL": "reader@example.org",
        }  # fmt: skip

    def bash(self, script: str) -> subprocess.CompletedProcess[str]:
        """Run a script, its two outputs mixed as on a terminal."""
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-c", script],
            cwd=self.folder, env=self._environment, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip

    def commands(self, block: Block) -> None:
        """Commands that must succeed."""
        ran = self.bash(f"set -euo pipefail\n{block.text}")
        assert ran.returncode == 0, f"{block.place}: exit status {ran.returncode}\n{ran.stdout}"

    def console(self, block: Block) -> str:
        """Commands with what they print; one that shows nothing must succeed."""
        assert block.text.startswith("$ "), f"{block.place}: begins without a command"
        pairs = re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block.text, re.MULTILINE)
        script = "".join(f'{command}\nkeep=$?; printf "$keep{_MARK}"; (exit $keep)\n' for command, _ in pairs)
        outputs = self.bash(script).stdout.split(_MARK)
        true = ""
        for (command, expected), output in zip(pairs, outputs, strict=False):
            *lines, status = output.split("\n")
            printed = "".join(f"{line.rstrip()}\n" for line in lines)
            assert "a bug in meshgen" not in printed, f"{block.place}: {command}\n{printed}"
            assert printed or status == "0", f"{block.place}: {command}: exit status {status}"
            true += f"$ {command}\n" + (expected if matches(printed, expected) else printed)
        return true

    def file(self, block: Block) -> None:
        """A file that the reader writes."""
        path = self.folder / block.argument
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text)

    def edit(self, block: Block) -> None:
        """A file that the reader changes, at the one place that looks like the diff."""
        assert all(line == "" or line[0] in " -+" for line in block.lines), block.place
        before = "".join(f"{line[1:]}\n" for line in block.lines if not line.startswith("+"))
        after = "".join(f"{line[1:]}\n" for line in block.lines if not line.startswith("-"))
        path = self.folder / block.argument
        content = path.read_text()
        assert content.count(before) == 1, f"{block.place}: fits {content.count(before)} times\n{content}"
        path.write_text(content.replace(before, after))

    def shows(self, block: Block) -> str:
        """A file as it is by now."""
        content = (self.folder / block.argument).read_text()
        return block.text if matches(content, block.text) else content

    def tree(self, block: Block) -> None:
        """The files below a folder; a folder shown without its files stands for all of them."""
        listed, whole = _listed(block)
        root = self.folder / block.argument
        there = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
        shown = {path for path in there if not any(path.startswith(folder) for folder in whole)}
        assert shown == listed, f"{block.place}: differs by {sorted(shown ^ listed)}"
        assert all((root / folder).is_dir() for folder in whole), block.place


def _listed(block: Block) -> tuple[set[str], set[str]]:
    """The files of a drawn tree, and the folders that stand for all that is in them."""
    paths: list[str] = []
    above: list[tuple[int, str]] = []
    for line in block.lines:
        indent = len(line) - len(line.lstrip())
        name = line.split()[0]
        above = [(depth, folder) for depth, folder in above if depth < indent]
        paths.append("".join(folder for _, folder in above) + name)
        if name.endswith("/"):
            above.append((indent, name))
    top = paths[0]
    inside = [path.removeprefix(top) for path in paths[1:]]
    folders = {path for path in inside if path.endswith("/")}
    filled = {
        folder for folder in folders if any(path != folder and path.startswith(folder) for path in inside)
    }
    return set(inside) - folders, folders - filled


def whole_mesh(reader: Reader, block: Block) -> None:
    """A mesh.yaml of its own, without an error."""
    path = reader.folder.parent / "whole.yaml"
    path.write_text(block.text)
    ran = subprocess.run(
        [BIN / "meshgen", "check", path, "--as-of", TODAY], check=False, capture_output=True, text=True
    )
    assert ran.returncode == 0, f"{block.place}\n{ran.stdout}"


def fragment(_: Reader, block: Block) -> None:
    """Keys of mesh.yaml: known, and of the right shape."""
    keys = yaml.safe_load(block.text)
    known = {field.alias or name for name, field in Mesh.model_fields.items()}
    assert keys.keys() <= known, f"{block.place}: {keys.keys() - known} are no keys of mesh.yaml"
    inspected = inspect(text(mesh(cluster(1), cluster(2)) | keys), "mesh.yaml")
    assert inspected.mesh is not None, f"{block.place}: {inspected.diagnostics}"


def other_tools_document(reader: Reader, block: Block) -> None:
    """A document for a tool whose schema is at hand."""
    path = reader.folder.parent / "document.yaml"
    path.write_text(block.text)
    subprocess.run([BIN / "check-jsonschema", "--builtin-schema", block.argument, path], check=True)


def pre_commit_configuration(reader: Reader, block: Block) -> None:
    """A configuration that pre-commit takes, of hooks that there are and that run for their mesh."""
    path = reader.folder.parent / "pre-commit.yaml"
    path.write_text(block.text)
    subprocess.run([BIN / "pre-commit", "validate-config", path], check=True)
    hooks = [hook for repo in yaml.safe_load(block.text)["repos"] for hook in repo["hooks"]]
    made = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
    assert {hook["id"] for hook in hooks} <= made.keys(), block.place
    for hook in hooks:
        pattern = hook.get("files", made[hook["id"]].get("files", ""))
        mesh, *_ = *hook.get("args", ()), "mesh.yaml"
        assert re.search(pattern, mesh), f"{block.place}: {hook['id']} does not run for {mesh}"


def objects(_: Reader, block: Block) -> None:
    """Objects that a cluster could be given."""
    for document in yaml.safe_load_all(block.text):
        assert {"apiVersion", "kind", "metadata"} <= document.keys(), block.place
        assert document["metadata"]["name"], block.place


def only_syntax(reader: Reader, block: Block) -> None:
    """Commands for elsewhere."""
    assert block.argument, f"{block.place}: says not why it is not run"
    plain = "\n".join(line.removeprefix("$ ") for line in block.lines)
    ran = subprocess.run(["bash", "-n", "-c", plain], check=False, capture_output=True, text=True)
    assert ran.returncode == 0, f"{block.place}\n{ran.stderr}"
    calls = re.findall(r"^meshgen .*", plain, re.MULTILINE)
    for call in calls:
        assert reader.bash(f"{call.split(' > ')[0]} --help").returncode == 0, f"{block.place}: {call}"


def source(_: Reader, block: Block) -> str:
    """A file of the project."""
    return (ROOT / block.argument).read_text("utf-8")


def nothing(_: Reader, __: Block) -> None:
    """A picture."""


Way = Callable[[Reader, Block], str | None]
"""Runs or reads an example; gives its true text where that can be known."""

WAYS: dict[tuple[str, str], Way] = {
    ("sh", ""): Reader.commands,
    ("sh", "not run"): only_syntax,
    ("console", ""): Reader.console,
    ("console", "not run"): only_syntax,
    ("yaml", ""): whole_mesh,
    ("yaml", "file"): Reader.file,
    ("yaml", "fragment"): fragment,
    ("yaml", "shows"): Reader.shows,
    ("yaml", "schema"): other_tools_document,
    ("yaml", "pre-commit"): pre_commit_configuration,
    ("yaml", "kubernetes"): objects,
    ("diff", "edit"): Reader.edit,
    ("text", "file"): Reader.file,
    ("text", "shows"): Reader.shows,
    ("text", "tree"): Reader.tree,
    ("text", "picture"): nothing,
    ("json", "shows"): Reader.shows,
    ("python", "source"): source,
}


PAGES = [pytest.param(page, id=name_of(page)) for page in written_pages() if next(blocks(page), None)]


@pytest.mark.parametrize("page", PAGES)
def test_the_examples_of_a_page_are_true(page: Path, tmp_path: Path, *, update_golden: bool) -> None:
    reader = Reader(tmp_path / "work")
    reader.folder.mkdir()
    true: dict[int, str] = {}
    for block in blocks(page):
        way = WAYS.get((block.language, block.directive))
        assert way, f"{block.place}: nothing is known of {block.language!r} with {block.directive!r}"
        text_of_it = way(reader, block)
        true[block.first] = block.text if text_of_it is None else text_of_it
    if update_golden:
        renew(page, true)
        return

    for block in blocks(page):
        assert block.text == true[block.first], block.place


@pytest.mark.parametrize(
    ("shown", "expected", "same"),
    [
        pytest.param("a\nb\n", "a\nb\n", True, id="the same text"),
        pytest.param("a\nb\n", "a\n", False, id="a line too few"),
        pytest.param("a\n1\n2\nb\n", "a\n[…]\nb\n", True, id="lines left out in the middle"),
        pytest.param("a\nb\n", "a\n[…]\nb\n", True, id="nothing left out"),
        pytest.param("a\n1\nc\n", "a\n[…]\nb\n", False, id="another end"),
        pytest.param("a.c\n", "abc\n", False, id="no pattern is read into the text"),
        pytest.param("...\n", "[…]\n", True, id="everything left out"),
    ],
)
def test_an_ellipsis_stands_for_lines_and_for_nothing_else(shown: str, expected: str, *, same: bool) -> None:
    assert matches(shown, expected) is same
