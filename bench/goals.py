"""The goals, one function each: what was measured, against what, and whether it is met."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from measure import Command, FailedError, Run, alternate, peak, ratio, run, seconds, tree_size
from meshes import LARGEST_OF_ERA, SERVICES
from peers import COMPARED, PEERS, Input, Peer, command, prepare, prove
from workplace import Workplace

_NODES = 1_000
_GROWTH = (2, 16, 64, 255, 511)
_GROWTH_ROUNDS = 3
_LOAD = "import sys, yaml; yaml.load(open(sys.argv[1], 'rb'), Loader=yaml.CSafeLoader)"
_MIB = 1 << 20
_TIMES = "\N{MULTIPLICATION SIGN}"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table; `met` is None where it was skipped, and `measured` says why."""

    goal: str
    what: str
    limit: str
    measured: str
    met: bool | None

    @property
    def verdict(self) -> str:
        """Met, missed or skipped."""
        return {True: "met", False: "missed", None: "skipped"}[self.met]


@dataclass(frozen=True, kw_only=True)
class Size:
    """What a mesh of one size cost."""

    clusters: int
    files: int
    size: int
    build: list[Run]
    check: list[Run]

    @property
    def per_byte(self) -> float:
        """Seconds of a build for each byte of output."""
        return seconds(self.build) / self.size


def p1(work: Workplace) -> Iterator[Row]:
    """The start of the command line."""
    runs = alternate(
        {"help": Command((work.meshgen, "--help")), "python": _python(work)},
        rounds=21,
    )
    yield _at_most("P1", "`meshgen --help`", 5, "`python -c pass`", ratio(runs["help"], runs["python"]))


def p2(work: Workplace) -> Iterator[Row]:
    """The smallest build there is."""
    runs = alternate({"build": _small_build(work), "python": _python(work)}, rounds=21)
    yield _at_most(
        "P2",
        "`meshgen build` of two clusters into an empty folder",
        15,
        "`python -c pass`",
        ratio(runs["build"], runs["python"]),
    )


def p3(work: Workplace) -> Iterator[Row]:
    """The largest mesh of the era, built from nothing."""
    tree, copy = work.place("tree"), work.place("copy")
    runs = alternate(
        {
            "build": _build(work, LARGEST_OF_ERA, tree),
            "copy": Command(("cp", "-r", str(tree), str(copy)), fresh=copy),
            "small": _small_build(work),
        },
        rounds=7,
    )
    yield _at_most(
        "P3",
        f"`meshgen build` of {LARGEST_OF_ERA} clusters with {SERVICES} global services each",
        3,
        "`cp -r` of its output and P2's build together",
        ratio(runs["build"], runs["copy"], runs["small"]),
    )


def p4(work: Workplace) -> Iterator[Row]:
    """Many node IPs."""
    mesh = work.mesh(LARGEST_OF_ERA, nodes=_NODES)
    runs = alternate(
        {
            "check": Command((work.meshgen, "check", mesh)),
            "load": Command((work.python, "-c", _LOAD, mesh)),
        },
        rounds=7,
    )
    yield _at_most(
        "P4",
        f"`meshgen check` of {LARGEST_OF_ERA} clusters with {_NODES:,} node IPs each",
        1,
        "PyYAML's C loader with the same file",
        ratio(runs["check"], runs["load"]),
    )


def p5(work: Workplace) -> Iterator[Row]:
    """A build that changes nothing."""
    mesh, tree = work.mesh(LARGEST_OF_ERA), work.place("tree")
    run(_build(work, LARGEST_OF_ERA, tree))
    runs = alternate(
        {
            "again": Command((work.meshgen, "build", mesh, "-o", str(tree))),
            "check": Command((work.meshgen, "check", mesh)),
        },
        rounds=9,
    )
    yield _at_most(
        "P5",
        "`meshgen build` of P3's mesh where nothing changes",
        1.5,
        "`meshgen check` of it",
        ratio(runs["again"], runs["check"]),
    )


def p6(work: Workplace) -> Iterator[Row]:
    """The same objects by other means."""
    tree = work.place("tree")
    for clusters in COMPARED:
        build = _build(work, clusters, tree)
        run(build)
        given = prepare(work, clusters, tree)
        for peer in PEERS:
            yield _compared(peer, given, build)


def _compared(peer: Peer, given: Input, build: Command) -> Row:
    what = f"{peer.name}, {given.clusters} clusters"
    limit = (
        f"takes \N{GREATER-THAN OR EQUAL TO} {peer.least} {_TIMES} as long" if peer.least else "takes longer"
    )
    missing = peer.missing()
    if not missing:
        try:
            theirs = command(peer, given)
            prove(peer, given, theirs)
            runs = alternate({"theirs": theirs, "ours": build}, peer.rounds[given.clusters], warm=False)
        except FailedError as failed:
            missing = str(failed)
    if missing:
        return Row(goal="P6", what=what, limit=limit, measured=missing, met=None)
    found = ratio(runs["theirs"], runs["ours"])
    met = found >= peer.least if peer.least else found > 1
    return Row(goal="P6", what=what, limit=limit, measured=f"{found:.2f} {_TIMES}", met=met)


def growth(work: Workplace) -> Iterator[Size]:
    """Builds and checks of meshes from small to larger than the era has."""
    for clusters in _GROWTH:
        tree = work.place("tree")
        runs = alternate(
            {
                "build": _build(work, clusters, tree),
                "check": Command((work.meshgen, "check", work.mesh(clusters))),
            },
            _GROWTH_ROUNDS,
        )
        files, size = tree_size(tree)
        yield Size(clusters=clusters, files=files, size=size, build=runs["build"], check=runs["check"])


def p7(work: Workplace, sizes: list[Size]) -> Iterator[Row]:
    """Cost that grows as the output does, and memory."""
    by_clusters = {size.clusters: size for size in sizes}
    for few, many in ((64, 255), (255, 511)):
        found = by_clusters[many].per_byte / by_clusters[few].per_byte
        yield _at_most("P7", f"seconds per output byte at {many} clusters", 1.3, f"at {few} clusters", found)
    yield _memory("P3's build", peak(by_clusters[LARGEST_OF_ERA].build), 200)
    many_nodes = Command((work.meshgen, "check", work.mesh(LARGEST_OF_ERA, nodes=_NODES)))
    yield _memory("P4's check", run(many_nodes).peak, 400)


def _at_most(goal: str, what: str, limit: float, other: str, found: float) -> Row:
    return Row(
        goal=goal,
        what=what,
        limit=f"\N{LESS-THAN OR EQUAL TO} {limit:g} {_TIMES} {other}",
        measured=f"{found:.2f} {_TIMES}",
        met=found <= limit,
    )


def _memory(what: str, found: int, limit: int) -> Row:
    return Row(
        goal="P7",
        what=f"peak memory of {what}",
        limit=f"\N{LESS-THAN OR EQUAL TO} {limit} MiB",
        measured=f"{found / _MIB:.0f} MiB",
        met=found <= limit * _MIB,
    )


def _python(work: Workplace) -> Command:
    return Command((work.python, "-c", "pass"))


def _build(work: Workplace, clusters: int, tree: Path) -> Command:
    return Command((work.meshgen, "build", work.mesh(clusters), "-o", str(tree)), fresh=tree)


def _small_build(work: Workplace) -> Command:
    small = work.place("small")
    mesh = work.mesh(2, services=0)
    return Command((work.meshgen, "build", mesh, "-o", str(small)), fresh=small)
