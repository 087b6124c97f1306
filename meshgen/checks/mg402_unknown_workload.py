"""MG402: a reference to a workload, service, namespace or port that the mesh does not have."""

from collections.abc import Iterator, Sequence

from ..diagnostics import Problem, Rule, Severity, named, shown
from ..location import SourcePath
from ..nearest import nearest
from ..selection import mentions
from ..survey import Survey

RULE = Rule(
    code="MG402",
    name="unknown-workload",
    severity=Severity.ERROR,
    doc="""
A rule, a posture or an expectation names a workload, a service, a namespace or a port that the mesh does not have.

## Why it matters
A selector for pods that do not exist is accepted, and matches nobody: a rule that allows nothing, while what it was to allow is dropped.

## How to fix
The help line names the nearest one.
Workloads are declared under `workloads`, services under `services`.
A namespace is known where a workload, a service, a raw policy, a DNS server or Cilium itself is in it.

A posture may close a namespace whose pods nobody listed, and rules may name it then.
Where one letter makes it the name of a namespace that has a workload, a service or a raw policy, and that one stays open where the posture closes, it is taken for a slip: what was to be closed is open, and nothing else would tell.
If it is none, declare one of its workloads.
A port's name is one of the workload's `ports`; for a service, one of its own.
""",
)

_MOST_SUGGESTED = 50
_MOST_LISTED = 10


def unknown_workload(survey: Survey) -> Iterator[Problem]:
    """One problem for each such name."""
    policies = survey.policies
    assert policies is not None, "this is asked of a mesh with policies only"
    from ..policy.namespaces import namespaces

    directory = policies.directory
    spaces, meant = namespaces(policies)
    known = {
        "workload": _Known("workload", [*directory.workloads]),
        "service": _Known("service", [f"{space}/{name}" for space, name in directory.services]),
        "namespace": _Known("namespace", sorted(spaces)),
    }
    for path, reference in mentions(survey.mesh):
        name = f"{reference.namespace}/{reference.name}" if reference.namespace else reference.name
        if reference.kind in known:
            yield from known[reference.kind].missing(path, name)
    for index, posture in enumerate(policies.postures):
        for position, name in enumerate(posture.namespaces):
            if name in meant:
                yield RULE.problem(
                    ("policy", "posture", index, "namespaces", position),
                    f"no namespace is called {shown(name)}",
                    help=f"did you mean {meant[name]!r}? if not, declare a workload that is in it",
                )
        for position, name in enumerate(posture.workloads):
            yield from known["workload"].missing(("policy", "posture", index, "workloads", position), name)
    for path, unknown in policies.unknown_ports():
        yield RULE.problem(path, unknown.reason, help=unknown.way_out)


class _Known:
    """Names of one kind; the nearest is looked for a limited number of times, since it takes long."""

    def __init__(self, kind: str, names: Sequence[str]) -> None:
        self._kind = kind
        self._names = names
        self._all = set(names)
        self._suggested = 0

    def missing(self, path: SourcePath, name: str) -> Iterator[Problem]:
        if name not in self._all:
            yield RULE.problem(path, f"no {self._kind} is called {shown(name)}", help=self._help(name))

    def _help(self, name: str) -> str | None:
        self._suggested += 1
        if self._suggested > _MOST_SUGGESTED:
            return None
        if near := nearest(name, self._names):
            return f"did you mean {near!r}?"
        listed = ", ".join(named(known) for known in self._names[:_MOST_LISTED]) or "none"
        more = ", …" if len(self._names) > _MOST_LISTED else ""
        return f"{self._kind}s: {listed}{more}"
