"""MG401: a policy that Cilium refuses, and then enforces nothing of."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..diagnostics import Problem, Rule, Severity, named
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
A NetworkPolicy of Kubernetes is refused by the API server itself: applying it fails, and in a folder of policies that is easily overlooked.

## How to fix
The message names the part at fault, as the version of the cluster judges it.
Several peers of different kinds, such as `fromEndpoints` and `fromEntities`, belong into rules of their own.
""",
)


def rejected_policy(survey: Survey) -> Iterator[Problem]:
    """One problem for each refused object and reason, however many clusters it is for."""
    if survey.scene is None:
        return
    from ..engine.network_admission import KIND
    from ..reachability.written import called, listed, place_of, problem_at

    found: dict[object, tuple[PolicyObject, Refusal, dict[str, None], dict[str, None]]] = {}
    for cluster, objects in survey.scene.objects.items():
        applied = survey.scene.applied[cluster]
        for one, reading in zip(objects, applied.readings, strict=True):
            for refusal in reading.refusals:
                if refusal.newer:
                    continue  # MG602 tells
                key = (place_of(one, ()), refusal.reason)
                _, _, versions, clusters = found.setdefault(key, (one, refusal, {}, {}))
                versions[str(applied.setting.rules.version)] = clusters[cluster] = None
    for one, refusal, versions, clusters in found.values():
        whoever = "The API server" if one.kind == KIND else f"Cilium {listed(tuple(versions))}"
        yield problem_at(
            RULE,
            one,
            refusal.path,
            f"{whoever} refuses {called(one)}, and none of it is enforced in "
            f"{listed(tuple(clusters))}: {named(refusal.reason)}",
            label="refused",
            help="correct this part; until then its pods are as open as without the policy",
        )
