"""MG608: versions in one mesh that are further apart than Cilium is tested for."""

from collections.abc import Iterator

from ..cilium.skew import SUPPORTED, accepts, known_versions, minors_behind
from ..diagnostics import Problem, Related, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG608",
    name="version-skew",
    severity=Severity.WARNING,
    doc="""
A cluster is more than one minor version of Cilium behind the newest one of its mesh.

## Why it matters
Cilium supports and tests clusters that are one minor version apart, and no more (cilium/cilium#32505, cilium/cilium#41934).
1.8 and 1.10 count as neighbours, since meshgen supports no 1.9.
Newer versions stop reading what older ones write, without a word in their release notes.

## How to fix
Upgrade the oldest clusters first, one minor version at a time, and let no cluster run ahead; [Upgrade Cilium under a mesh](../guides/upgrade-cilium.md) has the order.
While an upgrade is under way, accept the finding under `ignore` with a date.
""",
)


def version_skew(survey: Survey) -> Iterator[Problem]:
    """One problem for each place that sets a version too old for the newest cluster."""
    clusters = survey.mesh.clusters
    versions = known_versions(survey.mesh)
    newest = max(versions, key=lambda index: versions[index][:2], default=0)
    for index, version in versions.items():
        behind = minors_behind(version, versions[newest])
        if behind > SUPPORTED and accepts(versions[newest], version):
            # NOTE: the cluster is not named, so that what many clusters inherit is one finding, not many.
            yield RULE.problem(
                ("clusters", index, "cilium", "version"),
                f"Cilium {clusters[index].cilium.version} is {behind} minor versions behind "
                f"{clusters[newest].cilium.version} of {survey.names[newest]}; at most {SUPPORTED} is supported",
                related=(Related(("clusters", newest, "cilium", "version"), "the newest version"),),
                help="upgrade the oldest clusters first, one minor version at a time",
            )
