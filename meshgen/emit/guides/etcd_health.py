"""The second half of VERIFY.md: what healthy looks like, the firewall's rules, and what to look at if not."""

from ...plan.types import ClusterPlan
from . import tables
from .firewall import firewall

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

{firewall}## If it does not work

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


def etcd_health(cluster: ClusterPlan, rows: tables.Rows) -> str:
    """What healthy looks like in one cluster."""
    if len(rows.dialled) == 1:
        aliases = "holds your own entries only" if cluster.host_aliases else "is gone"
        return _ALONE.format(name=cluster.name, aliases=aliases)
    profile = cluster.profile
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
        services=tables.services(cluster, rows),
        firewall=firewall(cluster, rows),
        l7=_L7 if cluster.network.mode == "tunnel" else "",
    )
