"""MG401: a policy that Cilium refuses, and then enforces nothing of."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..cilium.version import parse_version
from ..diagnostics import Problem, Rule, Severity, named
from ..location import SourcePath
from ..survey import Survey

if TYPE_CHECKING:
    from ..engine.entries import Refusal
    from ..policy.objects import PolicyObject

RULE = Rule(
    code="MG401",
    name="rejected-policy",
    severity=Severity.ERROR,
    doc="""
Cilium refuses a policy, and then none of it is enforced.

## Why it matters
One fault in one rule makes Cilium drop the whole object.
The API server keeps it, `kubectl get` lists it, and its pods are as open as if it were not there.

## How to fix
The message names the part at fault, as the version of the cluster judges it.
Several peers of different kinds, such as `fromEndpoints` and `fromEntities`, belong into rules of their own.
""",
)


def rejected_policy(survey: Survey) -> Iterator[Problem]:
    """One problem for each refused object and reason, however many clusters it is for."""
    if survey.scene is None:
        return
    from ..reachability.written import called, listed, place_of, problem_at

    lacking: set[SourcePath] | None = None
    found: dict[object, tuple[PolicyObject, Refusal, dict[str, None], dict[str, None]]] = {}
    for cluster, objects in survey.scene.objects.items():
        applied = survey.scene.applied[cluster]
        for one, reading in zip(objects, applied.readings, strict=True):
            for refusal in reading.refusals:
                if one.raw is None:
                    lacking = _lacking(survey) if lacking is None else lacking
                    if one.at in lacking:
                        continue
                key = (place_of(one, ()), refusal.reason)
                _, _, versions, clusters = found.setdefault(key, (one, refusal, {}, {}))
                versions[str(applied.setting.rules.version)] = clusters[cluster] = None
    for one, refusal, versions, clusters in found.values():
        yield problem_at(
            RULE,
            one,
            refusal.path,
            f"Cilium {listed(tuple(versions))} refuses {called(one)}, and enforces none of it in "
            f"{listed(tuple(clusters))}: {named(refusal.reason)}",
            label="refused",
            help="correct this part; until then its pods are as open as without the policy",
        )


def _lacking(survey: Survey) -> set[SourcePath]:
    """The rules that ask for what some cluster's version lacks: MG602 tells."""
    versions = [parse_version(cluster.cilium.version) for cluster in survey.mesh.clusters]
    return {use.at[:3] for use in survey.policy_uses() if use.since > versions[use.cluster]}
