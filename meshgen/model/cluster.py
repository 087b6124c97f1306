"""`clusters` and `clusterDefaults`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from ..nearest import nearest
from .cilium import ClusterCilium
from .later import Later
from .node import Node, Seq
from .scalars import (
    EXAMPLE_RECIPIENT,
    AddressList,
    AgeRecipient,
    Annotations,
    AnyName,
    CidrBlock,
    ContextName,
    HostName,
    Labels,
    PortNumber,
)

if TYPE_CHECKING:
    from .policy import ClusterPolicy

    MaybePolicy = ClusterPolicy | None
else:
    MaybePolicy = Annotated[Any, Later("policy", "ClusterPolicy")]

Provider = Literal[
    "gcp", "aws", "azure", "oracle", "ibm", "alibaba", "openstack", "digitalocean", "metallb",
    "lb-ipam", "generic",
]  # fmt: skip

_OFFERS = {
    "gke": "gcp", "eks": "aws", "aks": "azure", "oke": "oracle", "iks": "ibm", "ack": "alibaba",
    "doks": "digitalocean",
}  # fmt: skip
"""Providers by what they call their managed clusters: what some write in their place."""


def meant(word: str, accepted: Sequence[str]) -> str | None:
    """The accepted word that somebody most likely meant; a provider also by what its clusters are called."""
    offered = _OFFERS.get(word.lower())
    return offered if offered in accepted else nearest(word, accepted)


class MeshService(Node):
    """How a cluster's clustermesh-apiserver, or up to Cilium 1.8 its etcd, is reached by the others."""

    type: Literal["LoadBalancer", "NodePort"] = Field(
        "LoadBalancer", description="The Kubernetes Service type.", examples=["LoadBalancer"]
    )
    port: PortNumber = Field(
        2379,
        description="The port that is dialled; for type NodePort the node port.",
        examples=[2379],
    )
    annotations: Annotations = Field(
        {},
        description="Added to the provider's annotations, and winning over them.",
        examples=[{"networking.gke.io/internal-load-balancer-subnet": "mesh"}],
    )
    labels: Labels = Field({}, description="Extra labels of the Service.", examples=[{"team": "network"}])
    source_ranges: Seq[CidrBlock] = Field(
        (), description="Who may dial: loadBalancerSourceRanges.", examples=[["10.0.0.0/8"]]
    )
    selector: Labels = Field(
        {},
        description="The pods behind the Service, for an etcd of your own (Cilium <= 1.8). Default: the etcd "
        "pods of cilium-etcd-operator.",
        examples=[{"app": "etcd"}],
    )
    hostname: HostName | None = Field(
        None,
        description="Dialled instead of serviceIPs; needs Cilium >= 1.14 and a server certificate that "
        "covers it.",
        examples=["mesh.cluster1.example.com"],
    )


class ClusterDefaults(Node):
    """Any key of a cluster but its name, id and addresses; a cluster's own value wins."""

    provider: Provider = Field(
        "generic",  # NOTE: for no cluster: schema and parser ask each of them where nothing is written here
        description="Who makes the load balancer: decides annotations and how a static IP is asked for.",
        examples=["gcp"],
    )
    region: str | None = Field(None, description="The provider's region.", examples=["us-west1"])
    labels: Labels = Field(
        {},
        description="Labels by which services and policies select clusters.",
        examples=[{"env": "prod"}],
    )
    service: MeshService = Field(
        {},
        validate_default=True,
        description="How the cluster's control plane is reached by the others.",
        examples=[{"type": "NodePort", "port": 32379}],
    )
    recipients: Seq[AgeRecipient] = Field(
        (),
        description="The cluster's own age identity, such as its Flux: can open its Secrets beside "
        "secrets.sops.recipients.",
        examples=[[EXAMPLE_RECIPIENT]],
    )
    context: ContextName | None = Field(
        None,
        description="The kubeconfig context, used only in the text of runbooks.",
        examples=["admin@cluster1"],
    )
    cilium: ClusterCilium = Field(
        {},
        validate_default=True,
        description="What differs from the mesh-wide `cilium`.",
        examples=[{"namespace": "cilium"}],
    )
    policy: MaybePolicy = Field(
        None,
        description="What differs from the mesh-wide `policy.dns`.",
        examples=[{"dns": {"namespace": "dns"}}],
    )
    helm_values: dict[str, Any] = Field(
        {},
        description="Extra values for the official chart (delivery: helm).",
        examples=[{"hubble": {"enabled": True}}],
    )


class Cluster(ClusterDefaults):
    """One cluster of the mesh."""

    name: AnyName = Field(
        description="Unique in the mesh. Also a host name, a Secret key, a file name and a label value: "
        "at most 32 of a-z, 0-9 and -, and not `default`.",
        examples=["cluster1"],
    )
    id: int = Field(
        description="Unique in the mesh, 1 to 255 (511 with maxConnectedClusters: 511).",
        examples=[1],
    )
    provider: Provider = Field(
        description=ClusterDefaults.model_fields["provider"].description, examples=["gcp"]
    )
    pod_cidrs: Seq[CidrBlock] = Field(
        min_length=1,
        description="Where pods get their addresses from; no two clusters may overlap. IPv4 and IPv6.",
        examples=[["10.1.0.0/16"]],
    )
    service_cidrs: Seq[CidrBlock] = Field(
        (), description="Where ClusterIPs come from.", examples=[["10.96.0.0/16"]]
    )
    node_cidrs: Seq[CidrBlock] = Field(
        (),
        description="Where nodes get their addresses from; nodeIPs, nodeCIDRs or both.",
        examples=[["10.128.0.0/20"]],
    )
    node_ips: AddressList = Field(
        (),
        validate_default=True,
        description="The nodes' InternalIPs.",
        examples=[["10.128.0.11", "10.128.0.12"]],
    )
    service_ips: AddressList = Field(
        (),
        validate_default=True,
        description="What the other clusters dial: the static IPs of the load balancer, or the node IPs "
        "for type NodePort.",
        examples=[["10.138.0.18"]],
    )
