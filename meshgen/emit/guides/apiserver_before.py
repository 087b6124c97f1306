"""The first half of VERIFY.md where the other clusters dial clustermesh-apiserver."""

from collections.abc import Iterator

from ...chart.values import BUNDLE, DEFAULT_DOMAIN
from ...kube.labels import RESTART
from ...plan.types import ClusterPlan, MeshPlan
from .. import paths

_TEXT = """\
# {name}: before and after

Written by meshgen for the mesh {mesh}: cluster {name}, ID {id}, Cilium {version}, in namespace `{namespace}`.

## Before

- These namespaces must exist; meshgen makes none: {namespaces}.
{applications}{certificates}
- Nodes of all clusters reach each other by InternalIP, by peering or a VPN between their networks, and the firewall rules below are in place.
- {owner}
{more}
Name and ID are part of every identity.
If a rollout changes one of them, {restart}restart every workload of this cluster before you rely on a global service or on a policy with cluster labels.
`{apply}` refuses a cluster that has another name; where it is to have this one from now on, say so with `--rename-from OLD`, in the order of `ROLLOUT.md`.

## Apply

With GitOps, this folder is the source of one Kustomization or Application, applied server-side{and_chart}.
By hand: `./{apply} --context {context}{values_flag}{secret_flag}`.
{order}

"""

_RESTART = (
    "restart what read them (the chart does not: `kubectl --context {context} -n {namespace} rollout restart ds/cilium "
    "deploy/cilium-operator deploy/clustermesh-apiserver`; `apply.sh` does it), then "
)

_CHART = """\
Cilium is a release of its official chart, which gets `{values}` as the last of its values: nobody else sets what stands in there.
  The chart makes the Service `{service}`, the Secrets {secrets} and the host names of the other clusters; nothing else of them is in this folder.
"""

_PATCHED = """\
The official chart is rendered with `{values}`, which says `clustermesh.config.enabled: false`; what the chart then leaves out stands in this folder: {objects}.
  The Component lays patches over what the chart renders; it keeps its one owner.
"""

_USERS = """\
  The ConfigMap `clustermesh-remote-users` is the chart's all the same, made of the clusters in these values: whoever joins or leaves is let in or out by an upgrade of the chart.
"""

_COMPONENT = """\
- Lay the Component over the base that holds {what}, in that base's `kustomization.yaml`:

  ```yaml
  resources: [{base}]
  components:
  - {component} # the path from there
  ```

  What the Component does not find it skips in silence{proof}.
"""

_PROOF = ": `kubectl kustomize . | grep -c {restart}` prints 3 when it has found the DaemonSet and both Deployments"

_KEPT = {
    "plaintext": "The Secrets {names} are in `secrets/{mesh}/{cluster}/` beside mesh.yaml, outside of this tree: "
    "whoever has them can act as this cluster, so delete them once they are applied.",
    "sops": "The Secrets {names} are sealed by SOPS: Flux opens them with the cluster's age identity, `apply.sh` "
    "with yours (`SOPS_AGE_KEY_FILE`); `kubectl apply -k` cannot.",
    "sealed-secrets": "The Secrets {names} are opened by the sealed-secrets controller of this very cluster; "
    "those that were there before it leaves as they are, unless they carry the annotation "
    '`sealedsecrets.bitnami.com/managed: "true"`.',
    "external-secrets": "The Secrets {names} are made by the External Secrets Operator; its store holds the "
    "private values.",
}

_IN_CLUSTER = "cert-manager runs here, and the {kind} `{issuer}` exists; it signs for all clusters with the same authority{bundle}"
_BUNDLE = ", or with one of those in the ConfigMap `{name}`"
# Source: charts 1.14 to 1.20, templates/cilium-ca-secret.yaml; rancher/rke2#3490 for what Helm says of it.
_BY_CHART = (
    "The certificates are the chart's, made in the cluster and renewed by a CronJob: every cluster must have the "
    "same authority in the Secret `cilium-ca` before Cilium is installed, or they refuse each other.\n"
    "  The chart has this Secret, too, for Hubble, and Helm takes one over only with the label "
    "`app.kubernetes.io/managed-by: Helm` and the annotations `meta.helm.sh/release-name: cilium` and "
    "`meta.helm.sh/release-namespace: {namespace}`"
)
_ISSUED_BY_CHART = (
    "cert-manager runs here, and the {kind} `{issuer}` exists; the chart asks it for the certificates, and it signs for "
    "all clusters with the same authority"
)
_EXPECTED = "The Secret `{secret}` exists; mesh.yaml has no `tls` section, so meshgen does not make it"


def apiserver_before(mesh: MeshPlan, cluster: ClusterPlan) -> str:
    """What must be there before, for one cluster, and how its folder is applied."""
    return _TEXT.format(
        name=cluster.name,
        id=cluster.id,
        mesh=mesh.name,
        version=cluster.version,
        namespace=cluster.namespace,
        namespaces=", ".join(f"`{namespace}`" for namespace in cluster.namespaces),
        applications=_applications(cluster),
        certificates=f"- {_certificates(mesh, cluster)}.",
        owner=_owner(cluster).rstrip("\n"),
        more="".join(_more(mesh, cluster)),
        and_chart="" if cluster.patched else "; the chart is a HelmRelease or Application of its own",
        apply=paths.APPLY,
        context=cluster.context or "CONTEXT",
        values_flag="" if cluster.patched else " --values FILE",
        secret_flag=" --secret PATH" if mesh.backend == "plaintext" else "",
        order=_order(cluster),
        restart=""
        if cluster.patched
        else _RESTART.format(context=cluster.context or "CONTEXT", namespace=cluster.namespace),
    )


def _order(cluster: ClusterPlan) -> str:
    if cluster.patched:
        return (
            "The order is Service, Secrets, ConfigMap, DaemonSet, then the operator and clustermesh-apiserver; "
            "global services and policies once the workloads carry their identities."
        )
    return (
        "FILE holds your own values for the chart, `none` where there are none; meshgen's are laid over them.\n"
        "The order is Secrets, chart, then global services and policies once the workloads carry their "
        "identities."
    )


def _applications(cluster: ClusterPlan) -> str:
    names = [f"`{service.namespace}/{service.name}`" for service in cluster.services if not service.owned]
    if not names:
        return ""
    return f"- These Services are their applications' own and must exist: {', '.join(names)}.\n"


def _certificates(mesh: MeshPlan, cluster: ClusterPlan) -> str:
    if cluster.has_secret:
        names = ", ".join(f"`{secret.name}`" for secret in cluster.tls)
        return _KEPT[mesh.backend].format(names=names, mesh=mesh.name, cluster=cluster.name).rstrip(".")
    if mesh.issuer is None:
        if cluster.profile.peer_secrets:
            return _BY_CHART.format(namespace=cluster.namespace)
        return _EXPECTED.format(secret=cluster.profile.secret_name)
    template = _IN_CLUSTER if cluster.certificates else _ISSUED_BY_CHART
    bundle = _BUNDLE.format(name=BUNDLE) if mesh.has_bundle else ""
    return template.format(kind=mesh.issuer.kind, issuer=mesh.issuer.name, bundle=bundle)


def _owner(cluster: ClusterPlan) -> str:
    profile = cluster.profile
    secrets = [f"`{secret.name}`" for secret in profile.peer_secrets]
    if not cluster.patched:
        values = {"values": paths.VALUES, "service": profile.service_name}
        return _CHART.format(**values, secrets=" and ".join(secrets))
    users = ["`clustermesh-remote-users`"] if profile.leaves_users else []
    objects = [*(secrets or [f"`{profile.secret_name}`"]), *users]
    told = _PATCHED.format(values=paths.VALUES, objects=", ".join(objects))
    return told + _USERS if profile.users_by_chart else told


def _more(mesh: MeshPlan, cluster: ClusterPlan) -> Iterator[str]:
    component = f"out/{cluster.name}/{paths.COMPONENT.partition('/')[0]}"
    if cluster.patched:
        yield _COMPONENT.format(
            what="the rendered chart",
            base="cilium.yaml",
            component=component,
            proof=_PROOF.format(restart=RESTART),
        )
    elif cluster.global_namespaces or any(not service.owned for service in cluster.services):
        yield _COMPONENT.format(
            what="those Services and namespaces", base="applications.yaml", component=component, proof=""
        )
    if mesh.domain != DEFAULT_DOMAIN and mesh.issuer is None and not cluster.has_secret:
        yield f"- The server certificate covers `*.{mesh.domain}`: the values ask the chart for it.\n"
