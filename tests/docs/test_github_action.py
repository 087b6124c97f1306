"""action.yml: a valid action, whose scripts run as GitHub would run them."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from builders import ROOT, cluster, mesh, text

BIN = Path(sys.executable).parent
SOUND = mesh(cluster(1), cluster(2))
WARNED = mesh(cluster(1))
OVERLAPPING = mesh(cluster(1), cluster(2, podCIDRs=["10.1.128.0/17"]))
BASH = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail"]
HOSTILE = ['"; touch harmed; "', "$(touch harmed)", "`touch harmed`", "a b' && touch harmed #", "--force"]


@pytest.fixture
def action(root: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((root / "action.yml").read_text("utf-8"))
    return loaded


@pytest.fixture
def scripts(action: dict[str, Any]) -> dict[str, str]:
    return {step["name"]: step["run"] for step in action["runs"]["steps"] if "run" in step}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with a sound mesh.yaml, and meshgen where the action installs it."""
    (tmp_path / "temp/meshgen/bin").mkdir(parents=True)
    (tmp_path / "temp/meshgen/bin/meshgen").symlink_to(BIN / "meshgen")
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "mesh.yaml").write_bytes(text(SOUND))
    return folder


def run(script: str, project: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.getenv("PATH", ""), "PYTHONPATH": str(ROOT),
        "RUNNER_TEMP": str(project.parent / "temp"), **variables,
    }  # fmt: skip
    return subprocess.run(
        [*BASH, "-c", script],
        cwd=project, env=environment, check=False, capture_output=True, text=True,
    )  # fmt: skip


def check(scripts: dict[str, str], project: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    variables = {"MESH": "mesh.yaml", "STRICT": "false", "SARIF": ""} | inputs
    return run(scripts["Check the mesh"], project, **variables)


def compare(scripts: dict[str, str], project: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    variables = {"MESH": "mesh.yaml", "OUTPUT": "out"} | inputs
    return run(scripts["Compare the committed tree"], project, **variables)


def test_the_action_is_valid(root: Path) -> None:
    subprocess.run(
        [BIN / "check-jsonschema", "--builtin-schema", "vendor.github-actions", root / "action.yml"],
        check=True,
    )


def test_every_script_passes_shellcheck(scripts: dict[str, str], tmp_path: Path) -> None:
    for name, script in scripts.items():
        path = tmp_path / f"{name}.sh"
        path.write_text(script)
        subprocess.run([BIN / "shellcheck", "--shell", "bash", path], check=True)


def test_no_script_has_an_expression_in_its_text(scripts: dict[str, str]) -> None:
    assert not [name for name, script in scripts.items() if "${{" in script]


def test_every_input_reaches_a_script(action: dict[str, Any]) -> None:
    passed = " ".join(value for step in action["runs"]["steps"] for value in step.get("env", {}).values())

    assert set(re.findall(r"inputs\.([a-z-]+)", passed)) == set(action["inputs"])


def test_foreign_actions_are_pinned_to_a_commit(action: dict[str, Any]) -> None:
    used = [step["uses"] for step in action["runs"]["steps"] if "uses" in step]

    assert used
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", name) for name in used)


def test_installing_takes_paths_with_spaces_and_quotes(scripts: dict[str, str], project: Path) -> None:
    python = project / "a python"
    python.write_text(
        '#!/bin/sh\nmkdir -p "$3/bin"\n'
        f'printf \'#!/bin/sh\\nfor one; do echo "[$one]"; done >> "{project}/asked"\\n\' > "$3/bin/python"\n'
        'chmod +x "$3/bin/python"\n'
    )
    python.chmod(0o755)
    variables = {"PYTHON": str(python), "GITHUB_ACTION_PATH": "/the action's $HOME"}
    ran = run(scripts["Install meshgen"], project, **variables)

    assert ran.returncode == 0, ran.stderr
    assert (project / "asked").read_text().splitlines()[-1] == "[/the action's $HOME]"


def test_a_sound_mesh_passes(scripts: dict[str, str], project: Path) -> None:
    ran = check(scripts, project)

    assert (ran.returncode, ran.stdout) == (0, "mesh.yaml: no findings\n")


def test_an_unsound_mesh_fails_with_annotations(scripts: dict[str, str], project: Path) -> None:
    (project / "mesh.yaml").write_bytes(text(OVERLAPPING))
    ran = check(scripts, project)

    assert ran.returncode == 1
    assert ran.stdout.startswith("::error file=mesh.yaml,line=19,")


def test_warnings_fail_only_with_strict(scripts: dict[str, str], project: Path) -> None:
    (project / "mesh.yaml").write_bytes(text(WARNED))

    assert check(scripts, project).returncode == 0
    assert check(scripts, project, STRICT="true").returncode == 1


def test_a_misspelt_strict_is_refused_and_not_taken_for_false(scripts: dict[str, str], project: Path) -> None:
    ran = check(scripts, project, STRICT="yes\n::error::injected")

    assert ran.returncode == 2
    assert ran.stdout == ""
    assert len(ran.stderr.splitlines()) == 1


def test_sarif_is_written_where_asked_also_when_the_check_fails(
    scripts: dict[str, str], project: Path
) -> None:
    (project / "mesh.yaml").write_bytes(text(OVERLAPPING))
    ran = check(scripts, project, SARIF="a folder's findings.sarif")
    results = json.loads((project / "a folder's findings.sarif").read_text())["runs"][0]["results"]

    assert ran.returncode == 1
    assert [result["ruleId"] for result in results] == ["MG203"]


def test_a_stale_tree_fails_and_a_fresh_one_passes(scripts: dict[str, str], project: Path) -> None:
    stale = compare(scripts, project)
    subprocess.run([BIN / "meshgen", "build", "--quiet"], cwd=project, check=True)
    fresh = compare(scripts, project)

    assert stale.returncode == 1
    assert stale.stdout.splitlines()[-1] == "meshgen build mesh.yaml -o out"
    assert fresh.returncode == 0
    assert "up to date" in fresh.stderr


@pytest.mark.parametrize("value", HOSTILE)
def test_no_input_is_run_by_the_shell_or_taken_for_an_option(
    value: str, scripts: dict[str, str], project: Path
) -> None:
    before = {path.name for path in project.iterdir()}
    checked = check(scripts, project, MESH=value)
    compared = compare(scripts, project, MESH=value, OUTPUT=value)

    assert checked.returncode == compared.returncode == 3
    assert "cannot read" in checked.stderr
    assert {path.name for path in project.iterdir()} == before


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_name_for_the_sarif_file_is_only_a_name(
    value: str, scripts: dict[str, str], project: Path
) -> None:
    ran = check(scripts, project, SARIF=value)

    assert ran.returncode == 0
    assert (project / value).is_file()
    assert not (project / "harmed").exists()
