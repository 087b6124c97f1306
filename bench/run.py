"""Measures every goal side by side, prints the table and writes docs/reference/performance.md."""

import compileall
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import goals
import reviews
from goals import Row, Size
from page import growth_table, page
from workplace import Workplace, workplace

_PAGE = Path(__file__).parents[1] / "docs" / "reference" / "performance.md"


def main() -> int:
    """0 once everything was measured; a goal that was missed is in the table, not in the status."""
    _compile_bytecode()
    with workplace() as work:
        sizes: list[Size] = []
        rows = []
        for row in _rows(work, sizes):
            print(f"{row.goal}  {row.verdict:8} {row.measured:>9}  {row.what}: {row.limit}", flush=True)
            rows.append(row)
        rows.sort(key=lambda row: int(row.goal[1:]))
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
    # NOTE: a child's peak memory is at least this process's own, which P6 makes larger.
    for goal in (goals.p1, goals.p2, goals.p3, goals.p4, goals.p5):
        yield from goal(work)
    sizes += goals.growth(work)
    yield from goals.p7(work, sizes)
    yield from goals.p8(work)
    yield from reviews.p9(work)
    yield from reviews.p10(work)
    yield from goals.p6(work)


if __name__ == "__main__":
    sys.exit(main())
