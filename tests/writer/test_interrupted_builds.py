"""Killed at any instant, a directory holds the old tree or the new one, or the next build repairs it."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from builders import cluster, mesh, service, text

KILLER = Path(__file__).parent / "killer.py"

OLD = mesh(cluster(1), cluster(2), services=[service("kept"), service("stale")])
NEW = mesh(cluster(2), cluster(3), services=[service("kept", ports=[81]), service("added")])
MORE = mesh(cluster(1), cluster(2), cluster(3), services=[service("kept")])
FEWER = mesh(cluster(2), cluster(3), services=[service("kept")])
LEAVE = ("--allow-removal", "cluster1")

BESIDE = ", with something beside it"
MIXED = f"mixed{BESIDE}"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is such a thing: many trees are written."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder of its own in there
    made = Path(tempfile.mkdtemp(dir=memory if os.access(memory, os.W_OK) else tmp_path))
    yield made
    shutil.rmtree(made)


def kill(folder: Path, scenario: str, old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Run the killer; gives what it saw, when all was as it should be."""
    (folder / "old.yaml").write_bytes(text(old))
    (folder / "new.yaml").write_bytes(text(new))
    command = [sys.executable, KILLER, folder, scenario, *LEAVE]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    *wrong, last = run.stdout.splitlines() or [""]
    assert wrong == [], "\n".join(wrong)
    assert run.returncode == 0, run.stderr
    seen: dict[str, Any] = json.loads(last)
    return seen


@pytest.mark.slow
def test_an_update_that_is_killed_at_any_step_is_repaired(folder: Path) -> None:
    seen = kill(folder, "update", OLD, NEW)

    assert seen["kills"] > 100
    assert set(seen["states"]) == {
        "old",
        *(f"{state}{BESIDE}" for state in ("old", "mixed", "cleaning", "new")),
        "new",
    }


@pytest.mark.slow
def test_a_removal_that_is_killed_at_any_step_is_repaired(folder: Path) -> None:
    seen = kill(folder, "update", MORE, FEWER)

    assert seen["kills"] > 40
    assert MIXED in seen["states"]


@pytest.mark.slow
def test_a_first_build_that_is_killed_at_any_step_leaves_no_directory_or_a_whole_one(folder: Path) -> None:
    seen = kill(folder, "first", OLD, NEW)

    assert seen["kills"] > 30
    assert set(seen["states"]) == {"old", f"old{BESIDE}", "new"}


@pytest.mark.slow
def test_an_update_that_is_interrupted_from_the_keyboard_is_undone_or_has_been_done(folder: Path) -> None:
    seen = kill(folder, "interrupt", OLD, NEW)

    assert seen["kills"] > 100
    assert set(seen["states"]) == {"old", f"cleaning{BESIDE}", f"new{BESIDE}", "new"}


@pytest.mark.slow
def test_a_repair_that_is_killed_is_repaired(folder: Path) -> None:
    seen = kill(folder, "repair", OLD, NEW)

    assert seen["kills"] == 40
    assert MIXED in seen["states"]


@pytest.mark.slow
def test_an_update_that_is_killed_at_fifty_random_instants_is_repaired(folder: Path) -> None:
    services = [service(f"service-{number}") for number in range(8)]
    clusters = [cluster(number) for number in range(1, 9)]
    changed = [service(f"service-{number}", ports=[81]) for number in range(8)]
    seen = kill(folder, "instants", mesh(*clusters, services=services), mesh(*clusters[1:], services=changed))

    assert seen["kills"] == 50
