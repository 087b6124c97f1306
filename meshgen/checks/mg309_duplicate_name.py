"""MG309: two workloads, rules or policies with one name."""

from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING

from ..diagnostics import Problem, Related, Rule, Severity
from ..emit import paths
from ..location import SourcePath
from ..survey import Survey

if TYPE_CHECKING:
    from ..policy.compilation import Policies
    from ..policy.objects import PolicyObject

RULE = Rule(
    code="MG309",
    name="duplicate-name",
    severity=Severity.ERROR,
    ignorable=False,
    doc="""
Two workloads or two rules have the same name, or two policies would be the same object of a cluster.

## Why it matters
References know workloads by their names only.
Of two objects with one kind, namespace and name the cluster keeps the last one, so one of the two policies is lost.

## How to fix
Rename one of the two, or merge them.
A posture makes objects called `posture-…`, a rule such as `out` those called `out-egress` and `out-ingress`.
Files of `policy.raw` are copied by their base names, which must differ within a cluster, too.
Nothing can be built while two share one name, so this finding cannot be ignored.
""",
)

_ORDER = {"posture": 0, "rules": 1, "raw": 2}


def duplicate_name(survey: Survey) -> Iterator[Problem]:
    """One problem for each later holder of a name."""
    policies = survey.policies
    assert policies is not None, "this is asked of a mesh with policies only"
    workloads = (
        (one.name, ("workloads", index, "name"), f"the workload {one.name} is already defined")
        for index, one in enumerate(survey.mesh.workloads)
    )
    rules = (
        (one.name, ("policy", "rules", index, "name"), f"the rule {one.name} is already defined")
        for index, one in enumerate(policies.rules)
    )
    yield from _doubles(workloads)
    same_rules = list(_doubles(rules))
    yield from same_rules
    # NOTE: rules of one name have objects of one name, too; those are told already.
    told = {problem.at[:-1] for problem in same_rules}
    yield from (problem for problem in _doubles(_objects(policies)) if problem.at not in told)
    yield from _doubles(_files(policies))


def _objects(policies: "Policies") -> Iterator[tuple[Hashable, SourcePath, str]]:
    for one in sorted(policies.objects, key=_written_order):
        key = (one.cluster, one.kind, one.namespace, one.name)
        name = f"{one.namespace}/{one.name}" if one.namespace else one.name
        yield key, one.at, f"the {one.kind} {name} of {one.cluster} is already defined"


def _written_order(one: "PolicyObject") -> tuple[int, ...]:
    _, section, index = one.at
    return (_ORDER[str(section)], int(index), one.raw.document if one.raw else 0)


def _files(policies: "Policies") -> Iterator[tuple[Hashable, SourcePath, str]]:
    if not policies.files:
        return
    for one in policies.objects:
        if one.raw is None:
            yield (one.cluster, paths.policy(one.namespace, one.name).lower()), one.at, ""
    for index, raw in enumerate(policies.files):
        path = paths.raw_policy(raw.file)
        for cluster in policies.directory.selected(raw.clusters):
            told = f"another policy is written to {cluster}/{path} already"
            yield (cluster, path.lower()), ("policy", "raw", index, "file"), told


def _doubles(holders: Iterator[tuple[Hashable, SourcePath, str]]) -> Iterator[Problem]:
    """A problem for each place that holds a key after another one, the first time that it does."""
    first: dict[Hashable, SourcePath] = {}
    told: set[SourcePath] = set()
    for key, at, message in holders:
        if key not in first:
            first[key] = at
        elif at not in told:
            told.add(at)
            related = (Related(first[key], "first defined here"),) if first[key] != at else ()
            yield RULE.problem(at, message, related=related, help="rename one of the two, or merge them")
