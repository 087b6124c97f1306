"""The note of a review in the guide's GitLab job: its script runs against an API of notes."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import forge as forges
import pytest
import yaml
from documentation import ROOT, blocks
from forge import Forge
from test_github_action import BIN

MARKER = "<!-- meshgen:review mesh=shop -->"

pytestmark = pytest.mark.skipif(
    not (shutil.which("curl") and shutil.which("jq")),
    reason="the note is written with curl and jq, which are not installed",
)


@pytest.fixture
def script() -> str:
    page = ROOT / "docs/guides/review-a-change.md"
    [text] = [block.text for block in blocks(page) if block.argument == "vendor.gitlab-ci"]
    [_, note] = yaml.safe_load(text)["mesh-review"]["after_script"]
    return str(note)


@pytest.fixture
def forge() -> Iterator[Forge]:
    with forges.running() as forge:
        yield forge


def post(script: str, folder: Path, forge: Forge) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.getenv("PATH", ""), "REVIEW_TOKEN": forge.token, "CI_API_V4_URL": f"{forge.url}/api/v4",
        "CI_PROJECT_ID": "5", "CI_MERGE_REQUEST_IID": "7",
    }  # fmt: skip
    return subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script],
        cwd=folder, env=environment, check=False, capture_output=True, text=True,
    )  # fmt: skip


def test_a_note_is_made_and_then_changed_and_nobody_elses_is(
    script: str, tmp_path: Path, forge: Forge
) -> None:
    forge.say(f"{MARKER}\nno change, believe me")
    for text in (f"{MARKER}\nnew access: web\u2192db\n", f"{MARKER}\nno change\n"):
        (tmp_path / "review.md").write_text(text)
        ran = post(script, tmp_path, forge)
        assert ran.returncode == 0, ran.stderr

        assert forge.bodies == [f"{MARKER}\nno change, believe me", text]
    assert forge.asked[-1] == "PUT /api/v4/projects/5/merge_requests/7/notes/1001"


def test_the_script_passes_shellcheck(script: str, tmp_path: Path) -> None:
    (tmp_path / "note.sh").write_text(script)
    ran = subprocess.run(
        [BIN / "shellcheck", "--shell", "bash", "--severity", "warning", tmp_path / "note.sh"],
        check=False, capture_output=True, text=True,
    )  # fmt: skip

    assert ran.returncode == 0, ran.stdout
