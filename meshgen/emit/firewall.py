"""What firewalls must let through between the nodes of two clusters."""

from collections.abc import Iterator

from ..plan.types import Network

# Source: cilium v1.6.9, Documentation/install/system_requirements.rst, firewall requirements
_TUNNELS = {
    "vxlan": "| UDP | 8472 | VXLAN tunnels |",
    "geneve": "| UDP | 6081 | Geneve tunnels |",
}
_IPSEC = "| ESP | none: IP protocol 50 | IPsec; many clouds block it unless told otherwise |"
_HEALTH = "| TCP | 4240 | health checks |"
_PINGS = {
    # https://www.iana.org/assignments/icmp-parameters, https://www.iana.org/assignments/icmpv6-parameters
    False: "| ICMP | type 0 and 8, code 0 | health checks |",
    True: "| ICMPv6 | type 128 and 129, code 0 | health checks |",
}


def between_nodes(network: Network) -> Iterator[str]:
    """The rows `protocol | port | for`, both ways, for the datapath and the address families of a cluster."""
    if network.mode == "tunnel":
        yield _TUNNELS[network.tunnel_protocol]
    if network.encryption == "ipsec":
        yield _IPSEC
    yield _HEALTH
    addresses = network.node_blocks or network.pod_cidrs
    for is_v6 in sorted({":" in block for block in addresses}):
        yield _PINGS[is_v6]
