"""VERIFY.md on certificates that meshgen issued: what reads them when, and who may do what in etcd."""

from ...plan.types import ClusterPlan, MeshPlan

# Source of the shell: coreos/etcd-operator v0.9.4, pkg/util/k8sutil: operatorEtcdTLSDir, and its liveness probe.
# Source of the lock: cilium v1.6, pkg/kvstore/etcd.go, waitForInitLock; without it no agent calls itself connected.
_TEXT = """\
## Trust

meshgen makes these Secrets in `{namespace}`: {secrets}.
cilium-etcd-operator 2.0.6 and later (Cilium {minor} brings 2.0.7) uses the first four as they are when all of them exist before it starts, and makes its own otherwise.
Where it made its own before, delete those four, apply meshgen's, and restart its pod and the pods of etcd.

etcd and the agents read the authorities they trust only when they start.
When an authority was added or dropped, restart the pods of etcd one at a time, each after the one before it is ready: `kubectl --context {context} -n {namespace} delete pod POD`, with the pods of `kubectl --context {context} -n {namespace} get pods -l etcd_cluster=cilium-etcd`.
Agents restart by themselves, since the annotation `meshgen.io/restart` changes.

Each other cluster comes with a certificate of its own, whose common name is a user in etcd.
Users count once authentication is on, and then every client needs one.
In a shell of any pod of etcd, with the certificate that cilium-etcd-operator gives it:

```sh
kubectl --context {context} -n {namespace} exec -it POD -- sh
tls=/etc/etcdtls/operator/etcd-tls
export ETCDCTL_API=3 ETCDCTL_ENDPOINTS=https://localhost:2379
export ETCDCTL_CACERT=$tls/etcd-client-ca.crt ETCDCTL_CERT=$tls/etcd-client.crt ETCDCTL_KEY=$tls/etcd-client.key
```

```sh
new_user() {{ etcdctl user add "$1:$(head -c 24 /dev/urandom | base64)"; }}
new_user root
new_user {local}
etcdctl user grant-role {local} root
etcdctl role add mesh-reader
etcdctl role grant-permission mesh-reader --prefix=true read cilium/
etcdctl role grant-permission mesh-reader --prefix=true readwrite cilium/.initlock/
for user in {users}; do
  new_user "$user"
  etcdctl user grant-role "$user" mesh-reader
done
etcdctl auth enable
```

The passwords are thrown away: a certificate is what a user comes with.
Agents take a lock below `cilium/.initlock/` to see whether etcd has a quorum; nothing else can be written with that role.

To cut off one cluster, delete its user in such a shell: `etcdctl user delete remote-NAME`.
Whatever it asks for from then on is refused; what it is watching already goes on until the pods of etcd have restarted.

"""


def etcd_trust(mesh: MeshPlan, cluster: ClusterPlan) -> str:
    """The section for one cluster; empty where meshgen does not make etcd's own Secrets."""
    if not cluster.has_etcd_secrets:
        return ""
    users = (other.remote_user for other in mesh.clusters if other.name != cluster.name)
    return _TEXT.format(
        namespace=cluster.namespace,
        context=cluster.context or "CONTEXT",
        minor=cluster.minor,
        secrets=", ".join(f"`{secret.name}`" for secret in cluster.tls),
        local=cluster.local_user,
        users=" ".join(users),
    )
