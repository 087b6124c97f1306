"""MG211: an ID with a bit that some datapaths use themselves."""

from collections.abc import Iterator

from ..cilium.version import Version, parse_version
from ..diagnostics import Problem, Rule, Severity
from ..suggestions import UNSAFE_BIT, next_free_id, uses_packet_mark
from ..survey import Survey

RULE = Rule(
    code="MG211",
    name="unsafe-cluster-id",
    severity=Severity.ERROR,
    doc="""
An ID with bit 0x80 (128 to 255, 384 to 511) on a cluster with ENI, Alibaba or aws-cni networking.

## Why it matters
These datapaths keep their own mark in that bit of the packet, so policies drop traffic of such clusters (cilium/cilium#21330).
Agents from 1.17 on refuse to start; before that it is a warning here, because nothing else will tell you.

## How to fix
Use an ID without that bit; `meshgen suggest id --provider aws` prints the next free one.
""",
)

_REFUSED_SINCE = Version(1, 17)


def unsafe_cluster_id(survey: Survey) -> Iterator[Problem]:
    """One problem for each cluster with such an ID and such a datapath."""
    highest = survey.mesh.cilium.max_connected_clusters
    for index, cluster in enumerate(survey.mesh.clusters):
        in_range = 1 <= cluster.id <= highest
        if not (in_range and cluster.id & UNSAFE_BIT and uses_packet_mark(cluster)):
            continue
        refused = parse_version(cluster.cilium.version) >= _REFUSED_SINCE
        mode = "aws-cni" if cluster.cilium.chaining == "aws-cni" else cluster.cilium.ipam
        free = next_free_id(survey.mesh, cluster.provider, avoid_unsafe=True)
        yield RULE.problem(
            ("clusters", index, "id"),
            f"id {cluster.id} of {survey.names[index]} has the bit 0x80, which {mode} networking uses itself",
            severity=Severity.ERROR if refused else Severity.WARNING,
            help=None if free is None else f"the next free ID without it is {free}",
        )
