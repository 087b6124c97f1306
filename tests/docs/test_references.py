"""Tables of the reference say what the program does."""

import re

import pytest
import yaml
from builders import cluster, mesh, service, text
from documentation import ROOT

from meshgen.catalogue import RULES
from meshgen.cli.options import FORMATS
from meshgen.emit import EMITTERS, SECRET_EMITTERS
from meshgen.inspection import inspect
from meshgen.material import tls_files
from meshgen.ownership import INDEX
from meshgen.plan.resolve import plan


def rows(page: str) -> list[list[str]]:
    """The cells of all tables of a page."""
    lines = (ROOT / page).read_text("utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]


@pytest.fixture
def emitted() -> set[tuple[str, str]]:
    """Every file of a mesh that uses everything, by its pattern, with its emitter."""
    services = [service("shop"), service("cart", manage="annotation")]
    written = mesh(cluster(1), cluster(2), services=services, tls={"source": "files"})
    inspected = inspect(text(written), "mesh.yaml")
    assert inspected.mesh is not None
    files, _ = tls_files(inspected.mesh, lambda _: b"stand-in")
    planned = plan(inspected.mesh, "mesh.yaml", files)
    found = set()
    for emitter in (*EMITTERS, *SECRET_EMITTERS):
        module = f"{emitter.__module__.replace('.', '/')}.py"
        for document in emitter(planned):
            for path in document.paths:
                pattern = re.sub(r"^cluster\d/", "<cluster>/", path)
                found.add((re.sub(r"default\.(shop|cart)\.", "<namespace>.<name>.", pattern), module))
    return found


def test_the_page_of_the_output_tree_lists_every_file_with_its_emitter(emitted: set[tuple[str, str]]) -> None:
    listed = {
        (row[0].strip("`"), row[1].strip("`")) for row in rows("docs/reference/output.md") if len(row) == 4
    }

    assert listed - {("file", "emitter")} == emitted | {(INDEX, "")}


def test_the_page_of_formats_has_a_section_for_each() -> None:
    page = (ROOT / "docs/reference/formats.md").read_text("utf-8")

    assert tuple(re.findall(r"^## (.+)$", page, re.MULTILINE)) == FORMATS


def test_the_page_of_architecture_has_every_band_of_codes() -> None:
    bands = {row[0] for row in rows("docs/explanation/architecture.md") if row[0].endswith("xx")}

    assert {f"{rule.code[:3]}xx" for rule in RULES} <= bands


def test_the_guide_to_ci_lists_the_inputs_of_the_action_with_their_defaults() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    listed = {
        row[0].strip("`"): row[1].strip("`") for row in rows("docs/guides/use-in-ci.md") if row[0] != "input"
    }

    assert listed == {name: given["default"] for name, given in action["inputs"].items()}
