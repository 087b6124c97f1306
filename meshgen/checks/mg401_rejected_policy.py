"""MG401: a policy that Cilium refuses, and then enforces nothing of."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..diagnostics import Problem, Rule, Severity, named, shown
from ..nearest import nearest
from ..survey import Survey

if TYPE_CHECKING:
    from ..engine.entries import Refusal
    from ..policy.fields import Unknown
    from ..policy.objects import PolicyObject
    from ..reachability.scene import Scene

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
So is an object with a key that does not exist, by `kubectl`; whatever applies it without validation loses the key in silence, and the rest means something else: a rule whose `fromEndpoints` is misspelt lets everybody in.

## How to fix
The message names the part at fault, as the version of the cluster judges it.
Several peers of different kinds, such as `fromEndpoints` and `fromEntities`, belong into rules of their own.
""",
)


def rejected_policy(survey: Survey) -> Iterator[Problem]:
    """One problem for each refused object and reason, however many clusters it is for."""
    if survey.scene is None:
        return
    yield from _unknown(survey.scene)
    yield from _refused(survey.scene)


def _unknown(scene: "Scene") -> Iterator[Problem]:
    """Keys that do not exist, which Cilium never gets to see."""
    from ..policy.fields import unknown_fields
    from ..reachability.written import place_of

    objects = {place_of(one, ()): one for each in scene.objects.values() for one in each if one.raw}
    for one in objects.values():
        for unknown in unknown_fields(one.manifest):
            yield _unknown_key(one, unknown)


def _unknown_key(one: "PolicyObject", unknown: "Unknown") -> Problem:
    from ..engine.network_admission import KIND
    from ..reachability.written import called

    assert one.raw is not None, "it stands in a file"
    key = unknown.path[-1]
    near = nearest(str(key), unknown.known)
    way_out = f"did you mean {near!r}?" if near else f"known here: {', '.join(unknown.known)}"
    if not near and unknown.elsewhere:
        way_out = f"it belongs under {unknown.elsewhere}"
    whoever = "Kubernetes has no" if one.kind == KIND else "no version of Cilium has a"
    return RULE.problem(
        one.at,
        f"{whoever} key {shown(key)} at this place of {called(one)}: "
        "the object is refused, or the rest of it enforced without the key",
        file=one.raw.file,
        span=one.raw.source.span(unknown.path, on_key=True),
        label="not known here",
        help=way_out,
    )


def _refused(scene: "Scene") -> Iterator[Problem]:
    from ..engine.network_admission import KIND
    from ..policy.fields import unknown_fields
    from ..reachability.written import called, listed, place_of, problem_at

    found: dict[object, tuple[PolicyObject, Refusal, dict[str, None], dict[str, None]]] = {}
    for cluster, objects in scene.objects.items():
        applied = scene.applied[cluster]
        for one, reading in zip(objects, applied.readings, strict=True):
            if not reading.refusals:
                continue
            # What lacks a key that is misspelt there is told of that key.
            misspelt = {unknown.path[:-1] for unknown in unknown_fields(one.manifest)}
            for refusal in reading.refusals:
                if refusal.newer or refusal.path in misspelt:
                    continue  # MG602 tells of what is newer
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
