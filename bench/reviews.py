"""Meshes with policies: who reaches whom, and what a change does."""

from collections.abc import Iterator

from goals import Row, at_most, at_most_memory, second
from measure import Command, alternate, peak, ratio, run
from meshes import LARGEST_OF_ERA, POLICIES, SERVICES, reach_lines
from workplace import Workplace

_CLUSTERS, _WORKLOADS, _RULES = 50, 200, 2_000
_MANY_RULES = 2_500


def p9(work: Workplace) -> Iterator[Row]:
    """Who reaches whom among many workloads, and the review of two such meshes."""
    base, head = (
        work.file(f"reach-{port}.yaml", reach_lines(_CLUSTERS, _WORKLOADS, _RULES, port=port))
        for port in (80, 81)
    )
    small = work.file("reach-small.yaml", reach_lines(2, 1, 1))
    runs = alternate(
        {
            "reach": Command((work.meshgen, "reach", base)),
            "small": Command((work.meshgen, "reach", small)),
            "diff": Command((work.meshgen, "diff", base, head, "--fail-on", "removal")),
        },
        rounds=7,
    )
    seconds = [second(1)] * len(runs["reach"])
    what = f"`meshgen reach` over {_CLUSTERS * _WORKLOADS:,} workloads and {_RULES:,} rules"
    yield at_most(
        "P9", what, 1, "that of a mesh with two workloads and one second, together",
        ratio(runs["reach"], runs["small"], seconds),
    )  # fmt: skip
    yield at_most("P9", "`meshgen diff` of two such meshes", 3, "that", ratio(runs["diff"], runs["reach"]))
    many = work.file("reach-many.yaml", reach_lines(LARGEST_OF_ERA, _WORKLOADS, _MANY_RULES))
    found = [run(Command((work.meshgen, "reach", many)))]
    what = f"`meshgen reach` over {LARGEST_OF_ERA * _WORKLOADS:,} workloads and {2 * _MANY_RULES:,} policies"
    yield at_most("P9", what, 1, "30 seconds", ratio(found, [second(30)]))
    yield at_most_memory("P9", "that", peak(found), 1024)


def p10(work: Workplace) -> Iterator[Row]:
    """The review of a pull request that changes one rule of a large mesh."""
    base, head = (work.mesh(LARGEST_OF_ERA, policies=POLICIES, port=port) for port in (8080, 9090))
    runs = alternate(
        {
            "diff": Command((work.meshgen, "diff", base, head, "--fail-on", "removal")),
            "check": Command((work.meshgen, "check", base)),
        },
        rounds=3,
    )
    what = (
        f"`meshgen diff` of {LARGEST_OF_ERA} clusters with {SERVICES} services and {POLICIES} policies each, "
        "where one rule changed"
    )
    yield at_most("P10", what, 2, "`meshgen check` of it", ratio(runs["diff"], runs["check"]))
