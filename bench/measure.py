"""Whole processes, run in turn: what each took, and the ratio of the times of two."""

import os
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median


@dataclass(frozen=True, slots=True)
class Run:
    """One finished process: seconds on the wall clock, and its peak memory in bytes."""

    seconds: float
    peak: int


@dataclass(frozen=True, slots=True)
class Command:
    """What to run; `fresh` are folders and files that are removed first, outside of the time taken."""

    arguments: tuple[str, ...]
    fresh: tuple[Path, ...] = ()


class FailedError(Exception):
    """A measured process did not end well."""


def run(command: Command) -> Run:
    """
    Run a process to its end, what it says thrown away.

    Raises:
        FailedError: for an exit status other than 0; says what it last wrote on standard error.

    """
    for path in command.fresh:
        if path.is_file():
            path.unlink()
        else:
            shutil.rmtree(path, ignore_errors=True)
    errors = os.memfd_create("errors")
    actions = [
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
        (os.POSIX_SPAWN_DUP2, errors, 2),
    ]
    environment = os.environ  # noqa: TID251 - a child is given what this process was given
    begun = time.perf_counter()
    child = os.posix_spawnp(command.arguments[0], command.arguments, environment, file_actions=actions)
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - begun
    os.lseek(errors, 0, os.SEEK_SET)
    with os.fdopen(errors, encoding="utf-8", errors="replace") as told:
        if code := os.waitstatus_to_exitcode(status):
            last = (told.read().strip().splitlines() or [f"exit status {code}"])[-1]
            raise FailedError(last)
    return Run(seconds, usage.ru_maxrss * 1024)


def alternate(commands: Mapping[str, Command], rounds: int, *, warm: bool = True) -> dict[str, list[Run]]:
    """The runs of each command, A B C A B C …; with `warm` after one round that does not count."""
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for count in range(-int(warm), rounds):
        for name, command in commands.items():
            finished = run(command)
            if count >= 0:
                runs[name].append(finished)
    return runs


def one_after_another(*steps: Sequence[Run]) -> list[Run]:
    """The runs of several commands as one run for each round."""
    return [
        Run(sum(run.seconds for run in round_), max(run.peak for run in round_))
        for round_ in zip(*steps, strict=True)
    ]


def ratio(measured: Sequence[Run], *others: Sequence[Run]) -> float:
    """The median, over the rounds, of a time divided by the sum of the other times of its round."""
    return median(
        run.seconds / sum(other.seconds for other in beside)
        for run, *beside in zip(measured, *others, strict=True)
    )


def seconds(runs: Sequence[Run]) -> float:
    """The median time."""
    return median(run.seconds for run in runs)


def peak(runs: Sequence[Run]) -> int:
    """The largest peak memory, in bytes."""
    return max(run.peak for run in runs)


def tree_size(folder: Path) -> tuple[int, int]:
    """The files below a folder, and their bytes."""
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    return len(sizes), sum(sizes)
