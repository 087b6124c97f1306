"""MG602: a feature that a cluster's Cilium does not have."""

from collections.abc import Iterator
from itertools import chain

from ..chart.features import chart_uses
from ..cilium.features import lacks, uses
from ..diagnostics import Problem, Related, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG602",
    name="feature-not-in-version",
    severity=Severity.ERROR,
    doc="""
A feature that the Cilium version of a cluster does not have.

## Why it matters
An annotation or option that a version does not know is ignored in silence.
In a policy that changes what the rest of it means: without `endPort` only the first port of a range is open, and a deny that is not known denies nothing.

## How to fix
The message names the first version that has the feature: upgrade, or do without it.
""",
)


def feature_not_in_version(survey: Survey) -> Iterator[Problem]:
    """One problem for each place where such a feature is asked for."""
    seen = set()
    for use in chain(uses(survey.mesh), chart_uses(survey.mesh), survey.policy_uses()):
        key = (use.at, use.what)
        if key in seen or not lacks(survey.mesh, use):
            continue
        seen.add(key)
        version = survey.mesh.clusters[use.cluster].cilium.version
        # NOTE: the cluster is not named, so that what many clusters inherit is one finding, not many.
        yield RULE.problem(
            use.at,
            f"{use.what} needs Cilium {use.since} or later, and this is for {version}",
            related=(Related(("clusters", use.cluster, "cilium", "version"), "the version"),),
            help=use.way_out,
        )
