"""What firewalls must let through between the nodes of two clusters."""

from collections.abc import Iterator

from ...plan.types import ClusterPlan, Network
from . import tables

# Source: cilium v1.6.9, Documentation/install/system_requirements.rst, firewall requirements
_TUNNELS = {
    "vxlan": "| UDP | 8472 | VXLAN tunnels |",
    "geneve": "| UDP | 6081 | Geneve tunnels |",
}
_IPSEC = "| ESP | none: IP protocol 50 | IPsec; many clouds block it unless told otherwise |"
_WIREGUARD = "| UDP | 51871 | WireGuard |"  # cilium v1.20.0, the same page
_HEALTH = "| TCP | 4240 | health checks |"
_PINGS = {
    # https://www.iana.org/assignments/icmp-parameters, https://www.iana.org/assignments/icmpv6-parameters
    False: "| ICMP | type 0 and 8, code 0 | health checks |",
    True: "| ICMPv6 | type 128 and 129, code 0 | health checks |",
}


_TEXT = """\
## Firewall

Both ways between the nodes of {name} ({own_nodes}) and the nodes of every other cluster in the table:

| protocol | port | for |
|---|---|---|
{ports}

{pods}To the control planes of the others, from the nodes of {name}; the same for that of {name} ({own_dialled}), from theirs:

| cluster | endpoint | addresses | port |
|---|---|---|---|
{dialled}

"""


def firewall(cluster: ClusterPlan, rows: tables.Rows) -> str:
    """The section about firewalls for one cluster."""
    return _TEXT.format(
        name=cluster.name,
        own_nodes=tables.node_blocks(cluster.network),
        own_dialled=tables.dialled(cluster),
        ports="\n".join(between_nodes(cluster.network)),
        pods=tables.native(cluster),
        dialled="\n".join(tables.others(cluster, rows)),
    )


def between_nodes(network: Network) -> Iterator[str]:
    """The rows `protocol | port | for`, both ways, for the datapath and the address families of a cluster."""
    if network.mode == "tunnel":
        yield _TUNNELS[network.tunnel_protocol]
    if network.encryption == "ipsec":
        yield _IPSEC
    if network.encryption == "wireguard":
        yield _WIREGUARD
    yield _HEALTH
    addresses = network.node_blocks or network.pod_cidrs
    for is_v6 in sorted({":" in block for block in addresses}):
        yield _PINGS[is_v6]
