"""MG407: a peer that names no cluster, and means different pods before and after Cilium 1.19."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey

if TYPE_CHECKING:
    from ..reachability.written import Written

RULE = Rule(
    code="MG407",
    name="peer-without-cluster",
    severity=Severity.WARNING,
    doc="""
A selector of pods on the other side of a rule names no cluster.

## Why it matters
Before Cilium 1.19 such a selector means pods of every cluster of the mesh, from 1.19 on those of its own cluster only (`policy-default-local-cluster`).
So an upgrade cuts what the rule allows, and a deny no longer covers the other clusters: that fails open, and is an error here.
`toServices` is such a selector, too: from 1.19 on it never reaches the backends of other clusters.

## How to fix
Write the cluster: `io.cilium.k8s.policy.cluster: cluster1` under `matchLabels`.
For every cluster, write it under `matchExpressions` with `operator: Exists`.
Rules of mesh.yaml always name their clusters.
""",
)


def peer_without_cluster(survey: Survey) -> Iterator[Problem]:
    """One problem for each rule with such a peer, at the first of them."""
    if survey.picture is None or len(survey.mesh.clusters) == 1:
        return
    from ..reachability.written import problem_at, rules_of

    for written, entry in rules_of(survey.picture.written):
        places = written.without_cluster(entry)
        if written.rule(entry).get("toServices"):
            places.append((*entry.path, "toServices"))
        if places:
            consequence = "; an upgrade stops denying the others" if entry.deny else ""
            yield problem_at(
                RULE,
                written.one,
                places[0],
                f"a peer of {written.told} names no cluster: before Cilium 1.19 it means pods of every "
                f"cluster, from 1.19 on only those of its own{consequence}",
                label=_now(written, len(places)),
                severity=Severity.ERROR if entry.deny else None,
                help="add io.cilium.k8s.policy.cluster to its matchLabels; for every cluster, to its "
                "matchExpressions with the operator Exists",
            )


def _now(written: "Written", number: int) -> str:
    meaning = "its own cluster" if written.rules.local_cluster else "every cluster"
    more = f", and so do {number - 1} more peers of this rule" if number > 1 else ""
    return f"{meaning} with Cilium {written.rules.version}{more}"
