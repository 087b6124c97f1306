"""VERIFY.md: what must be there before, what healthy looks like after, and what firewalls must let through."""

from collections.abc import Iterator
from dataclasses import dataclass

from ..plan.types import ClusterPlan, GlobalService, MeshPlan, Network
from . import paths
from .document import Document

_IDENTITY_BITS = 16
"""Identity = cluster ID << 16 | local number: cilium v1.6.9, pkg/identity."""

_GUIDE = """\
# {name}: before and after

Written by meshgen for the mesh {mesh}: cluster {name}, ID {id}, Cilium {version}, in namespace `{namespace}`.

## Before

- These namespaces must exist; meshgen makes none: {namespaces}.
- Cilium runs on etcd (`kvstore: etcd` in `cilium-config`), and the etcd is reached through pods labelled {selector}.
- etcd's server certificate covers `*.{domain}`; cilium-etcd-operator sees to that itself.
- {secret}
- Nodes of all clusters reach each other by InternalIP, and the firewall rules below are in place.
- `cilium-config`, the DaemonSet `cilium` and the Deployment `cilium-operator` keep their one owner; the Component only lays patches over them.
  Where Cilium is a Helm release, pass `{values}` to it, and use the Component as a post-renderer or not at all.

Lay the Component over the base that holds Cilium's objects, in that base's `kustomization.yaml`:

```yaml
resources: [cilium.yaml]
components:
- {component}
```

Name, ID and identity mode are part of every identity.
If `apply.sh` or your GitOps tool changes one of them, restart every workload of this cluster before you rely on a policy with cluster labels.

## Apply

With GitOps, this folder is the source of one Kustomization or Application, applied server-side.
By hand: `./{apply} --context {context}{secret_flag}`.
The order is Service, Secret, ConfigMap, DaemonSet, then the operator; global services once the workloads carry their identities.

## After

Each command runs in any agent: `kubectl --context {context} -n {namespace} exec ds/cilium -- COMMAND`.

### Connected

The log of each agent has `Initializing ClusterMesh routing` once, and for each other cluster ({peer_count}) `New remote cluster configuration` and `Connection to remote cluster established`.
`ls {directory}` lists a file for each cluster; nothing there means that the Secret is not mounted.

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

`cilium-health status` reports every node of the table as reachable, by ICMP and HTTP.

### Global services

{services}

## Firewall

Both ways between the nodes of {name} ({own_nodes}) and the nodes of every other cluster in the table:

| protocol | port | for |
|---|---|---|
{ports}

To the control planes of the others, from the nodes of {name}; the same port of {name} ({own_dialled}), from theirs:

| cluster | host name | addresses | port |
|---|---|---|---|
{dialled}

## If it does not work

| what you see | what to look at |
|---|---|
| no `New remote cluster configuration` in the log | the Secret `{secret_name}` in `{namespace}` has a key for each cluster, and `{directory}` in the agent shows it; restart the agents after the Secret has changed |
| `Unable to establish etcd connection to remote cluster` | `kubectl -n {namespace} get ds cilium -o yaml` has the host names above under `hostAliases`; from a node, `curl -k https://ADDRESS:PORT/health` reaches the other side; TCP {etcd_port} is not blocked |
| nodes of another cluster are missing | in that cluster, `cilium kvstore get --recursive cilium/state/nodes/v1/` lists its own nodes, and only its own |
| identities of another cluster are missing | in that cluster, `cilium kvstore get --recursive cilium/state/identities/v1/` lists its own; `identity-allocation-mode` is `{identity_mode}` in both |
| pod addresses of another cluster are missing | in that cluster, `cilium kvstore get --recursive cilium/state/ip/v1/` lists its own |
| a global service has no remote backends | in the other cluster, `cilium kvstore get --recursive cilium/state/services/v1/` has it and the operator is healthy; here, `cilium debuginfo` lists it under `externalEndpoints` of `k8s-service-cache` |
| the operator is not ready | its log; it publishes this cluster's services to the others |
{l7}"""

_L7 = """\
| L7 policies drop traffic between clusters | in tunnel mode they work within a cluster only, unless nodes have routes to the pods of all clusters |
"""


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows of tables that stand in many guides, made once."""

    nodes: str
    dialled: dict[str, str]
    services: dict[int, str]


def verify_guide(mesh: MeshPlan) -> Iterator[Document]:
    """One guide for each cluster."""
    rows = _Rows(
        nodes="\n".join(_node_row(cluster) for cluster in mesh.clusters),
        dialled={cluster.name: _dialled_row(cluster) for cluster in mesh.clusters},
        services={id(service): _service_row(service) for service in mesh.services},
    )
    for cluster in mesh.clusters:
        yield Document(paths=(f"{cluster.name}/{paths.VERIFY}",), content=_guide(mesh, cluster, rows))


def _guide(mesh: MeshPlan, cluster: ClusterPlan, rows: _Rows) -> str:
    exposure, network, profile = cluster.exposure, cluster.network, cluster.profile
    namespaces = dict.fromkeys([cluster.namespace, *(service.namespace for service in cluster.services)])
    return _GUIDE.format(
        name=cluster.name,
        id=cluster.id,
        mesh=mesh.name,
        domain=mesh.domain,
        version=cluster.version,
        namespace=cluster.namespace,
        namespaces=", ".join(f"`{namespace}`" for namespace in namespaces),
        selector=", ".join(f"`{key}: {value}`" for key, value in exposure.selector),
        secret=_secret(cluster),
        secret_name=profile.secret_name,
        secret_flag=f" --secret {cluster.name}/{paths.SECRET}" if cluster.has_secret else "",
        values=paths.VALUES,
        component=f"out/{cluster.name}/{paths.COMPONENT.partition('/')[0]}",
        apply=paths.APPLY,
        context=cluster.context or "CONTEXT",
        directory="/var/lib/cilium/clustermesh/",
        identity_mode=profile.identity_mode,
        peer_count=len(mesh.clusters) - 1,
        nodes=rows.nodes,
        own_nodes=_node_blocks(network),
        own_dialled=_dialled(cluster),
        services=_services(cluster, rows),
        ports="\n".join(_ports(network)),
        dialled="\n".join(row for name, row in rows.dialled.items() if name != cluster.name),
        etcd_port=profile.service_port,
        l7=_L7 if network.mode == "tunnel" else "",
    )


def _secret(cluster: ClusterPlan) -> str:
    if cluster.has_secret:
        return (
            f"The Secret `{cluster.profile.secret_name}` is in `secrets/` beside mesh.yaml, "
            "outside of this tree: whoever has it can reach every etcd of the mesh."
        )
    return (
        f"The Secret `{cluster.profile.secret_name}` exists; mesh.yaml has no `tls` section, "
        "so meshgen does not make it."
    )


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
    addresses = ", ".join(cluster.exposure.addresses) or "none"
    return f"| {cluster.name} | {cluster.host} | {addresses} | TCP {cluster.exposure.port} |"


def _dialled(cluster: ClusterPlan) -> str:
    return f"{', '.join(cluster.exposure.addresses) or 'no address'}, TCP {cluster.exposure.port}"


def _services(cluster: ClusterPlan, rows: _Rows) -> str:
    if not cluster.services:
        return "None in this cluster."
    head = (
        "`cilium service list` shows these with backends from the PodCIDRs of the clusters named; "
        "`cilium bpf lb list` shows the same in the datapath.\n\n"
        "| service | ports | backends from |\n|---|---|---|\n"
    )
    return head + "\n".join(rows.services[id(service)] for service in cluster.services)


def _service_row(service: GlobalService) -> str:
    ports = ", ".join(f"{port.port}/{port.protocol or 'TCP'}" for port in service.ports)
    return f"| {service.namespace}/{service.name} | {ports} | {', '.join(service.backends) or 'none'} |"


def _ports(network: Network) -> Iterator[str]:
    # Source: cilium v1.6.9, Documentation/install/system_requirements.rst, firewall requirements
    if network.mode == "native":
        yield "| all | all ports of pods | native routing: pod to pod, by the PodCIDRs of the table |"
    elif network.tunnel_protocol == "geneve":
        yield "| UDP | 6081 | Geneve tunnels |"
    else:
        yield "| UDP | 8472 | VXLAN tunnels |"
    if network.encryption == "ipsec":
        yield "| ESP (50) | | IPsec |"
    yield "| TCP | 4240 | health checks |"
    yield "| ICMP | type 0 and 8, code 0 | health checks |"
