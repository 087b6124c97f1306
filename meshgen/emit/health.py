"""The second half of VERIFY.md: what healthy looks like, the firewall's rules, and what to look at if not."""

from typing import NamedTuple

from ..plan.types import ClusterPlan, GlobalService, MeshPlan, Network
from .firewall import between_nodes

_IDENTITY_BITS = 16
"""Identity = cluster ID << 16 | local number: cilium v1.6.9, pkg/identity."""

_MOST_NAMED = 16
"""Clusters up to which each is named where all of them are meant."""

_ALONE = """\
## After

{name} is the only cluster of its mesh: there is nothing to connect to, and no firewall rule is needed.
`cilium node list` in an agent shows the nodes of {name} and no others.
In the DaemonSet `cilium`, `hostAliases` {aliases}.
"""

_AFTER = """\
## After

Each `cilium` command runs in any agent: `kubectl --context {context} -n {namespace} exec ds/cilium -- cilium node list`.

### Pods

`kubectl --context {context} -n {namespace} get pods -l {agents}` shows every agent running and ready, `-l {operator}` the operator.

### Connected

The log of every agent (`kubectl --context {context} -n {namespace} logs -l {agents} --tail=-1`) has `Initializing ClusterMesh routing` once, and for each other cluster `New remote cluster configuration` and `Connection to remote cluster established`.
`ls {directory}` in an agent lists a file for each cluster, named like it; nothing there means that the Secret is not mounted.

### Nodes

`cilium node list` shows nodes as `CLUSTER/NODE`, with these InternalIPs, and pod ranges from these PodCIDRs:

| cluster | ID | identities | nodes | node addresses | PodCIDRs |
|---|---|---|---|---|---|
{nodes}

### Identities

`cilium identity list` has identities of every cluster, with the label `io.cilium.k8s.policy.cluster`, in the ranges of the table.

### Addresses of pods

`cilium bpf ipcache list` has addresses from the PodCIDRs of every cluster.

### Health

`cilium-health status` in an agent reports every node of the table as reachable, by ICMP and HTTP.

### From pod to pod

`kubectl --context {context} exec POD -- curl ADDRESS` from a pod of {name} is answered by a pod of each other cluster.

### Global services

{services}

## Firewall

Both ways between the nodes of {name} ({own_nodes}) and the nodes of every other cluster in the table:

| protocol | port | for |
|---|---|---|
{ports}

{pods}To the control planes of the others, from the nodes of {name}; the same for that of {name} ({own_dialled}), from theirs:

| cluster | endpoint | addresses | port |
|---|---|---|---|
{dialled}

## If it does not work

From the top; what a line asks for is a condition of those below it.

| what you see | what to look at |
|---|---|
| an agent or the operator is not ready | its log; the operator publishes this cluster's services to the others |
| no `Initializing ClusterMesh routing` in the log | `cluster-id` in `cilium-config` is `{id}`, and the agents have restarted since |
| no `New remote cluster configuration` in the log | the Secret `{secret_name}` in `{namespace}` (`clustermesh-secrets` is only the volume) has a key for each cluster, named like it, and `{directory}` in the agent shows it; restart the agents after the Secret has changed: `kubectl --context {context} -n {namespace} rollout restart ds/cilium` |
| `Waiting for all etcd configuration files to be available` | each certificate and key that a cluster's file in `{directory}` names is there too |
| `Unable to establish etcd connection to remote cluster` | the cluster's file in `{directory}` has the endpoint of the table above; `kubectl --context {context} -n {namespace} get ds cilium -o yaml` has its host name under `hostAliases`, with these addresses (only agents can resolve it); from a node, `curl -kv https://ADDRESS:PORT` is answered, if only by a refused certificate (an IPv6 address stands in brackets); no firewall drops that port; the server certificate of that etcd covers the host name |
| nodes of another cluster are missing | in that cluster, `cilium kvstore get --recursive cilium/state/nodes/v1/` lists its own nodes, and only its own |
| health checks to another cluster fail | the first table under Firewall, both ways, by InternalIP |
| identities of another cluster are missing | in that cluster, `cilium kvstore get --recursive cilium/state/identities/v1/` lists its own, and only its own; `identity-allocation-mode` is `{identity_mode}` in both |
| pod addresses of another cluster are missing | in that cluster, `cilium kvstore get --recursive cilium/state/ip/v1/` lists its own, and only its own; `cilium map get cilium_ipcache` here shows the same as `cilium bpf ipcache list` |
| a global service has no remote backends | it has the same name, namespace and port names in both clusters; in the other cluster, `cilium kvstore get --recursive cilium/state/services/v1/` has it and the operator is healthy; here, `cilium debuginfo` lists it under `externalEndpoints` of `k8s-service-cache` |
{l7}"""

_L7 = """\
| L7 policies drop traffic between clusters | in tunnel mode they work within a cluster only, unless nodes have routes to the pods of all clusters |
"""

_SERVICES = """\
`cilium service list` shows these with backends from the PodCIDRs of the clusters named; `cilium bpf lb list` shows the same in the datapath.
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
        nodes="\n".join(_node_row(cluster) for cluster in mesh.clusters),
        clusters=[cluster.name for cluster in mesh.clusters],
        dialled=[_dialled_row(cluster) for cluster in mesh.clusters],
        services={id(service): _service_row(service, len(mesh.clusters)) for service in mesh.services},
    )


def health(cluster: ClusterPlan, rows: Rows) -> str:
    """What healthy looks like in one cluster."""
    if len(rows.dialled) == 1:
        aliases = "holds your own entries only" if cluster.host_aliases else "is gone"
        return _ALONE.format(name=cluster.name, aliases=aliases)
    network, profile = cluster.network, cluster.profile
    return _AFTER.format(
        name=cluster.name,
        id=cluster.id,
        namespace=cluster.namespace,
        context=cluster.context or "CONTEXT",
        agents=profile.agent_selector,
        operator=profile.operator_selector,
        secret_name=profile.secret_name,
        directory="/var/lib/cilium/clustermesh/",
        identity_mode=profile.identity_mode,
        nodes=rows.nodes,
        own_nodes=_node_blocks(network),
        own_dialled=_dialled(cluster),
        services=_services(cluster, rows),
        ports="\n".join(between_nodes(network)),
        pods=_native(cluster) if network.mode == "native" else "",
        dialled="\n".join(_others(cluster, rows)),
        l7=_L7 if network.mode == "tunnel" else "",
    )


def _others(cluster: ClusterPlan, rows: Rows) -> list[str]:
    own = rows.clusters.index(cluster.name)
    return rows.dialled[:own] + rows.dialled[own + 1 :]


def _native(cluster: ClusterPlan) -> str:
    return _NATIVE.format(name=cluster.name, pod_cidrs=", ".join(cluster.network.pod_cidrs))


def _node_row(cluster: ClusterPlan) -> str:
    first = cluster.id << _IDENTITY_BITS
    last = first + (1 << _IDENTITY_BITS) - 1
    cidrs = ", ".join(cluster.network.pod_cidrs)
    count = cluster.network.node_count or "?"
    return (
        f"| {cluster.name} | {cluster.id} | {first} to {last} | {count} "
        f"| {_node_blocks(cluster.network)} | {cidrs} |"
    )


def _node_blocks(network: Network) -> str:
    more = f" and {network.more_node_blocks:,} more blocks" if network.more_node_blocks else ""
    return (", ".join(network.node_blocks) or "not in mesh.yaml") + more


def _dialled_row(cluster: ClusterPlan) -> str:
    exposure = cluster.exposure
    addresses = ", ".join(exposure.addresses) or "none"
    return f"| {cluster.name} | https://{cluster.endpoint.host}:{exposure.port} | {addresses} | TCP {exposure.port} |"


def _dialled(cluster: ClusterPlan) -> str:
    exposure = cluster.exposure
    where = f"{', '.join(exposure.addresses) or 'no address'}, TCP {exposure.port}"
    if exposure.type == "LoadBalancer" and exposure.source_ranges:
        where += f"; its load balancer lets in {', '.join(exposure.source_ranges)} only"
    return where


def _services(cluster: ClusterPlan, rows: Rows) -> str:
    if not cluster.services:
        return "None in this cluster."
    text = _SERVICES.format(
        name=cluster.name, rows="\n".join([rows.services[id(service)] for service in cluster.services])
    )
    return text + _limited(cluster)


def _limited(cluster: ClusterPlan) -> str:
    # Source: cilium v1.6.9, pkg/k8s/service_cache.go: MergeExternalServiceUpdate tells of a Service only
    # if the importing cluster shares it; cilium#18766 and #19042 end that in 1.12.
    names = [f"`{service.namespace}/{service.name}`" for service in cluster.services if not service.shared]
    if not names:
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
