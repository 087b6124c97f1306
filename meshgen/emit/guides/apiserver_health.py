"""The second half of VERIFY.md where the other clusters dial clustermesh-apiserver."""

from ...plan.types import ClusterPlan, MeshPlan
from ...trust.etcd_config import FOLDER
from . import tables
from .firewall import firewall

_ALONE = """\
## After

{name} is the only cluster of its mesh: there is nothing to connect to, and no firewall rule is needed.
`{agent} node list` in an agent shows the nodes of {name} and no others.
"""

# Source of the status line: cilium#10169, cilium#26788.
_AFTER = """\
## After

Each `{agent}` command runs in any agent: `kubectl --context {context} -n {namespace} exec ds/cilium -c cilium-agent -- {agent} node list`.

### Pods

`kubectl --context {context} -n {namespace} get pods -l {agents}` shows every agent running and ready, `-l {operator}` the operator, `-l k8s-app=clustermesh-apiserver` what the other clusters dial.

### Connected

`{agent} status --all-clusters` shows `{others}/{others} remote clusters ready`, and each of these as `ready`: {names}.
{mirror}
### Nodes

`{agent} node list` shows nodes as `CLUSTER/NODE`, with these InternalIPs, and pod ranges from these PodCIDRs:

| cluster | ID | identities | nodes | node addresses | PodCIDRs |
|---|---|---|---|---|---|
{nodes}

### Identities

`{agent} identity list` has identities of every cluster, with the label `io.cilium.k8s.policy.cluster`, in the ranges of the table.

### Addresses of pods

`{agent} bpf ipcache list` has addresses from the PodCIDRs of every cluster.

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
| clustermesh-apiserver stays in `ContainerCreating` | `kubectl --context {context} -n {namespace} describe pod -l k8s-app=clustermesh-apiserver` names what it waits for: {mounted} |
| `Waiting for all etcd configuration files to be available` | the files that a cluster's configuration in `{folder}` names: {files} |
| `remote cluster configuration required but not found` | that cluster runs under the very name of its file here, and its own clustermesh-apiserver is healthy |
| `certificate signed by unknown authority`, `bad certificate` | both clusters trust the authority of the other; the client's certificate is for client authentication |
| `certificate is valid for …, not …` | the server certificate covers the host name in the table above, and agents' `clustermesh-apiserver.{namespace}.svc` |
| `etcdserver: permission denied`, `user … not found` | the ConfigMap `clustermesh-remote-users` of the dialled cluster has `remote-{name}`, and `authMode` is the same everywhere |
| `Cluster-ID is not specified` in the log | `cluster-id` in `cilium-config` is `{id}`, and the agents have restarted since |
| no connection to the address | from a node, `curl -kv https://ADDRESS:PORT` is answered, if only by a refused certificate; {aliases} |
| nodes or identities of another cluster are missing | that cluster is `ready` above, and its own agents list them |
| health checks to another cluster fail | the first table under Firewall, both ways, by InternalIP |
| a global service has no remote backends | it has the same name, namespace, port names and protocols in both clusters, and is annotated `{annotation}` in both |
| policies drop what they should allow | peers without a cluster label mean {default} here |
"""

_MIRROR = """\
`kubectl --context {context} -n {namespace} exec deploy/clustermesh-apiserver -c kvstoremesh -- clustermesh-apiserver kvstoremesh-dbg status` says the same of what the cluster itself is connected to; `troubleshoot` in place of `status` tries each step, from the name to the certificate.
The files in the Secret `cilium-clustermesh` name this cluster's own clustermesh-apiserver for every other cluster, which is right: agents read the copy that KVStoreMesh keeps, and only `cilium-kvstoremesh` names the others.
"""


def apiserver_health(mesh: MeshPlan, cluster: ClusterPlan, rows: tables.Rows) -> str:
    """What healthy looks like in one cluster."""
    profile = cluster.profile
    values = {"context": cluster.context or "CONTEXT", "namespace": cluster.namespace}
    if len(rows.dialled) == 1:
        return _ALONE.format(name=cluster.name, agent=profile.agent_command)
    names = [other.name for other in mesh.others(cluster)]
    return _AFTER.format(
        **values,
        name=cluster.name,
        id=cluster.id,
        agent=profile.agent_command,
        agents=profile.agent_selector,
        operator=profile.operator_selector,
        others=len(names),
        names=tables.named(names),
        mirror=_MIRROR.format(**values) if profile.mirrors else "",
        nodes=rows.nodes,
        services=tables.services(cluster, rows),
        firewall=firewall(cluster, rows),
        mounted=", ".join(f"`{name}`" for name in _mounted(cluster)),
        folder=FOLDER,
        files=_files(cluster),
        aliases=f"the names of the others stand in {_aliases(cluster)}",
        annotation=profile.global_annotation,
        default="this cluster's own pods" if cluster.local_by_default else "any cluster's pods",
    )


def _mounted(cluster: ClusterPlan) -> list[str]:
    """What the pods of clustermesh-apiserver do not start without."""
    profile = cluster.profile
    secrets = [secret.name for secret in profile.tls_secrets] if profile.peer_secrets else []
    users = ["clustermesh-remote-users"] if profile.remote_users else []
    return [*(secrets or [profile.secret_name]), *users]


def _files(cluster: ClusterPlan) -> str:
    """Which Secret brings which files, by container."""
    told = [
        f"`{source.object}` brings {', '.join(f'`{file}`' for _, file in source.items)}"
        for volume in cluster.profile.volumes
        if volume.path == FOLDER
        for source in volume.sources
        if source.items
    ]
    return "; ".join(dict.fromkeys(told)) or f"`{cluster.profile.secret_name}` brings them all"


def _aliases(cluster: ClusterPlan) -> str:
    return " and ".join(str(place) for place in cluster.names)
