"""MG414: a selector that no pod of the mesh matches."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG414",
    name="selects-nothing",
    severity=Severity.WARNING,
    doc="""
A policy under `policy.raw` selects pods that are not there: of another cluster, of a foreign namespace, or with labels that no workload has.

## Why it matters
Such a selector is legal and matches nobody.
As a subject, nothing is enforced; as a peer, nothing is allowed while the pods are closed all the same.
A policy has subjects only in the cluster and, unless it is cluster-wide, in the namespace in which it is applied.

## How to fix
Apply the policy only where its pods are (`clusters` of the file), or correct the selector.
If the pods exist, declare them under `workloads`.
""",
)


def selects_nothing(survey: Survey) -> Iterator[Problem]:
    """One problem for each such selector."""
    if survey.picture is None:
        return
    from ..reachability.strays import strays
    from ..reachability.written import problem_at

    for stray in strays(survey.picture):
        yield problem_at(
            RULE,
            stray.written.one,
            stray.path,
            f"{stray.what} of {stray.written.told} selects nothing: {stray.reason}",
            label="matches no pod",
            help=stray.help,
        )
