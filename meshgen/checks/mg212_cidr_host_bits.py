"""MG212: a CIDR with host bits."""

from collections.abc import Iterator

from ..addresses import Cidr
from ..diagnostics import Problem, Rule, Severity
from ..location import SourcePath
from ..survey import Survey

RULE = Rule(
    code="MG212",
    name="cidr-host-bits",
    severity=Severity.ERROR,
    doc="""
A CIDR whose address is not the first of its block.

## Why it matters
`10.1.0.5/16` may mean the block 10.1.0.0/16 or the host 10.1.0.5; Kubernetes refuses it or reads the first, and the author may have meant the second.

## How to fix
Write the first address of the block; a single host ends in /32 (IPv4) or /128 (IPv6).
""",
)


def cidr_host_bits(survey: Survey) -> Iterator[Problem]:
    """One problem for each place where such a CIDR is written."""
    for path, block in _blocks(survey):
        if block.has_host_bits:
            yield RULE.problem(path, f"{block.text} has host bits", help=f"write {block.canonical}")


def _blocks(survey: Survey) -> Iterator[tuple[SourcePath, Cidr]]:
    for blocks in (survey.pods, survey.services, survey.nodes):
        for block in blocks:
            yield block.path, block.cidr
    for index, cluster in enumerate(survey.mesh.clusters):
        at: SourcePath = ("clusters", index)
        if native := cluster.cilium.datapath.native_routing_cidr:
            yield (*at, "cilium", "datapath", "nativeRoutingCIDR"), native
        for position, allowed in enumerate(cluster.service.source_ranges):
            yield (*at, "service", "sourceRanges", position), allowed
