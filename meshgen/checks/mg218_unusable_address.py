"""MG218: an address that no node, pod or load balancer can have."""

from collections.abc import Iterator

from ..addresses import Cidr, crossings
from ..diagnostics import Problem, Related, Rule, Severity, named
from ..suggestions import FIRST_V6, UNUSABLE
from ..survey import AddressTable, Block, Survey, ranges

RULE = Rule(
    code="MG218",
    name="unusable-address",
    severity=Severity.ERROR,
    doc="""
An address, block or name that cannot be used: loopback, link-local, multicast, unspecified (this network), broadcast, the network address of the node's own subnet, or a name that means another thing in each cluster.

## Why it matters
Such addresses never leave a machine or a link, so nothing in another cluster can reach them.
A name of a Kubernetes Service is resolved by each cluster for itself, so the others would dial their own.

## How to fix
Correct the address: nodes are listed by InternalIP, blocks by what is really handed out.
""",
)

_UNUSABLE = ranges([Block(0, "", index, block) for index, (block, _) in enumerate(UNUSABLE)])
_SMALLEST_SUBNET = 4
# RFC 6761; the names of Services are those of https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
_UNUSABLE_NAMES = (
    ("localhost", "the machine itself"),
    ("localdomain", "the machine itself"),
    ("invalid", "nothing"),
    ("svc", "a Service of the cluster that asks"),
    ("cluster.local", "a Service of the cluster that asks"),
)


def unusable_address(survey: Survey) -> Iterator[Problem]:
    """One problem for each address and each block."""
    for table in (survey.node_ips, survey.service_ips):
        yield from _unusable_addresses(table)
    for blocks in (survey.pods, survey.services, survey.nodes):
        yield from _unusable_blocks(blocks)
    yield from _subnet_ends(survey)
    yield from _unusable_names(survey)


def _unusable_addresses(table: AddressTable) -> Iterator[Problem]:
    for block, kind in UNUSABLE:
        for point in table.within(block):
            yield RULE.problem(
                point.path,
                f"{point.text} cannot be used: it is of the {kind} range {block.text}",
                help="write the address at which others reach it",
            )


def _unusable_blocks(blocks: list[Block]) -> Iterator[Problem]:
    met: dict[int, int] = {}
    for special, owner in crossings(_UNUSABLE, ranges(blocks)):
        met[owner] = min(special, met.get(owner, special))
    for owner, special in sorted(met.items()):
        block, kind = UNUSABLE[special]
        yield RULE.problem(
            blocks[owner].path,
            f"{blocks[owner].cidr.text} cannot be used: it holds the {kind} range {block.text}",
            help="write the block that addresses are really taken from",
        )


def _subnet_ends(survey: Survey) -> Iterator[Problem]:
    ends: dict[int, dict[int, tuple[str, Block]]] = {}
    for subnet in survey.nodes:
        for address, kind in _ends(subnet.cidr):
            ends.setdefault(address, {}).setdefault(subnet.cluster, (kind, subnet))
    for address, subnets in ends.items():
        for position in survey.node_ips.points.positions(address, address):
            node = survey.node_ips.at(position)
            if node.cluster in subnets:
                kind, subnet = subnets[node.cluster]
                yield RULE.problem(
                    node.path,
                    f"{node.text} is the {kind} address of {subnet.cidr.text}",
                    related=(Related(subnet.path, "the subnet of the node"),),
                    help="no node can have it: correct the address or the subnet",
                )


def _ends(subnet: Cidr) -> Iterator[tuple[int, str]]:
    if subnet.last < FIRST_V6 and subnet.last - subnet.first + 1 >= _SMALLEST_SUBNET:
        yield subnet.first, "network"
        yield subnet.last, "broadcast"


def _unusable_names(survey: Survey) -> Iterator[Problem]:
    for index, cluster in enumerate(survey.mesh.clusters):
        name = cluster.service.hostname
        for ending, meaning in _UNUSABLE_NAMES:
            if name is not None and f".{name}".endswith(f".{ending}"):
                yield RULE.problem(
                    ("clusters", index, "service", "hostname"),
                    f"{named(name)} cannot be used: it means {meaning}",
                    help="write a name that means this cluster's load balancer, wherever it is asked for",
                )
