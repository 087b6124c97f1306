"""The contract of a check, and the run of all of them with `ignore` applied."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from .diagnostics import Problem, Rule, named
from .location import SourcePath, path_text
from .model import Mesh
from .rules.ignores import IGNORED_FINDING_EXPIRED
from .rules.shape import BAD_VALUE
from .survey import Survey

if TYPE_CHECKING:
    from .model.ignore import Ignore

LIMIT = 2_000
"""Findings of one code in one run; past it only their number would help nobody."""


class Check(NamedTuple):
    """A rule and the function that finds what breaks it; it changes nothing and knows no lines."""

    rule: Rule
    find: Callable[[Survey], Iterator[Problem]]
    of_policies: bool = False
    """It looks at policies alone, so that a few clusters of each kind show whether it finds anything."""


def run_checks(checks: Iterable[Check], survey: Survey) -> Iterator[Problem]:
    """Every problem of a mesh, in the order of the checks."""
    for check in checks:
        problems = _found(check, survey)
        yield from problems[:LIMIT]
        if len(problems) > LIMIT:
            # NOTE: a check yields what is worse first, so what is left out is no worse than the last.
            message = f"more than {LIMIT:,} findings of this kind; the rest is left out"
            yield check.rule.problem((), message, severity=problems[-1].severity)


def _found(check: Check, survey: Survey) -> list[Problem]:
    """What a check finds; hundreds of clusters often differ to policies in their names alone."""
    few = survey.few() if check.of_policies else survey
    if few is not survey:
        told = _first(check, few)
        # NOTE: what is said of a few clusters, and of one more in just the same words, goes for all of them.
        if not told or (told == _first(check, survey.few(more=1)) and not any(map(_counts_clusters, told))):
            return told
    return _first(check, survey)


def _first(check: Check, survey: Survey) -> list[Problem]:
    """As many problems as are told, and one more where there are more."""
    return list(islice(check.find(survey), LIMIT + 1))


def _counts_clusters(problem: Problem) -> bool:
    """Whether a problem is told at a place that is called by the position of a cluster."""
    return any(path[:1] == ("clusters",) for path in (problem.at, *(each.at for each in problem.related)))


def apply_ignores(
    problems: Iterable[Problem],
    mesh: Mesh,
    rules: Iterable[Rule],
    *,
    written: Callable[[SourcePath], SourcePath],
    today: date | None,
) -> Iterator[Problem]:
    """
    The problems that nobody accepted, and what is wrong with the entries under `ignore`.

    `written` tells where the value at a path was inherited from.
    Without `today`, dates are not looked at.
    An entry can also accept what is wrong with another one.
    """
    accepted = _Accepted(mesh, written)
    yield from accepted.left(problems)
    rule_of = {rule.code: rule for rule in rules}

    def judged(*, own: bool) -> Iterator[Problem]:
        for index, ignore in enumerate(mesh.ignore):
            if (ignore.code == IGNORED_FINDING_EXPIRED.code) is own:
                yield from _judged(index, ignore, rule_of.get(ignore.code), accepted, today)

    yield from accepted.left(judged(own=False))
    # No entry is accepted by itself.
    yield from judged(own=True)


def _judged(
    index: int, ignore: "Ignore", rule: Rule | None, accepted: "_Accepted", today: date | None
) -> Iterator[Problem]:
    """What is wrong with an entry, once all that it may hide has been seen."""
    at: SourcePath = ("ignore", index)
    if rule is None or not rule.ignorable:
        reason = "is not a known code" if rule is None else "cannot be ignored"
        yield BAD_VALUE.problem((*at, "code"), f"{ignore.code} {reason}", help="remove the entry")
    elif today and ignore.until and ignore.until < today:
        message = f"this entry for {ignore.code} was accepted until {ignore.until}"
        yield IGNORED_FINDING_EXPIRED.problem(
            (*at, "until"), message, help="remove it, or renew date and reason"
        )
    elif index not in accepted.used:
        where = f" at {named(ignore.at)}" if ignore.at else ""
        message = f"no finding {ignore.code}{where} is left to ignore"
        yield IGNORED_FINDING_EXPIRED.problem((*at, "code"), message, help="remove the entry")


class _Accepted:
    """What the entries under `ignore` accept; `used` are those that hid something."""

    def __init__(self, mesh: Mesh, written: Callable[[SourcePath], SourcePath]) -> None:
        self._mesh = mesh
        self._written = written
        self.used: set[int] = set()
        self._entries: dict[tuple[str, str], list[int]] = defaultdict(list)
        for index, ignore in enumerate(mesh.ignore):
            self._entries[ignore.code, ignore.at or ""].append(index)
        self._codes = {code for code, _ in self._entries}

    def left(self, problems: Iterable[Problem]) -> Iterator[Problem]:
        """The problems that no entry accepts."""
        return (problem for problem in problems if not self._accepts(problem))

    def _accepts(self, problem: Problem) -> bool:
        code = problem.rule.code
        if code not in self._codes:
            return False
        matching = [
            index for place in self._places(problem.at) for index in self._entries.get((code, place), ())
        ]
        self.used.update(matching)
        return bool(matching) and problem.rule.ignorable and problem.ignorable

    def _places(self, path: SourcePath) -> Iterator[str]:
        """Every way to write a place that a path is at or below, whole steps only."""
        yield ""
        for whole in {path, self._written(path)}:
            steps = named_path(whole, self._mesh)
            for depth in range(1, len(steps) + 1):
                yield from {path_text(steps[:depth]), _plain(steps[:depth]), path_text(whole[:depth])}


def named_path(path: SourcePath, mesh: Mesh) -> SourcePath:
    """The path with names for indexes, such as `("services", "default", "rebel-base", "ports")`."""
    match path:
        case ("clusters", int() as index, *rest):
            return ("clusters", mesh.clusters[index].name, *rest)
        case ("services", int() as index, *rest):
            service = mesh.services[index]
            return ("services", service.namespace, service.name, *rest)
        case ("workloads", int() as index, *rest):
            return ("workloads", mesh.workloads[index].name, *rest)
        case ("policy", "rules", int() as index, *rest) if mesh.policy:
            return ("policy", "rules", mesh.policy.rules[index].name, *rest)
        case ("policy", "raw", int() as index, *rest) if mesh.policy:
            return ("policy", "raw", mesh.policy.raw[index].file, *rest)
        case _:
            return path


def _plain(path: SourcePath) -> str:
    """The path with names as they are, also those that are no plain keys: `clusters.1e3`."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(steps).removeprefix(".")
