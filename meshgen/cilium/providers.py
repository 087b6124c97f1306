"""Load balancers: how each provider makes one internal, and how it is given a fixed address."""

from dataclasses import dataclass

from ..model import Cluster, Mesh

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadBalancer:
    """
    A provider's load balancer as of the etcd era (Kubernetes 1.14 to 1.20).

    `internal` is empty where there is no internal load balancer, or where nothing has to be said;
    `public` tells the two apart.
    `static_ip` is `spec` for spec.loadBalancerIP, an annotation's key, or None where a fixed address
    cannot be asked for; `fixed_by` is then the annotation by which users may fix it themselves.
    """

    internal: Pairs = ()
    public: bool = False
    static_ip: str | None = "spec"
    fixed_by: str | None = None
    global_access: Pairs = ()
    source: str


# The era's controllers; where a provider changed its way later, the newer way has no row yet.
PROVIDERS: dict[str, LoadBalancer] = {
    "gcp": LoadBalancer(
        internal=(("cloud.google.com/load-balancer-type", "Internal"),),
        global_access=(("networking.gke.io/internal-load-balancer-allow-global-access", "true"),),
        source="cilium v1.6.9, cilium-etcd-external-gke.yaml; global access: cilium acffc52bcd",
    ),
    "aws": LoadBalancer(
        internal=(("service.beta.kubernetes.io/aws-load-balancer-internal", "0.0.0.0/0"),),
        static_ip=None,
        fixed_by="service.beta.kubernetes.io/aws-load-balancer-private-ipv4-addresses",
        source="cilium v1.6.9, cilium-etcd-external-eks.yaml; kubernetes legacy-cloud-providers/aws: "
        "LoadBalancerIP cannot be specified for AWS ELB",
    ),
    "azure": LoadBalancer(
        internal=(("service.beta.kubernetes.io/azure-load-balancer-internal", "true"),),
        source="cloud-provider-azure, docs: LoadBalancer annotations",
    ),
    "oracle": LoadBalancer(
        internal=(("service.beta.kubernetes.io/oci-load-balancer-internal", "true"),),
        static_ip=None,
        source="oci-cloud-controller-manager, docs/load-balancer-annotations.md",
    ),
    "ibm": LoadBalancer(
        internal=(("service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type", "private"),),
        source="IBM Cloud docs: classic network load balancers, private, spec.loadBalancerIP",
    ),
    "alibaba": LoadBalancer(
        internal=(("service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type", "intranet"),),
        static_ip=None,
        source="cloud-provider-alibaba-cloud, docs/usage.md; refuses spec.loadBalancerIP as AWS does",
    ),
    "openstack": LoadBalancer(
        internal=(("service.beta.kubernetes.io/openstack-internal-load-balancer", "true"),),
        source="cloud-provider-openstack, docs: expose applications using loadbalancer type service",
    ),
    "digitalocean": LoadBalancer(
        public=True,
        static_ip=None,
        source="digitalocean-cloud-controller-manager, docs: annotations; no internal ones in this era",
    ),
    "metallb": LoadBalancer(source="metallb.universe.tf: requesting specific IPs, spec.loadBalancerIP"),
    "lb-ipam": LoadBalancer(source="Cilium >= 1.13 only, so MG602 in this era"),
    "generic": LoadBalancer(source="spec.loadBalancerIP, for whoever honours it"),
}


def provider_of(name: str) -> LoadBalancer:
    """The row of a provider."""
    return PROVIDERS[name]


def wants_global_access(mesh: Mesh, cluster: Cluster) -> bool:
    """Whether some peer is in another region, or where is not known."""
    return any(
        peer.name != cluster.name
        and (peer.provider != cluster.provider or cluster.region is None or peer.region != cluster.region)
        for peer in mesh.clusters
    )
