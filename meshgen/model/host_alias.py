"""`cilium.extraHostAliases`: a team's own lines of /etc/hosts."""

from pydantic import Field

from .node import Node, Seq
from .scalars import AddressText, DnsSubdomain


class HostAlias(Node):
    """One line of /etc/hosts in the agent's pods."""

    ip: AddressText = Field(description="The address.", examples=["10.0.0.5"])
    hostnames: Seq[DnsSubdomain] = Field(
        min_length=1, description="The names that it has.", examples=[["etcd.example.com"]]
    )


HostAliases = Seq[HostAlias]
