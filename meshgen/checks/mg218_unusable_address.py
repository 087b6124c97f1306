"""MG218: an address that no node, pod or load balancer can have."""

from collections.abc import Iterator

from ..addresses import Cidr, address_text, cidr, crossings
from ..diagnostics import Problem, Rule, Severity
from ..survey import AddressTable, Block, Survey, ranges

RULE = Rule(
    code="MG218",
    name="unusable-address",
    severity=Severity.ERROR,
    doc="""
An address or block that cannot be used: loopback, link-local, multicast, unspecified (this network), broadcast, or the network address of the node's own subnet.

## Why it matters
Such addresses never leave a machine or a link, so nothing in another cluster can reach them.

## How to fix
Correct the address: nodes are listed by InternalIP, blocks by what is really handed out.
""",
)

# https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry
_SPECIAL = (
    (cidr("0.0.0.0/8"), "this-network"),
    (cidr("127.0.0.0/8"), "loopback"),
    (cidr("169.254.0.0/16"), "link-local"),
    (cidr("224.0.0.0/4"), "multicast"),
    (cidr("255.255.255.255/32"), "broadcast"),
    (cidr("::/128"), "this-network"),
    (cidr("::1/128"), "loopback"),
    (cidr("fe80::/10"), "link-local"),
    (cidr("ff00::/8"), "multicast"),
)
_SPECIAL_BLOCKS = [Block(0, "", index, block) for index, (block, _) in enumerate(_SPECIAL)]
_SMALLEST_SUBNET = 4


def unusable_address(survey: Survey) -> Iterator[Problem]:
    """One problem for each address and each block."""
    for table in (survey.node_ips, survey.service_ips):
        yield from _special_addresses(table)
    for blocks in (survey.pods, survey.services, survey.nodes):
        yield from _special_blocks(blocks)
    yield from _subnet_ends(survey)


def _special_addresses(table: AddressTable) -> Iterator[Problem]:
    for block, kind in _SPECIAL:
        for point in table.within(block):
            yield RULE.problem(point.path, f"{point.text} is unusable: a {kind} address")


def _special_blocks(blocks: list[Block]) -> Iterator[Problem]:
    met: dict[int, int] = {}
    for special, owner in crossings(ranges(_SPECIAL_BLOCKS), ranges(blocks)):
        met[owner] = min(special, met.get(owner, special))
    for owner, special in sorted(met.items()):
        name, kind = _SPECIAL[special]
        message = f"{blocks[owner].cidr.text} holds {kind} addresses: those of {name.text}"
        yield RULE.problem(blocks[owner].path, message)


def _subnet_ends(survey: Survey) -> Iterator[Problem]:
    for subnet in survey.nodes:
        for end, name in _ends(subnet.cidr):
            for point in survey.node_ips.within(end):
                if point.cluster == subnet.cluster:
                    yield RULE.problem(
                        point.path, f"{point.text} is the {name} address of {subnet.cidr.text}"
                    )


def _ends(subnet: Cidr) -> Iterator[tuple[Cidr, str]]:
    size = subnet.last - subnet.first + 1
    if subnet.last <= cidr("255.255.255.255/32").last and size >= _SMALLEST_SUBNET:
        yield cidr(f"{address_text(subnet.first)}/32"), "network"
        yield cidr(f"{address_text(subnet.last)}/32"), "broadcast"
