"""MG422: a policy that closes every pod of a cluster, those of the system included."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG422",
    name="cluster-wide-subject",
    severity=Severity.WARNING,
    doc="""
A cluster-wide policy closes the pods of all namespaces.

## Why it matters
Its subject holds the pods of `kube-system`, too: DNS, metrics, the operators of storage and of the mesh itself.
What they need is allowed by nobody, and the cluster stops working at the next restart of one of them.

## How to fix
Limit the subject: `matchExpressions` with `k8s:io.kubernetes.pod.namespace`, `NotIn` and the system's namespaces.
Or close namespaces by name, under `policy.posture`.
""",
)


def cluster_wide_subject(survey: Survey) -> Iterator[Problem]:
    """One problem for each block of such a policy."""
    if survey.picture is None:
        return
    from ..reachability.written import listed, place_of, problem_at

    picture, told = survey.picture, set()
    for written in picture.written:
        if written.one.namespace or written.is_of_kubernetes:
            continue
        pods = [picture.index[f"{name}@{written.clusters[0]}"] for name in ("DNS", "other namespaces")]
        for entry in written.reading.entries:
            block = entry.path[:-2]
            key = place_of(written.one, block)
            selected = picture.universe.matching(entry.subject)
            if entry.closes and key not in told and all(selected >> pod & 1 for pod in pods):
                told.add(key)
                yield problem_at(
                    RULE,
                    written.one,
                    (*block, "endpointSelector"),
                    f"{written.told} closes {entry.direction} of every pod in {listed(written.clusters)}, "
                    "kube-system included",
                    label="every namespace",
                    help="limit the subject to namespaces, or close them under policy.posture",
                )
