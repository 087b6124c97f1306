"""Measures every goal side by side, prints the table and writes docs/reference/performance.md."""

import compileall
import os
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import goals
from goals import Row, Size
from page import growth_table, page
from workplace import Workplace, workplace

_PAGE = Path(__file__).parents[1] / "docs" / "reference" / "performance.md"
_QUIET_LOAD = 0.5


def main() -> int:
    """0 once everything was measured; a goal that was missed is in the table, not in the status."""
    _compile_bytecode()
    if os.getloadavg()[0] > _QUIET_LOAD:
        print("note: other programs are at work on this machine; medians bear with some of that")
    with workplace() as work:
        sizes: list[Size] = []
        rows = []
        for row in _rows(work, sizes):
            print(f"{row.goal}  {row.verdict:8} {row.measured:>9}  {row.what}: {row.limit}", flush=True)
            rows.append(row)
        print(f"\n{growth_table(sizes)}")
        _PAGE.write_text(page(rows, sizes, work), encoding="utf-8")
    print(f"written: {_PAGE}")
    return 0


def _compile_bytecode() -> None:
    """What pip does when it installs a package, and leaves out for a checkout."""
    spec = find_spec("meshgen")
    assert spec is not None, "the benchmark runs in the environment of meshgen"
    for folder in spec.submodule_search_locations or ():
        compileall.compile_dir(folder, quiet=1)


def _rows(work: Workplace, sizes: list[Size]) -> Iterator[Row]:
    for goal in (goals.p1, goals.p2, goals.p3, goals.p4, goals.p5, goals.p6):
        yield from goal(work)
    sizes += goals.growth(work)
    yield from goals.p7(work, sizes)


if __name__ == "__main__":
    sys.exit(main())
