"""MG216: a service CIDR overlaps something."""

from collections.abc import Iterator

from ..addresses import crossings, overlaps
from ..collision import collision, pair
from ..diagnostics import Problem, Related, Rule, Severity
from ..survey import Survey, owners, ranges

RULE = Rule(
    code="MG216",
    name="service-cidr-overlap",
    severity=Severity.ERROR,
    doc="""
A service CIDR overlaps a PodCIDR or node CIDR (error), or another cluster's service CIDR (info).

## Why it matters
A ClusterIP is translated before the packet is routed, so a pod or node with the same address can never be reached.
Two clusters may well use the same service CIDR, since ClusterIPs do not leave their cluster; GKE and AKS recommend against it all the same.

## How to fix
Move the service CIDR or the other block; service CIDRs are private to a cluster and the easier ones to choose freely when it is made.
""",
)


_WAY_OUT = "service CIDRs stay inside their cluster: choose one that nothing else in the mesh uses"


def service_cidr_overlap(survey: Survey) -> Iterator[Problem]:
    """One problem for each pair, at the later one."""
    services = ranges(survey.services)
    for kind, blocks in (("PodCIDR", survey.pods), ("node CIDR", survey.nodes)):
        for service, other in crossings(services, ranges(blocks)):
            yield collision(
                survey, RULE, survey.services[service], "service CIDR", blocks[other], kind, way_out=_WAY_OUT
            )
    for one, other in overlaps(services, owners(survey.services)):
        first, second = survey.services[one], survey.services[other]
        names = survey.names[first.cluster], survey.names[second.cluster]
        yield RULE.problem(
            second.path,
            f"service CIDRs of {names[0]} and {names[1]} overlap: {pair(first.cidr, second.cidr)}",
            related=(Related(first.path, f"{names[0]} has {first.cidr.text}"),),
            severity=Severity.INFO,
            help="fine as long as no ClusterIP is meant to be reached from another cluster",
        )
