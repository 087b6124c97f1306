"""The goals, one function each: what was measured, against what, and whether it is met."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from measure import (
    Command,
    FailedError,
    Run,
    alternate,
    one_after_another,
    peak,
    ratio,
    run,
    seconds,
    tree_size,
)
from meshes import LARGEST_OF_ERA, POLICIES, SERVICES
from peers import COMPARED, CONTESTS, Contest, Input, Peer, command, prepare, prove
from sealing import SealedMesh, sealed_mesh
from workplace import Workplace

_NODES = 1_000
_GROWTH = (2, 16, 64, 255, 511)
_GROWTH_ROUNDS = 3
_LOAD = "import sys, yaml; yaml.load(open(sys.argv[1], 'rb'), Loader=yaml.CSafeLoader)"
_MIB = 1 << 20
_TIMES = "\N{MULTIPLICATION SIGN}"


def second(count: float) -> Run:
    """Seconds on the clock, taken as they are and not measured."""
    return Run(count, 0)


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
    yield at_most("P1", "`meshgen --help`", 5, "`python -c pass`", ratio(runs["help"], runs["python"]))


def p2(work: Workplace) -> Iterator[Row]:
    """The smallest build there is."""
    runs = alternate({"build": _small_build(work), "python": _python(work)}, rounds=21)
    yield at_most(
        "P2",
        "`meshgen build` of two clusters into an empty folder",
        15,
        "`python -c pass`",
        ratio(runs["build"], runs["python"]),
    )


def p3(work: Workplace) -> Iterator[Row]:
    """The largest mesh of the era, built from nothing."""
    what = f"`meshgen build` of {LARGEST_OF_ERA} clusters with {SERVICES} global services each"
    tree = work.place("tree")
    yield _whole_build(work, what, _build(work, LARGEST_OF_ERA, tree), tree)
    sealed = sealed_mesh(work, "p3", LARGEST_OF_ERA)
    run(sealed.init)
    run(sealed.issue)
    yield _whole_build(work, f"{what} and sealed Secrets", sealed.build, sealed.tree)
    mesh = work.mesh(LARGEST_OF_ERA, policies=POLICIES)
    build = Command((work.meshgen, "build", mesh, "-o", str(tree)), fresh=(tree,))
    yield _whole_build(work, f"{what} and {POLICIES} policies each", build, tree, rounds=3)


def _whole_build(work: Workplace, what: str, build: Command, tree: Path, rounds: int = 7) -> Row:
    copy = work.place("copy")
    runs = alternate(
        {
            "build": build,
            "copy": Command(("cp", "-r", str(tree), str(copy)), fresh=(copy,)),
            "small": _small_build(work),
        },
        rounds=rounds,
    )
    return at_most(
        "P3",
        what,
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
    yield at_most(
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
    yield at_most(
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
        for contest in CONTESTS:
            yield _compared(contest, given, build)


def _compared(contest: Contest, given: Input, build: Command) -> Row:
    """One row for all peers of a contest, each with its number."""
    found = [_times_as_long(peer, given, build) for peer in contest.peers]
    measured = [f"{one:.2f} {_TIMES}" if isinstance(one, float) else one for one in found]
    if len(found) > 1:
        measured = [f"{peer.name} {text}" for peer, text in zip(contest.peers, measured, strict=True)]
    times = [one for one in found if isinstance(one, float)]
    least = f"\N{GREATER-THAN OR EQUAL TO} {contest.least} {_TIMES} as long"
    limit = f"takes {least if contest.least else 'longer'}"
    return Row(
        goal="P6",
        what=f"{' or '.join(peer.name for peer in contest.peers)}, {given.clusters} clusters",
        limit=f"one of them {limit}" if len(found) > 1 else limit,
        measured=", ".join(measured),
        met=any(one >= contest.least and one > 1 for one in times) if times else None,
    )


def _times_as_long(peer: Peer, given: Input, build: Command) -> float | str:
    """How many times as long a peer takes, or why that cannot be told."""
    if missing := peer.missing():
        return missing
    try:
        theirs = command(peer, given)
        prove(peer, given, theirs)
        runs = alternate({"theirs": theirs, "ours": build}, peer.rounds[given.clusters], warm=False)
    except FailedError as failed:
        return str(failed)
    return ratio(runs["theirs"], runs["ours"])


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
        yield at_most("P7", f"seconds per output byte at {many} clusters", 1.3, f"at {few} clusters", found)
    yield at_most_memory("P7", "P3's build", peak(by_clusters[LARGEST_OF_ERA].build), 200)
    many_nodes = Command((work.meshgen, "check", work.mesh(LARGEST_OF_ERA, nodes=_NODES)))
    yield at_most_memory("P7", "P4's check", run(many_nodes).peak, 400)


def p8(work: Workplace) -> Iterator[Row]:
    """Certificates and sealed Secrets."""
    mesh = sealed_mesh(work, "p8", LARGEST_OF_ERA)
    runs = alternate(
        {
            "init": mesh.init,
            "issue": mesh.issue,
            "first": mesh.build,
            "build": mesh.build,
            "again": mesh.again,
            "check": mesh.check,
        },
        rounds=9,
    )
    begun = one_after_another(runs["init"], runs["issue"], runs["first"])
    yield at_most(
        "P8",
        f"`pki init`, `pki issue` and the first `meshgen build` of {LARGEST_OF_ERA} clusters, together",
        1,
        "two of P3's builds with sealed Secrets and one second, together",
        ratio(begun, runs["build"], runs["build"], [second(1)] * len(begun)),
    )
    yield at_most(
        "P8",
        "`meshgen build` of the same mesh where nothing changes, without an identity",
        2,
        "`meshgen check` of it",
        ratio(runs["again"], runs["check"]),
    )
    yield _joining(sealed_mesh(work, "joining", LARGEST_OF_ERA - 1))


def _joining(mesh: SealedMesh) -> Row:
    """One cluster more: what is sealed then is counted."""
    run(mesh.init)
    run(mesh.issue)
    run(mesh.build)
    before = mesh.sealed()
    mesh.describe(LARGEST_OF_ERA)
    run(mesh.issue)
    run(mesh.again)  # without an identity: it would fail if anything were left to be sealed
    after = mesh.sealed()
    known = {cluster for cluster, _ in before}
    fresh = [name for name, content in after.items() if before.get(name) != content]
    return Row(
        goal="P8",
        what=f"Secrets sealed when one cluster joins {LARGEST_OF_ERA - 1}",
        limit="those of that cluster",
        measured=f"{len(fresh)} of {len(after):,}",
        met=bool(fresh)
        and all(cluster not in known for cluster, _ in fresh)
        and before.keys() < after.keys(),
    )


def at_most(goal: str, what: str, limit: float, other: str, found: float) -> Row:
    """A row for a ratio that may be so large."""
    return Row(
        goal=goal,
        what=what,
        limit=f"\N{LESS-THAN OR EQUAL TO} {limit:g} {_TIMES} {other}",
        measured=f"{found:.2f} {_TIMES}",
        met=found <= limit,
    )


def at_most_memory(goal: str, what: str, found: int, limit: int) -> Row:
    """A row for peak memory, in MiB."""
    return Row(
        goal=goal,
        what=f"peak memory of {what}",
        limit=f"\N{LESS-THAN OR EQUAL TO} {limit} MiB",
        measured=f"{found / _MIB:.0f} MiB",
        met=found <= limit * _MIB,
    )


def _python(work: Workplace) -> Command:
    return Command((work.python, "-c", "pass"))


def _build(work: Workplace, clusters: int, tree: Path) -> Command:
    return Command((work.meshgen, "build", work.mesh(clusters), "-o", str(tree)), fresh=(tree,))


def _small_build(work: Workplace) -> Command:
    small = work.place("small")
    mesh = work.mesh(2, services=0)
    return Command((work.meshgen, "build", mesh, "-o", str(small)), fresh=(small,))
