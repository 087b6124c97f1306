# ruff: noqa: E501, T201 - tokens stand side by side, and a program prints
"""
Hostile inputs by the hundred thousand: `make fuzz`, or `python tests/hostile/fuzz.py --help`.

Each input is read, checked, compiled if it is sound, and its findings are rendered, in this process.
A traceback, more than two seconds or more than 500 MB is a finding; findings are kept in fuzz-findings/.
A fifth of the inputs are meshes from tests/strategies.py with hostile values, the rest are the example
and all cases with bytes, lines and values changed.
"""

import argparse
import faulthandler
import json
import os
import resource
import signal
import sys
import time
import traceback
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from random import Random  # noqa: TID251 - the seed is the input

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from hypothesis import HealthCheck, Phase, given, seed, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from strategies import flow, meshes, mutated  # noqa: E402

from meshgen.compiler import compile_mesh  # noqa: E402
from meshgen.inspection import inspect  # noqa: E402
from meshgen.reporting import machine, text  # noqa: E402
from meshgen.reporting.report import Report  # noqa: E402

SECONDS = 2.0
MEGABYTES = 500
CHUNK = 250
TODAY = date(2026, 11, 24)
CORPUS = [
    path.read_bytes()
    for path in sorted(
        [
            *ROOT.glob("examples/*.yaml"),
            *ROOT.glob("tests/checks/MG*/**/*.yaml"),
            *ROOT.glob("tests/golden/*/mesh.yaml"),
            *ROOT.glob("tests/input/*.yaml"),
        ]
    )
]
TOKENS = [
    token.encode("utf-8", "surrogatepass")
    for token in (
        "&a ", "*a", "*a : 1", "<<: *a\n", "<<: [*a, *a]\n", "!!str ", "!!python/object:os.system ", "%YAML 1.1\n", "---\n", "...\n",
        "\t", "\0", "\r", "\x1b[31m", "\x85", "\u2028", "\ufeff", "\ud800", "\ufffe", "😀", "世界", "é", "{", "}", "[", "]", "? ", ": ",
        "- ", "|\n", ">-\n", "'", '"', "#", ",", ".inf", "-.INF", ".nan", "0x7fffffff", "0x" + "f" * 2000, "1e2", "1e999999", "1" + "0" * 400,
        "-1", "017", "08", "0o17", "1_000", "12:30:45", "no", "on", "~", "null", "true", "''", '"\\0"', '"\\ud800"', '"\\U0010ffff"', "[]", "{}",
        "0.0.0.0/0", "::/0", "::ffff:10.0.0.0/104", "10.0.0.0/-1", "010.0.0.0/8", "fe80::1%eth0", "255.255.255.255", "::", "../../etc/passwd",
        "/", "..", ".", "$(id)", "`id`", "{{ x }}", "x" * 300, "a" * 70_000, "default", "all", "1.6.9", "1.99", "2027-01-31", "AGE-SECRET-KEY-1",
        "-----BEGIN PRIVATE KEY-----", "  ", "\n", "\n\n", "id: 1\n", "name: no\n", "podCIDRs: [0.0.0.0/0]\n", "cilium: {ipam: eni}\n",
        "ignore: [{code: MG203, reason: x}]\n", "tls: {source: files}\n", "services: [{name: a, ports: [80]}]\n",
    )
]  # fmt: skip


class HangError(BaseException):
    """More than the time allowed; no `except Exception` on the way catches it."""


def attempt(content: bytes) -> bool:
    """Do to an input all that a build does to it in memory; gives whether it was sound."""
    inspection = inspect(content, "mesh.yaml", today=TODAY)
    found = list(inspection.diagnostics)
    if inspection.sound:
        compiled = compile_mesh(inspection, source="mesh.yaml", root="out")
        found += compiled.diagnostics
        assert compiled.diagnostics or compiled.tree.files, "a sound mesh compiles to nothing"
        for path in compiled.tree.files:
            assert not path.startswith("/"), f"an absolute path: {path}"
            assert not {"", ".", ".."} & set(path.split("/")), f"a path out of the tree: {path}"
    lines = inspection.text.lines if inspection.text else []
    report = Report(name="mesh.yaml", diagnostics=tuple(found), lines=lines)
    text.render(report, colour=True).encode("utf-8")
    json.loads(machine.render(report))
    return inspection.sound


def changed(dice: Random) -> bytes:
    """A file of the corpus with up to eight changes."""
    content = dice.choice(CORPUS)
    for _ in range(dice.randint(1, 8)):
        content = dice.choice(CHANGES)(content, dice)
    return content


def _somewhere(content: bytes, dice: Random) -> tuple[int, int]:
    start = dice.randint(0, len(content))
    return start, min(len(content), start + dice.choice([0, 1, 1, 2, 8, 64]))


def _bytes(content: bytes, dice: Random) -> bytes:
    start, end = _somewhere(content, dice)
    return content[:start] + dice.randbytes(dice.randint(0, 3)) + content[end:]


def _token(content: bytes, dice: Random) -> bytes:
    start, end = _somewhere(content, dice)
    return content[:start] + dice.choice(TOKENS) + content[end if dice.random() < 0.3 else start :]


def _value(content: bytes, dice: Random) -> bytes:
    """Another value after a colon or a dash."""
    lines = content.split(b"\n")
    number = dice.randrange(len(lines))
    for mark in (b": ", b"- "):
        head, found, _ = lines[number].partition(mark)
        if found:
            lines[number] = head + mark + dice.choice(TOKENS)
            break
    return b"\n".join(lines)


def _lines(content: bytes, dice: Random) -> bytes:
    """A line removed, doubled, moved, indented, or written many times."""
    lines = content.split(b"\n")
    one, other = dice.randrange(len(lines)), dice.randrange(len(lines))
    match dice.randrange(5):
        case 0:
            del lines[one]
        case 1:
            lines[other:other] = lines[one : one + dice.randint(1, 6)]
        case 2:
            lines[one], lines[other] = lines[other], lines[one]
        case 3:
            lines[one] = dice.choice([b" ", b"  ", b"\t", b"- "]) + lines[one]
        case _:
            lines[other:other] = lines[one : one + dice.randint(1, 12)] * dice.choice([2, 2, 10, 300])
    return b"\n".join(lines)


def _splice(content: bytes, dice: Random) -> bytes:
    other = dice.choice(CORPUS)
    return content[: dice.randint(0, len(content))] + other[dice.randint(0, len(other)) :]


def _encoding(content: bytes, dice: Random) -> bytes:
    if dice.random() < 0.9:
        return content
    readable = content.decode("utf-8", "replace")
    return readable.encode(dice.choice(["utf-16", "utf-16-le", "latin-1", "utf-8-sig", "utf-32"]), "replace")


CHANGES = (_bytes, _token, _token, _value, _value, _value, _lines, _lines, _splice, _encoding)


@dataclass
class Tally:
    """What came of some inputs."""

    inputs: int = 0
    sound: int = 0
    slowest: tuple[float, bytes] = (0.0, b"")
    megabytes: int = 0
    findings: list[tuple[bytes, str]] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        self.inputs += other.inputs
        self.sound += other.sound
        self.slowest = max(self.slowest, other.slowest)
        self.megabytes = max(self.megabytes, other.megabytes)
        self.findings += other.findings

    def judge(self, content: bytes, seconds: float) -> None:
        """Try an input for so long, 0 being for ever, and note what came of it."""
        self.inputs += 1
        before = time.monotonic()
        try:
            try:
                self.sound += _within(seconds, content)
            except HangError:
                # The machine may have been busy.
                self.sound += _within(seconds, content)
        except (HangError, Exception):  # noqa: BLE001 - that is what is looked for
            self.findings.append((content, traceback.format_exc()))
        self.slowest = max(self.slowest, (time.monotonic() - before, content))


def _within(seconds: float, content: bytes) -> bool:
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return attempt(content)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def limit_process() -> None:
    """Bound the memory of a worker, and have the alarm end an input."""

    def hang(*_: object) -> None:
        message = f"more than {SECONDS} s"
        raise HangError(message)

    signal.signal(signal.SIGALRM, hang)
    resource.setrlimit(resource.RLIMIT_DATA, (MEGABYTES << 20, MEGABYTES << 20))


def bounded_chunk(number: int, structured: int, count: int) -> Tally:
    """A chunk whose inputs have little time; where even a signal does not end one, the process dies."""
    faulthandler.dump_traceback_later(120, exit=True)
    tally = chunk(number, structured, count, SECONDS)
    faulthandler.cancel_dump_traceback_later()
    tally.megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    return tally


def chunk(number: int, structured: int, count: int, seconds: float = 0) -> Tally:
    """`count` inputs that depend on `number` alone, the first `structured` of them made from meshes."""
    tally = Tally()
    dice = Random(number)  # noqa: S311 - the seed is the input
    if structured:

        @seed(number)
        @settings(
            max_examples=structured,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(st.booleans().flatmap(lambda valid: meshes() if valid else mutated(meshes(), most=6)))
        def judge(data: object) -> None:
            if tally.inputs < structured:
                tally.judge(flow(data), seconds)

        judge()
    while tally.inputs < count:
        tally.judge(changed(dice), seconds)
    return tally


def keep(findings: list[tuple[bytes, str]], folder: Path) -> None:
    """Write inputs and what came of them, once for each last line of a traceback."""
    folder.mkdir(exist_ok=True)
    for content, told in findings:
        name = sha256(told.encode()).hexdigest()[:12]
        (folder / f"{name}.yaml").write_bytes(content)
        (folder / f"{name}.txt").write_text(told, "utf-8")


def run(count: int, first: int, workers: int) -> Tally:
    """All inputs over all workers, with progress on standard error."""
    total = Tally()
    started = told = time.monotonic()
    with ProcessPoolExecutor(workers, initializer=limit_process) as pool:
        sizes = [min(CHUNK, count - done) for done in range(0, count, CHUNK)]
        jobs = {
            pool.submit(bounded_chunk, first + number, size // 5, size): first + number
            for number, size in enumerate(sizes)
        }
        for job in as_completed(jobs):
            try:
                total.add(job.result())
            except BrokenProcessPool:
                total.findings.append((b"", f"a worker died; one of the chunks from {jobs[job]} on"))
                break
            if time.monotonic() - told > 5 or total.inputs == count:
                told = time.monotonic()
                rate = total.inputs / (told - started)
                print(
                    f"{total.inputs:>9,} of {count:,} inputs, {rate:,.0f} a second, {len(total.findings)} findings",
                    file=sys.stderr,
                    flush=True,
                )
    return total


def main() -> int:
    """Parse arguments, run, tell; 1 where there is any finding."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().partition("\n")[0])
    parser.add_argument("--count", type=int, default=200_000, help="how many inputs")
    parser.add_argument("--seed", type=int, default=0, help="another seed, other inputs")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="how many processes")
    options = parser.parse_args()
    started = time.monotonic()
    total = run(options.count, options.seed * 1_000_000, options.workers)
    seconds = time.monotonic() - started
    folder = ROOT / "fuzz-findings"
    keep(total.findings, folder)
    (folder / "slowest.yaml").write_bytes(total.slowest[1])
    print(
        f"{total.inputs:,} inputs in {seconds:,.0f} s ({total.inputs / seconds:,.0f} a second, "
        f"{options.workers} processes), {total.sound:,} sound; slowest {total.slowest[0]:.2f} s, "
        f"peak {total.megabytes} MB: {len(total.findings)} findings"
    )
    for told in sorted({told.strip().rpartition("\n")[2] for _, told in total.findings}):
        print(f"  {told[:200]}")
    return 1 if total.findings else 0


if __name__ == "__main__":
    raise SystemExit(main())
