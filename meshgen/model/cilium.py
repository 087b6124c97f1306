"""`cilium`: which Cilium runs, and how it moves packets."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from .later import Later
from .node import Node
from .scalars import CidrBlock, CiliumVersion, DnsLabel

if TYPE_CHECKING:
    from .host_alias import HostAliases
else:
    HostAliases = Annotated[Any, Later("host_alias", "HostAliases")]

Ipam = Literal[
    "cluster-pool",
    "kubernetes",
    "crd",
    "eni",
    "azure",
    "alibabacloud",
    "delegated-plugin",
    "multi-pool",
]
Chaining = Literal["none", "aws-cni", "azure", "flannel", "generic-veth", "portmap"]
Encryption = Literal["none", "wireguard", "ipsec"]


class Datapath(Node):
    """How packets travel between nodes; the same in every cluster of a mesh."""

    mode: Literal["tunnel", "native"] = Field(
        "tunnel",
        description="`tunnel` wraps packets between nodes; `native` leaves them to the network, "
        "which must then route the pods' addresses.",
        examples=["tunnel"],
    )
    tunnel_protocol: Literal["vxlan", "geneve"] = Field(
        "vxlan", description="How packets are wrapped in mode `tunnel`.", examples=["vxlan"]
    )
    native_routing_cidr: CidrBlock | None = Field(
        None,
        description="The block that is routed natively; in mode `native` it must cover every "
        "cluster's PodCIDRs.",
        examples=["10.0.0.0/8"],
    )


class ClusterCilium(Node):
    """What a cluster may set for itself; whatever is left out is the mesh's."""

    version: CiliumVersion = Field(
        "",
        description="Decides what is emitted and what policies mean. Quote it: an unquoted 1.20 is a "
        "number. A minor alone means its newest patch release.",
        examples=["1.6.9"],
    )
    namespace: DnsLabel = Field(
        "kube-system",
        description="Where Cilium runs, with what the other clusters dial.",
        examples=["kube-system", "cilium"],
    )
    datapath: Datapath = Field(
        {},
        validate_default=True,
        description="How packets travel between nodes.",
        examples=[{"mode": "tunnel"}],
    )
    ipam: Ipam = Field(
        "cluster-pool",
        description="Where pods get their addresses from.",
        examples=["cluster-pool"],
    )
    chaining: Chaining = Field(
        "none", description="The CNI plugin that Cilium is chained with.", examples=["none"]
    )
    encryption: Encryption = Field(
        "none",
        description="Encryption between nodes; the same in every cluster.",
        examples=["none"],
    )
    delivery: Literal["manifests", "helm"] | None = Field(
        None,
        description="Whether Cilium's own objects are patched as manifests or set as chart values. "
        "Default: manifests before 1.14, helm from 1.14.",
        examples=["manifests"],
    )
    extra_host_aliases: HostAliases = Field(
        (),
        description="Your own hostAliases of the DaemonSet, kept beside meshgen's: the patch replaces "
        "the list. For delivery `manifests` only.",
        examples=[[{"ip": "10.0.0.5", "hostnames": ["etcd.example.com"]}]],
    )


class Cilium(ClusterCilium):
    """The mesh-wide settings."""

    version: CiliumVersion = Field(
        description=ClusterCilium.model_fields["version"].description, examples=["1.6.9"]
    )
    max_connected_clusters: Literal[255, 511] = Field(
        255,
        description="How many clusters may be connected; 511 needs Cilium >= 1.15, is chosen when "
        "clusters are installed, and is equal everywhere.",
        examples=[255],
    )
