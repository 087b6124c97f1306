"""The first half of VERIFY.md: what must be there before, and how the cluster's folder is applied."""

from ...kube.labels import RESTART
from ...plan.types import ClusterPlan, MeshPlan
from .. import paths

_CERTIFIED_DOMAIN = "mesh.cilium.io"
"""What cilium-etcd-operator's server certificates cover, whatever the mesh's domain is."""

_NOT_TEXT = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
"""https://yaml.org/type/bool.html, https://yaml.org/type/null.html"""

_TEXT = """\
# {name}: before and after

Written by meshgen for the mesh {mesh}: cluster {name}, ID {id}, Cilium {version}, in namespace `{namespace}`.

## Before

- These namespaces must exist; meshgen makes none: {namespaces}.
{applications}- Cilium runs on etcd (`kvstore: etcd` in `cilium-config`; a mesh cannot run on Consul), and the etcd is reached through pods labelled {selector}.
- etcd's server certificate covers `*.{domain}`; {certificate}.
- {secret}
- Nodes of all clusters reach each other by InternalIP, by peering or a VPN between their networks, and the firewall rules below are in place.
- `cilium-config`, the DaemonSet `cilium` and the Deployment `cilium-operator` keep their one owner; the Component only lays patches over them.
  Where Cilium is a Helm release, pass `{values}` to it and lay the Component over what it renders, as a post-renderer: the chart has no value for `hostAliases`.
{unquoted}- `{apply}` needs kubectl 1.20 and Kubernetes 1.16, the Component needs kustomize 3.7 or kubectl 1.21; later ones will do.

Lay the Component over the base that holds Cilium's objects, in that base's `kustomization.yaml`:

```yaml
resources: [cilium.yaml]
components:
- {component} # the path from there
```

What the Component does not find it skips in silence: `kubectl kustomize . | grep -c {restart}` prints 2 when it has found the DaemonSet and the Deployment.

Name, ID and identity mode are part of every identity.
If `{apply}` or your GitOps tool changes one of them, restart every workload of this cluster before you rely on a global service or on a policy with cluster labels.
`{apply}` refuses a cluster that has another name; where it is to have this one from now on, say so with `--rename-from OLD`, in the order of `ROLLOUT.md`.

## Apply

With GitOps, this folder is the source of one Kustomization or Application, applied server-side.
By hand: `./{apply} --context {context}{secret_flag}`.
The order is Service, Secret, ConfigMap, DaemonSet, then the operator; global services and policies once the workloads carry their identities.

"""


_KEPT = {
    "plaintext": "{name} is in `secrets/{mesh}/{cluster}/` beside mesh.yaml, outside of this tree: whoever has it "
    "can reach every etcd of the mesh, so delete it once it is applied.",
    "sops": "{name} is sealed by SOPS: Flux opens it with the cluster's age identity, `apply.sh` with yours "
    "(`SOPS_AGE_KEY_FILE`); `kubectl apply -k` cannot.",
    "sealed-secrets": "{name} is opened by the sealed-secrets controller of this very cluster; one that was there "
    'before it leaves as it is, unless that one carries the annotation `sealedsecrets.bitnami.com/managed: "true"`.',
    "external-secrets": "{name} is made by the External Secrets Operator; its store holds the private values.",
}


def etcd_before(mesh: MeshPlan, cluster: ClusterPlan) -> str:
    """What must be there before, for one cluster."""
    values = {
        "name": cluster.name,
        "id": cluster.id,
        "mesh": mesh.name,
        "domain": mesh.domain,
        "version": cluster.version,
        "namespace": cluster.namespace,
        "namespaces": ", ".join(f"`{namespace}`" for namespace in cluster.namespaces),
        "applications": _applications(cluster),
        "selector": ", ".join(f"`{key}: {value}`" for key, value in cluster.exposure.selector),
        "certificate": _certificate(mesh, cluster),
        "secret": _secret(mesh, cluster),
        "secret_flag": " --secret PATH" if mesh.backend == "plaintext" else "",
        "values": paths.VALUES,
        "unquoted": _unquoted(cluster),
        "component": f"out/{cluster.name}/{paths.COMPONENT.partition('/')[0]}",
        "restart": RESTART,
        "apply": paths.APPLY,
        "context": cluster.context or "CONTEXT",
    }
    return _TEXT.format(**values)


def _applications(cluster: ClusterPlan) -> str:
    names = [f"`{service.namespace}/{service.name}`" for service in cluster.services if not service.owned]
    if not names:
        return ""
    return f"- These Services are their applications' own and must exist: {', '.join(names)}.\n"


def _certificate(mesh: MeshPlan, cluster: ClusterPlan) -> str:
    if cluster.has_etcd_secrets:
        return f"the Secret `{cluster.profile.server_secret.name}` brings it"
    if mesh.domain == _CERTIFIED_DOMAIN:
        return "cilium-etcd-operator sees to that itself"
    return f"cilium-etcd-operator covers `*.{_CERTIFIED_DOMAIN}` only, so the certificate is yours to make"


def _secret(mesh: MeshPlan, cluster: ClusterPlan) -> str:
    name = f"The Secret `{cluster.profile.secret_name}`"
    if cluster.has_secret:
        return _KEPT[mesh.backend].format(name=name, mesh=mesh.name, cluster=cluster.name)
    if len(mesh.clusters) == 1:
        return f"{name} is not needed while there is no other cluster."
    return f"{name} exists; mesh.yaml has no `tls` section, so meshgen does not make it."


def _unquoted(cluster: ClusterPlan) -> str:
    # Source: cilium v1.6.9, charts/config/templates/configmap.yaml: cluster-name without quotes.
    if not cluster.name[0].isdigit() and cluster.name not in _NOT_TEXT:
        return ""
    return (
        f"  The chart writes the name `{cluster.name}` without quotes, so it may arrive as something else "
        "than text: look at `cluster-name` in `cilium-config`.\n"
    )
