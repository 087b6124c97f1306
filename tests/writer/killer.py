"""
Builds that are killed, in a process of their own: `python killer.py FOLDER SCENARIO ARGUMENT…`.

A build is forked, and kills itself with SIGKILL right before its n-th change to the file system:
trying every n tries every state that a kill can leave. Interrupts from the keyboard come likewise.
Prints a JSON object for each state that is not as it should be, and last the number of kills.
The scenario `once` kills one build with half of its files moved in, `twice` interrupts one while it undoes.
"""

import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from meshgen.cli.run import main

CHANGES = frozenset({"os.mkdir", "os.rename", "os.remove", "os.rmdir", "open"})
WRITING = os.O_WRONLY | os.O_RDWR
REPAIRED = "repaired what an interrupted build had left"
Tree = dict[str, bytes | None]


def tree(folder: Path) -> Tree:
    """Files with their content, and folders, below a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


def chance(seed: str) -> float:
    """A number from 0 to 1, the same for the same seed."""
    return int(sha256(seed.encode()).hexdigest(), 16) / 2**256


def say(what: dict[str, Any]) -> None:
    """Print a JSON object."""
    sys.stdout.write(json.dumps(what) + "\n")


def files_of(tree: Tree | None) -> Tree:
    """A tree without its folders."""
    return {path: content for path, content in (tree or {}).items() if content is not None}


def restore(folder: Path, wanted: Tree | None) -> None:
    """Make a folder hold a tree again."""
    shutil.rmtree(folder, ignore_errors=True)
    if wanted is not None:
        folder.mkdir()
        for path, content in sorted(wanted.items()):
            if content is None:
                (folder / path).mkdir()
            else:
                (folder / path).write_bytes(content)
                (folder / path).chmod(0o755 if path.endswith("apply.sh") else 0o644)


def forked(arguments: list[str], prepare: Callable[[], None] = lambda: None) -> int:
    """Run meshgen in a child; gives its process ID."""
    child = os.fork()
    if child == 0:
        prepare()
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        os._exit(main(["--quiet", *arguments]))
    return child


def finished(arguments: list[str]) -> tuple[int, str]:
    """Run meshgen to its end, in this process; gives its exit status and what it said."""
    sys.stdout.flush()
    streams = [os.dup(1), os.dup(2)]
    said = os.open("said", os.O_RDWR | os.O_CREAT | os.O_TRUNC)
    os.dup2(said, 1)
    os.dup2(said, 2)
    status = main(arguments)
    for number, stream in enumerate(streams, start=1):
        os.dup2(stream, number)
        os.close(stream)
    os.close(said)
    return status, Path("said").read_text()


def kill() -> None:
    """End the process at once."""
    os.kill(os.getpid(), signal.SIGKILL)


def interrupt() -> None:
    """Do what Ctrl-C does."""
    raise KeyboardInterrupt


def disturbed_at(
    *steps: int, by: Callable[[], None], changes: frozenset[str] = CHANGES
) -> Callable[[], None]:
    """Disturb the process right before its n-th change to the file system."""

    def prepare() -> None:
        made = 0

        def count(event: str, details: tuple[Any, ...]) -> None:
            nonlocal made
            if event in changes and (event != "open" or details[2] & WRITING):
                made += 1
                if made in steps:
                    by()

        sys.addaudithook(count)

    return prepare


def disturbed(arguments: list[str], step: int, by: Callable[[], None]) -> bool:
    """Disturb a build right before a step; gives whether it had so many."""
    _, status = os.waitpid(forked(arguments, disturbed_at(step, by=by)), 0)
    return status != 0


def killed_after(arguments: list[str], seconds: float, *, staging: Path) -> None:
    """Kill a build some time after it has begun to write."""
    child = forked(arguments)
    while not staging.exists() and os.waitpid(child, os.WNOHANG) == (0, 0):
        pass
    time.sleep(seconds)
    try:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    except (ProcessLookupError, ChildProcessError):
        return


class Scenario:
    """An old tree (or none), and the arguments that build the new one over it."""

    def __init__(self, before: list[str] | None, after: list[str]) -> None:
        self.out = Path("out")
        self.after = after
        self.old = self._built(before)
        self.new = self._built(before, after)
        self.kills = 0
        self.states: set[str] = set()

    def _built(self, *runs: list[str] | None) -> Tree | None:
        restore(self.out, None)
        for arguments in runs:
            if arguments is not None:
                assert finished(["build", "-q", *arguments])[0] == 0, Path("said").read_text()
        return tree(self.out) if self.out.exists() else None

    def now(self) -> str:
        """What out/ is: the old tree, the new one, the new one with empty folders left, or a mix."""
        seen = tree(self.out) if self.out.exists() else None
        if seen in (self.old, self.new):
            return "new" if seen == self.new else "old"
        return "cleaning" if files_of(seen) == files_of(self.new) else "mixed"

    def judge(self, where: str) -> None:
        """Check what a kill left, with a `--check` and a build; one that goes on needs no second leave."""
        self.kills += 1
        state, left = self.now(), self.beside()
        repair = self.after[:1] if state in {"mixed", "cleaning"} else self.after
        self.states.add(f"{state}, with something beside it" if left else state)
        status, said = finished(["build", *repair, "--check"])
        lines = said.splitlines()
        checked = self.now() == state and self.beside() == left
        if left:
            honest = lines[0].startswith("interrupted  out") and status == 1
            honest = honest and lines[-1].startswith("meshgen build ")
        else:
            honest = state in {"old", "new"} and status == (0 if state == "new" else 1)
        blamed = any(line.startswith(("hand-edited", "in the way", "in doubt")) for line in lines)
        status, repaired = finished(["build", *repair])
        sound = status == 0 and self.now() == "new" and not self.beside()
        if not (checked and honest and not blamed and sound and (REPAIRED in repaired) == bool(left)):
            say({"where": where, "state": state, "left": left, "check": lines, "build": repaired})

    def beside(self) -> list[str]:
        """What is left beside out/."""
        return sorted(path.name for path in Path().glob(".out*"))

    def at_every_step(self, by: Callable[[], None]) -> None:
        """Disturb the build at each of its steps."""
        step, more = 1, True
        while more:
            restore(self.out, self.old)
            more = disturbed(["build", *self.after], step, by)
            self.judge(f"step {step}")
            step += 1

    def repairs_too(self, number: int) -> None:
        """Kill the build at some step, then its repair, then the repair of that."""
        for case in range(number):
            restore(self.out, self.old)
            steps = [int(80 * chance(f"{case} {turn}")) for turn in range(3)]
            for step in steps:
                disturbed(["build", *self.after], step, kill)
            self.judge(f"steps {steps}")

    def at_random_instants(self, number: int) -> None:
        """Kill the build at some time after it has begun to write."""
        restore(self.out, self.old)
        begun = time.monotonic()
        killed_after(["build", *self.after], 0, staging=Path(".out.meshgen"))
        startup = time.monotonic() - begun
        finished(["build", *self.after])
        restore(self.out, self.old)
        begun = time.monotonic()
        finished(["build", *self.after])
        window = max(time.monotonic() - begun - startup, 0.01)
        for case in range(number):
            restore(self.out, self.old)
            seconds = window * chance(str(case))
            killed_after(["build", *self.after], seconds, staging=Path(".out.meshgen"))
            self.judge(f"{seconds} s")


def run() -> None:
    """Run a scenario in a folder with an old.yaml and a new.yaml; further arguments go with the latter."""
    folder, kind, *permissions = sys.argv[1:]
    os.chdir(folder)
    if kind == "once":
        # NOTE: two renames note the indexes down; those after them mix the trees.
        disturbed_at(9, by=kill, changes=frozenset({"os.rename"}))()
        main(["build", *permissions])
    if kind == "twice":
        # NOTE: the second interrupt comes while the first one is being undone.
        disturbed_at(9, 11, by=interrupt, changes=frozenset({"os.rename"}))()
        sys.exit(main(["build", *permissions]))
    # NOTE: what a build imports is imported here, once for all children.
    main(["build", "-q", "new.yaml", "-o", "warm"])
    main(["build", "-q", "new.yaml", "-o", "warm", "--check"])
    shutil.rmtree("warm")
    scenario = Scenario(None if kind == "first" else ["old.yaml"], ["new.yaml", *permissions])
    if kind == "repair":
        scenario.repairs_too(40)
    elif kind == "instants":
        scenario.at_random_instants(50)
    else:
        scenario.at_every_step(interrupt if kind == "interrupt" else kill)
    say({"kills": scenario.kills, "states": sorted(scenario.states)})


if __name__ == "__main__":
    run()
