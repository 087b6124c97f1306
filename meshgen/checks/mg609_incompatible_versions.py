"""MG609: two versions of Cilium that cannot be meshed."""

from collections.abc import Iterator

from ..cilium.skew import PUBLISHED, REQUIRED, accepts, known_versions
from ..diagnostics import Problem, Related, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG609",
    name="incompatible-versions",
    severity=Severity.ERROR,
    doc="""
Two clusters run versions of Cilium of which one never accepts the other.

## Why it matters
From 1.16 on, a cluster waits for the configuration that each remote cluster publishes in its etcd, and Cilium publishes it since 1.14 (cilium/cilium#32505, cilium/cilium#22553).
An older cluster is dialled and never becomes ready: "remote cluster configuration required but not found".
The older cluster notices nothing, so half of the mesh looks healthy.

## How to fix
Upgrade the older cluster to 1.14 or later first, and through it to no more than one minor version behind the others.
""",
)


def incompatible_versions(survey: Survey) -> Iterator[Problem]:
    """One problem for each place that sets a version which some other cluster never accepts."""
    clusters = survey.mesh.clusters
    versions = known_versions(survey.mesh)
    newest = max(versions, key=lambda index: versions[index][:2], default=0)
    for index, version in versions.items():
        if not accepts(versions[newest], version):
            # NOTE: the cluster is not named, so that what many clusters inherit is one finding, not many.
            yield RULE.problem(
                ("clusters", index, "cilium", "version"),
                f"Cilium {clusters[index].cilium.version} publishes no configuration of its cluster, and "
                f"{survey.names[newest]} with {clusters[newest].cilium.version} waits for it forever",
                related=(Related(("clusters", newest, "cilium", "version"), "waits for it"),),
                help=f"upgrade to {PUBLISHED} or later before a cluster of the mesh runs {REQUIRED}",
            )
