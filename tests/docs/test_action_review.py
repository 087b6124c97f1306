"""The review of action.yml: its scripts run in a repository with a change, against an API of comments."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import forge as forges
import pytest
import yaml
from builders import ROOT
from forge import Forge
from test_github_action import BIN, HOSTILE, run

EXAMPLE = ROOT / "examples/review/label-edit"
needs_programs = pytest.mark.skipif(
    not (shutil.which("curl") and shutil.which("jq")),
    reason="the comment is written with curl and jq, which are not installed",
)
MARKER = "<!-- meshgen:review mesh=shop -->"


@pytest.fixture
def scripts() -> dict[str, str]:
    loaded = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    return {step["name"]: step["run"] for step in loaded["runs"]["steps"] if "run" in step}


@pytest.fixture
def forge() -> Iterator[Forge]:
    with forges.running() as forge:
        yield forge


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository whose last commit lets web read the database, and meshgen where the action installs it."""
    (tmp_path / "temp/meshgen/bin").mkdir(parents=True)
    (tmp_path / "temp/meshgen/bin/meshgen").symlink_to(BIN / "meshgen")
    folder = tmp_path / "project"
    shutil.copytree(EXAMPLE / "base", folder)
    git(folder, "init", "--quiet")
    commit(folder)
    shutil.copytree(EXAMPLE / "head", folder, dirs_exist_ok=True)
    commit(folder)
    return folder


def git(folder: Path, *arguments: str) -> str:
    named = {f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environment = {"PATH": os.getenv("PATH", ""), "GIT_CONFIG_GLOBAL": os.devnull, **named}
    ran = subprocess.run(
        ["git", *arguments], cwd=folder, env=environment, check=True, capture_output=True, text=True
    )
    return ran.stdout.strip()


def commit(folder: Path) -> None:
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "a change")


def review(scripts: dict[str, str], project: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    variables = {"MESH": "mesh.yaml", "BASE": "HEAD^1", "GATES": "", "ALLOW": "", "PAGE": ""} | inputs
    summary = str(project.parent / "summary.md")
    return run(scripts["Review the change"], project, GITHUB_STEP_SUMMARY=summary, **variables)


def comment(
    scripts: dict[str, str], project: Path, forge: Forge, **inputs: str
) -> subprocess.CompletedProcess[str]:
    variables = {"COMMENT": "true", "TOKEN": forge.token, "NUMBER": "7"} | inputs
    place = {"GITHUB_API_URL": forge.url, "GITHUB_REPOSITORY": "shop/mesh"}
    return run(scripts["Comment on the pull request"], project, **place, **variables)


def test_without_gates_a_difference_is_told_and_fails_nothing(scripts: dict[str, str], project: Path) -> None:
    ran = review(scripts, project)

    assert ran.returncode == 0, ran.stderr
    assert "opened high cross-cluster: web@east -> db@west" in ran.stdout
    assert (project.parent / "summary.md").read_text().startswith(MARKER)


@pytest.mark.parametrize(("gates", "status"), [("opened,world", 1), ("cut", 0)])
def test_a_gate_fails_the_step(gates: str, status: int, scripts: dict[str, str], project: Path) -> None:
    assert review(scripts, project, GATES=gates).returncode == status


def test_declared_changes_pass_and_others_fail(scripts: dict[str, str], project: Path) -> None:
    (project / "allow.yaml").write_text(
        'allow:\n- {from: web@east, to: db@west, ports: [5432], reason: "web shows balances"}\n'
    )
    undeclared = review(scripts, project, ALLOW="allow.yaml")
    with (project / "allow.yaml").open("a") as file:
        file.write("- {change: workload, of: web, reason: its new label}\n")
    declared = review(scripts, project, ALLOW="allow.yaml")

    assert undeclared.returncode == 1
    assert "gate undeclared fails: workload of web" in undeclared.stdout
    assert declared.returncode == 0, declared.stdout


def test_the_page_is_written_where_asked(scripts: dict[str, str], project: Path) -> None:
    review(scripts, project, PAGE="a page's name.html")

    assert (project / "a page's name.html").read_text().startswith("<!doctype html>")


def test_a_base_that_is_not_there_is_told_with_the_way_out(scripts: dict[str, str], project: Path) -> None:
    ran = review(scripts, project, BASE="HEAD^7")

    assert ran.returncode == 2
    assert "fetch-depth: 2" in ran.stderr


def test_no_file_of_a_pull_request_is_taken_for_the_base(scripts: dict[str, str], project: Path) -> None:
    name = git(project, "rev-parse", "--short=12", "HEAD^1")
    shutil.copy(project / "mesh.yaml", project / name)
    ran = review(scripts, project)

    assert ran.returncode == 2
    assert name in ran.stderr


def test_a_mesh_that_cannot_be_read_fails_without_a_comment(
    scripts: dict[str, str], project: Path, forge: Forge
) -> None:
    (project / "mesh.yaml").write_text("clusters: [")

    assert review(scripts, project).returncode == 1
    assert comment(scripts, project, forge).returncode == 0
    assert forge.asked == []


@pytest.mark.parametrize("value", HOSTILE)
def test_no_input_of_the_review_is_run_or_taken_for_an_option(
    value: str, scripts: dict[str, str], project: Path
) -> None:
    for name in ("MESH", "BASE", "GATES", "ALLOW"):
        assert review(scripts, project, **{name: value}).returncode in {2, 3}
    assert not (project / "harmed").exists()


@needs_programs
def test_a_change_is_commented_once_and_the_comment_is_kept_up_to_date(
    scripts: dict[str, str], project: Path, forge: Forge
) -> None:
    review(scripts, project)
    created = comment(scripts, project, forge)
    assert created.returncode == 0, created.stderr
    assert forge.bodies == [(project.parent / "temp/meshgen-review/comment.md").read_text()]

    commit(project)
    review(scripts, project)
    changed = comment(scripts, project, forge)

    assert changed.returncode == 0, changed.stderr
    [body] = forge.bodies
    assert body.startswith(MARKER)
    assert "no change" in body.splitlines()[1]


@needs_programs
def test_no_change_is_not_commented_where_nothing_was(
    scripts: dict[str, str], project: Path, forge: Forge
) -> None:
    commit(project)
    review(scripts, project)

    assert comment(scripts, project, forge).returncode == 0
    assert forge.bodies == []


@needs_programs
def test_the_comment_is_found_behind_a_hundred_others_and_only_a_bots(
    scripts: dict[str, str], project: Path, forge: Forge
) -> None:
    forge.say(f"{MARKER}\nno change, believe me")
    for number in range(120):
        forge.say(f"comment {number} with a \u2713, and {MARKER}", "Bot")
    forge.say(f"{MARKER}\nold", "Bot")
    review(scripts, project)
    ran = comment(scripts, project, forge)

    assert ran.returncode == 0, ran.stderr
    assert len(forge.bodies) == 122
    assert forge.bodies[0].endswith("believe me")
    assert "NEW ACCESS" in forge.bodies[-1]
    assert forge.asked[-1] == "PATCH /repos/shop/mesh/issues/comments/1121"


@needs_programs
def test_the_token_is_in_no_argument_and_in_no_output(
    scripts: dict[str, str], project: Path, forge: Forge, tmp_path: Path
) -> None:
    real = shutil.which("curl")
    spy = tmp_path / "bin/curl"
    spy.parent.mkdir()
    spy.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/arguments\nexec {real} "$@"\n')
    spy.chmod(0o755)
    review(scripts, project)
    ran = comment(scripts, project, forge, PATH=f"{spy.parent}:{os.getenv('PATH')}")

    assert len(forge.bodies) == 1
    assert forge.token not in (tmp_path / "arguments").read_text() + ran.stdout + ran.stderr


@needs_programs
def test_a_token_that_may_not_write_is_told_by_a_failed_step(
    scripts: dict[str, str], project: Path, forge: Forge
) -> None:
    forge.may_write = False
    review(scripts, project)
    ran = comment(scripts, project, forge)

    assert ran.returncode != 0
    assert "403" in ran.stderr


def test_the_comment_can_be_switched_off_and_a_misspelling_is_refused(
    scripts: dict[str, str], project: Path, forge: Forge
) -> None:
    review(scripts, project)

    assert comment(scripts, project, forge, COMMENT="false").returncode == 0
    assert comment(scripts, project, forge, COMMENT="yes").returncode == 2
    assert forge.asked == []


def test_a_comment_that_fails_does_not_fail_the_job() -> None:
    [step] = [
        step
        for step in yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["runs"]["steps"]
        if step["name"].startswith("Comment")
    ]

    assert step["continue-on-error"] is True
    assert json.dumps(step).count("secrets.") == 0
