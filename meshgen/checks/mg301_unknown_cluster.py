"""MG301: a reference to a cluster that is not in the mesh."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity, named, shown
from ..nearest import nearest
from ..selection import mentions, references
from ..survey import Survey

_MOST_SUGGESTED = 50
_MOST_LISTED = 10

RULE = Rule(
    code="MG301",
    name="unknown-cluster",
    severity=Severity.ERROR,
    doc="""
A name that no cluster has.

## Why it matters
A service that should exist in a misspelt cluster exists nowhere there, and nothing complains.
A policy for a misspelt cluster matches nobody, without an error anywhere.

## How to fix
The help line names the nearest cluster.
""",
)


def unknown_cluster(survey: Survey) -> Iterator[Problem]:
    """One problem for each reference."""
    names = [cluster.name for cluster in survey.mesh.clusters]
    known, near = set(names), _Nearest(names)
    for reference in references(survey.mesh):
        for path, name in reference.names():
            if name not in known:
                yield RULE.problem(path, f"no cluster is called {shown(name)}", help=near.help(name))
    for path, mentioned in mentions(survey.mesh):
        where = mentioned.where
        if where is not None and where.scope == "named" and where.name not in known:
            message = f"no cluster is called {shown(where.name)}"
            yield RULE.problem(path, message, help=near.help(where.name))


class _Nearest:
    """The way out for each unknown name; looked for a limited number of times, since it takes long."""

    def __init__(self, names: list[str]) -> None:
        self._names = names
        self._found: dict[str, str | None] = {}

    def help(self, name: str) -> str | None:
        if name not in self._found and len(self._found) < _MOST_SUGGESTED:
            near = nearest(name, self._names)
            listed = f"clusters: {', '.join(named(known) for known in self._names[:_MOST_LISTED])}"
            more = ", …" if len(self._names) > _MOST_LISTED else ""
            self._found[name] = f"did you mean {near!r}?" if near else listed + more
        return self._found.get(name)
