"""MG417: a rule that lets through more or less everybody."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG417",
    name="over-broad-peer",
    severity=Severity.WARNING,
    doc="""
A rule allows everybody: any address, or every pod of every cluster at every port.

## Why it matters
Such a rule undoes what closes the pods, now and for every pod and cluster to come.
`entity:all`, and a rule with ports but without peers, hold the world outside, too.

## How to fix
Name who is meant: workloads, namespaces, `entity:world` for the outside, and the ports.
""",
)


def over_broad_peer(survey: Survey) -> Iterator[Problem]:
    """One problem for each side of a rule that is everybody."""
    assert survey.policies is not None, "this is asked of a mesh with policies only"
    from ..reachability.breadth import broad_entries, broad_references
    from ..reachability.written import problem_at

    for at, message in broad_references(survey.policies):
        yield RULE.problem(at, message, label="everybody", help="name who is meant, and the ports")
    for written, path, message in broad_entries(survey.picture) if survey.picture else ():
        yield problem_at(
            RULE, written.one, path, message, label="everybody", help="name who is meant, and the ports"
        )
