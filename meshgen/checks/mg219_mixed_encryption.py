"""MG219: some clusters encrypt and some do not."""

from collections.abc import Iterator

from ..diagnostics import Problem, Related, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG219",
    name="mixed-encryption",
    severity=Severity.ERROR,
    doc="""
Clusters differ in encryption.

## Why it matters
A node that encrypts sends what the other cannot read.
Cilium supports WireGuard on all clusters of a mesh or on none, and IPsec only with the same keys everywhere.

## How to fix
Write `encryption` once, under the mesh-wide `cilium`.
""",
)


def mixed_encryption(survey: Survey) -> Iterator[Problem]:
    """One problem for each cluster that deviates from the first."""
    first, *others = survey.mesh.clusters
    for index, cluster in enumerate(others, start=1):
        if cluster.cilium.encryption != first.cilium.encryption:
            yield RULE.problem(
                ("clusters", index, "cilium", "encryption"),
                f"{survey.names[index]} has encryption {cluster.cilium.encryption}, "
                f"{survey.names[0]} has {first.cilium.encryption}",
                related=(
                    Related(
                        ("clusters", 0, "cilium", "encryption"),
                        f"{survey.names[0]} has {first.cilium.encryption}",
                    ),
                ),
                help="all clusters of a mesh encrypt in the same way, or none does",
            )
