"""What stands in many guides: tables of nodes, of addresses that are dialled and of global services."""

from typing import NamedTuple

from ...plan.types import ClusterPlan, GlobalService, MeshPlan, Network

_MOST_NAMED = 16
"""Clusters up to which each is named where all of them are meant."""

GOES_ON = (
    "Where its {what} changes, it stops for the restart of the workloads, which is yours, and does step 5 when it is "
    "run again; where none does, it goes on to step 5 at once."
)
"""What becomes of the last two steps when apply.sh runs."""

_SERVICES = """\
`{agent} service list` shows these with backends from the PodCIDRs of the clusters named; `{agent} bpf lb list` shows the same in the datapath.
`curl NAME.NAMESPACE` from a pod of {name} is answered by pods of all of them, in turn.

| service | ports | backends from |
|---|---|---|
{rows}"""

_LIMITED = """

{name} does not share its pods of {services}; where it has some, it uses them itself.
In Cilium {minor} such a cluster hears of changed pods in the others only when its own Service or Endpoints change.
After such a change, and whenever its agents have restarted and are connected again, touch the Service: `kubectl --context {context} -n NAMESPACE annotate service NAME --overwrite touched="$(date)"`."""

_NATIVE = """\
Native routing sends packets of pods as they are: both ways between the PodCIDRs of {name} ({pod_cidrs}) and those of every other cluster, let through all that your pods may send, and route it.

"""


class Rows(NamedTuple):
    """Rows of tables that stand in many guides, made once."""

    nodes: str
    clusters: list[str]
    dialled: list[str]
    services: dict[int, str]


def rows_of(mesh: MeshPlan) -> Rows:
    """The rows of all clusters and services."""
    return Rows(
        nodes="\n".join(_node_row(cluster, mesh.identity_bits) for cluster in mesh.clusters),
        clusters=[cluster.name for cluster in mesh.clusters],
        dialled=[_dialled_row(cluster) for cluster in mesh.clusters],
        services={id(service): _service_row(service, len(mesh.clusters)) for service in mesh.services},
    )


def others(cluster: ClusterPlan, rows: Rows) -> list[str]:
    """The rows of what a cluster dials."""
    own = rows.clusters.index(cluster.name)
    return rows.dialled[:own] + rows.dialled[own + 1 :]


def named(clusters: list[str]) -> str:
    """Clusters by name, or how many there are."""
    return f"{len(clusters)} clusters" if len(clusters) > _MOST_NAMED else ", ".join(clusters)


def native(cluster: ClusterPlan) -> str:
    """What native routing asks for besides; empty in tunnel mode."""
    if cluster.network.mode != "native":
        return ""
    return _NATIVE.format(name=cluster.name, pod_cidrs=", ".join(cluster.network.pod_cidrs))


def _node_row(cluster: ClusterPlan, identity_bits: int) -> str:
    first = cluster.id << identity_bits
    last = first + (1 << identity_bits) - 1
    cidrs = ", ".join(cluster.network.pod_cidrs)
    count = cluster.network.node_count or "?"
    return (
        f"| {cluster.name} | {cluster.id} | {first} to {last} | {count} "
        f"| {node_blocks(cluster.network)} | {cidrs} |"
    )


def node_blocks(network: Network) -> str:
    """Where the nodes of a cluster are."""
    more = f" and {network.more_node_blocks:,} more blocks" if network.more_node_blocks else ""
    return (", ".join(network.node_blocks) or "not in mesh.yaml") + more


def _dialled_row(cluster: ClusterPlan) -> str:
    exposure = cluster.exposure
    addresses = ", ".join(exposure.addresses) or ("by DNS" if cluster.has_apiserver else "none")
    return f"| {cluster.name} | https://{cluster.endpoint.host}:{exposure.port} | {addresses} | TCP {exposure.port} |"


def dialled(cluster: ClusterPlan) -> str:
    """Where a cluster is dialled, and who may."""
    exposure = cluster.exposure
    where = f"{', '.join(exposure.addresses) or cluster.endpoint.host}, TCP {exposure.port}"
    if exposure.type == "LoadBalancer" and exposure.source_ranges:
        where += f"; its load balancer lets in {', '.join(exposure.source_ranges)} only"
    return where


def services(cluster: ClusterPlan, rows: Rows) -> str:
    """The section about global services of a cluster."""
    if not cluster.services:
        return "None in this cluster."
    text = _SERVICES.format(
        agent=cluster.profile.agent_command,
        name=cluster.name,
        rows="\n".join([rows.services[id(service)] for service in cluster.services]),
    )
    return text + _limited(cluster)


def _limited(cluster: ClusterPlan) -> str:
    # Source: cilium v1.6.9, pkg/k8s/service_cache.go: MergeExternalServiceUpdate tells of a Service only
    # if the importing cluster shares it; cilium#18766 and #19042 end that in 1.12.
    names = [f"`{service.namespace}/{service.name}`" for service in cluster.services if not service.shared]
    if not names or cluster.has_apiserver:
        return ""
    return _LIMITED.format(
        name=cluster.name,
        services=", ".join(names),
        minor=cluster.minor,
        context=cluster.context or "CONTEXT",
    )


def _service_row(service: GlobalService, clusters: int) -> str:
    ports = ", ".join(f"{port.port}/{port.protocol or 'TCP'}" for port in service.ports)
    if len(service.backends) == clusters > _MOST_NAMED:
        backends = f"all {clusters} clusters"
    else:
        backends = ", ".join(service.backends) or "none"
    return f"| {service.namespace}/{service.name} | {ports} | {backends} |"
