"""Load balancers: how each provider makes one internal, and how it is given a fixed address."""

from collections.abc import Mapping
from typing import NamedTuple

from ..model import Cluster, Mesh
from .profiles import profile_for

Pairs = tuple[tuple[str, str], ...]


class LoadBalancer(NamedTuple):
    """
    A provider's load balancer.

    `internal` is empty where there is no internal load balancer, or where nothing has to be said;
    `public` tells the two apart.
    `takes_ip` says whether spec.loadBalancerIP fixes an internal address; where it does not,
    `fixed_by` is the annotation by which users may fix it themselves, and `internal_when_fixed` what
    makes that other kind of load balancer internal.
    """

    source: str
    internal: Pairs = ()
    public: bool = False
    takes_ip: bool = True
    fixed_by: str | None = None
    internal_when_fixed: Pairs = ()
    global_access: Pairs = ()

    def annotations(self, written: Mapping[str, str]) -> dict[str, str]:
        """What makes it internal, beside the annotations that a user has written."""
        return dict(self.internal_when_fixed if self.fixed_by in written else self.internal)


# The controllers of the etcd era (Kubernetes 1.14 to 1.20); what came later stands in CURRENT.
PROVIDERS: dict[str, LoadBalancer] = {
    "gcp": LoadBalancer(
        internal=(("cloud.google.com/load-balancer-type", "Internal"),),
        global_access=(("networking.gke.io/internal-load-balancer-allow-global-access", "true"),),
        source="cilium v1.6.9, cilium-etcd-external-gke.yaml; global access: cilium acffc52bcd; "
        "spec.loadBalancerIP: GKE docs, internal load balancing",
    ),
    "aws": LoadBalancer(
        internal=(("service.beta.kubernetes.io/aws-load-balancer-internal", "0.0.0.0/0"),),
        takes_ip=False,
        fixed_by="service.beta.kubernetes.io/aws-load-balancer-private-ipv4-addresses",
        # NOTE: that controller reads aws-load-balancer-internal as a boolean and refuses 0.0.0.0/0.
        internal_when_fixed=(
            ("service.beta.kubernetes.io/aws-load-balancer-nlb-target-type", "instance"),
            ("service.beta.kubernetes.io/aws-load-balancer-scheme", "internal"),
            ("service.beta.kubernetes.io/aws-load-balancer-type", "external"),
        ),
        source="cilium v1.6.9, cilium-etcd-external-eks.yaml; kubernetes legacy-cloud-providers/aws: "
        "LoadBalancerIP cannot be specified for AWS ELB; fixed: aws-load-balancer-controller, "
        "docs/guide/service/annotations.md",
    ),
    "azure": LoadBalancer(
        internal=(("service.beta.kubernetes.io/azure-load-balancer-internal", "true"),),
        source="cloud-provider-azure, docs: LoadBalancer annotations; AKS docs: internal-lb, specify an IP",
    ),
    "oracle": LoadBalancer(
        internal=(("service.beta.kubernetes.io/oci-load-balancer-internal", "true"),),
        takes_ip=False,
        source="oci-cloud-controller-manager, docs/load-balancer-annotations.md; its load balancer spec: "
        "cannot create a private load balancer with Reserved IP",
    ),
    "ibm": LoadBalancer(
        internal=(("service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type", "private"),),
        source="IBM Cloud docs: classic network load balancers, private, spec.loadBalancerIP",
    ),
    "alibaba": LoadBalancer(
        internal=(("service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type", "intranet"),),
        takes_ip=False,
        fixed_by="service.beta.kubernetes.io/alibaba-cloud-loadbalancer-id",
        # NOTE: a load balancer that somebody else made gets no listener without the second one.
        internal_when_fixed=(
            ("service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type", "intranet"),
            ("service.beta.kubernetes.io/alibaba-cloud-loadbalancer-force-override-listeners", "true"),
        ),
        source="cloud-provider-alibaba-cloud, docs/usage.md; refuses spec.loadBalancerIP as AWS does",
    ),
    "openstack": LoadBalancer(
        internal=(("service.beta.kubernetes.io/openstack-internal-load-balancer", "true"),),
        source="cloud-provider-openstack, docs: expose applications using loadbalancer type service; its "
        "loadbalancer.go: spec.loadBalancerIP is the VIP address when internal",
    ),
    "digitalocean": LoadBalancer(
        public=True,
        takes_ip=False,
        source="digitalocean-cloud-controller-manager, docs/controllers/services/annotations.md: no "
        "internal ones in this era",
    ),
    "metallb": LoadBalancer(source="metallb.universe.tf: requesting specific IPs, spec.loadBalancerIP"),
    "lb-ipam": LoadBalancer(source="cilium, Documentation/network/lb-ipam.rst: spec.loadBalancerIP"),
    "generic": LoadBalancer(source="spec.loadBalancerIP, for whoever honours it"),
}


# What the chart's own values name from 1.17 on, and the CLI since August 2024 (cilium dd0dffdc2f).
CURRENT: dict[str, LoadBalancer] = PROVIDERS | {
    "gcp": PROVIDERS["gcp"]._replace(
        internal=(("networking.gke.io/load-balancer-type", "Internal"),),
        source="chart 1.17.18, values.yaml; global access: cilium-cli clustermesh.go",
    ),
    "aws": PROVIDERS["aws"]._replace(
        internal=(("service.beta.kubernetes.io/aws-load-balancer-scheme", "internal"),),
        source="chart 1.17.18, values.yaml; fixed: aws-load-balancer-controller, "
        "docs/guide/service/annotations.md",
    ),
}


def provider_of(cluster: Cluster) -> LoadBalancer:
    """The row of a cluster's provider, as of its version of Cilium."""
    profile = profile_for(cluster)
    current = profile is not None and profile.current_load_balancers
    return (CURRENT if current else PROVIDERS)[cluster.provider]


def takes_ip(cluster: Cluster) -> bool:
    """Whether the Service that exposes a cluster is given its address by spec.loadBalancerIP."""
    return cluster.service.type == "LoadBalancer" and provider_of(cluster).takes_ip


def exposure_annotations(mesh: Mesh, cluster: Cluster) -> dict[str, str]:
    """What the Service that exposes a cluster carries: the provider's, and the user's over them."""
    annotations: dict[str, str] = {}
    if cluster.service.type == "LoadBalancer":
        provider = provider_of(cluster)
        annotations = provider.annotations(cluster.service.annotations)
        if provider.global_access and wants_global_access(mesh, cluster):
            annotations |= dict(provider.global_access)
    return annotations | cluster.service.annotations


def wants_global_access(mesh: Mesh, cluster: Cluster) -> bool:
    """Whether some peer is in another region, or where is not known."""
    return any(
        peer.name != cluster.name
        and (peer.provider != cluster.provider or cluster.region is None or peer.region != cluster.region)
        for peer in mesh.clusters
    )
