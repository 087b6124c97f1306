"""The contract of a check, and the run of all of them with `ignore` applied."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import islice
from typing import NamedTuple

from .diagnostics import Problem, Rule
from .location import SourcePath, path_text
from .model import Ignore, Mesh
from .rules.ignores import STALE_IGNORE
from .rules.shape import BAD_VALUE
from .survey import Survey

LIMIT = 2_000
"""Findings of one code in one run; past it only their number would help nobody."""


class Check(NamedTuple):
    """A rule and the function that finds what breaks it; it changes nothing and knows no lines."""

    rule: Rule
    find: Callable[[Survey], Iterator[Problem]]


def run_checks(checks: Iterable[Check], survey: Survey) -> Iterator[Problem]:
    """Every problem of a mesh, in the order of the checks."""
    for check in checks:
        problems = list(islice(check.find(survey), LIMIT + 1))
        yield from problems[:LIMIT]
        if len(problems) > LIMIT:
            yield check.rule.problem((), f"more than {LIMIT:,} findings of this kind; the rest is left out")


def apply_ignores(
    problems: Iterable[Problem], mesh: Mesh, rules: Iterable[Rule], today: date | None
) -> Iterator[Problem]:
    """
    The problems that nobody accepted, and what is wrong with the entries under `ignore`.

    Without `today`, dates are not looked at.
    """
    known = {rule.code: rule for rule in rules}
    hidden_by = [0] * len(mesh.ignore)
    for problem in problems:
        entry = next((i for i, ignore in enumerate(mesh.ignore) if _hides(ignore, problem, mesh)), None)
        if entry is None:
            yield problem
        else:
            hidden_by[entry] += 1
    for index, ignore in enumerate(mesh.ignore):
        at: SourcePath = ("ignore", index)
        rule = known.get(ignore.code)
        if rule is None or not rule.ignorable:
            reason = "is not a known code" if rule is None else "cannot be ignored"
            yield BAD_VALUE.problem((*at, "code"), f"{ignore.code} {reason}")
        elif today and ignore.until and ignore.until < today:
            message = f"this entry for {ignore.code} was accepted until {ignore.until}"
            yield STALE_IGNORE.problem((*at, "until"), message, help="remove it, or renew date and reason")
        elif not hidden_by[index]:
            where = f" at {ignore.at}" if ignore.at else ""
            message = f"no finding {ignore.code}{where} is left to ignore"
            yield STALE_IGNORE.problem((*at, "code"), message, help="remove the entry")


def _hides(ignore: Ignore, problem: Problem, mesh: Mesh) -> bool:
    if ignore.code != problem.rule.code or not problem.rule.ignorable or not problem.ignorable:
        return False
    return ignore.at is None or any(
        text == ignore.at or text.startswith((f"{ignore.at}.", f"{ignore.at}["))
        for text in (path_text(problem.at), named_path(problem.at, mesh))
    )


def named_path(path: SourcePath, mesh: Mesh) -> str:
    """The path with names for indexes: `clusters.cluster1.id`, `services.default.rebel-base.ports`."""
    match path:
        case ("clusters", int() as index, *rest):
            return path_text(("clusters", mesh.clusters[index].name, *rest))
        case ("services", int() as index, *rest):
            service = mesh.services[index]
            return path_text(("services", service.namespace, service.name, *rest))
        case _:
            return path_text(path)
