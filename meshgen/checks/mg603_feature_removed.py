"""MG603: a feature that a cluster's Cilium no longer has."""

from collections.abc import Iterator

from ..chart.features import removals
from ..diagnostics import Problem, Related, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG603",
    name="feature-removed",
    severity=Severity.ERROR,
    doc="""
A feature that the Cilium version of a cluster no longer has.

## Why it matters
From 1.10 on the other clusters dial clustermesh-apiserver, whose Service is made by the chart: its pods and its port are fixed.
From 1.14 on keys stand in Secrets of their own, and the files of the etcd guide name what nobody mounts.
What is written for an older version would be left out, and nobody would notice before the clusters are connected.

## How to fix
The help line says what took its place.
Upgrade clusters one by one: a mesh may have clusters of several versions, and each is held to its own.
""",
)


def feature_removed(survey: Survey) -> Iterator[Problem]:
    """One problem for each place where such a feature is asked for."""
    seen = set()
    for removal in removals(survey.mesh):
        key = (removal.at, removal.what)
        if key in seen:
            continue
        seen.add(key)
        version = survey.mesh.clusters[removal.cluster].cilium.version
        # NOTE: the cluster is not named, so that what many clusters inherit is one finding, not many.
        yield RULE.problem(
            removal.at,
            f"Cilium {removal.since} and later have no {removal.what}; this is for {version}",
            related=(Related(("clusters", removal.cluster, "cilium", "version"), "the version"),),
            help=removal.way_out,
        )
