"""apply.sh: the guide's steps for one cluster with plain kubectl, in order, safe to repeat."""

from collections.abc import Iterator

from ..plan.types import ClusterPlan, GlobalService, MeshPlan
from . import paths
from .document import Document
from .secret_step import secret_step

# NOTE: --patch-file and not -p "$(cat …)": the argument list is too long from 1,600 addresses on.
_HEAD = """\
#!/bin/sh
# Connects {name} to the mesh {mesh}. Written by meshgen; safe to repeat.
# Needs kubectl 1.20 (patch --patch-file) and Kubernetes 1.16 (server-side apply), or later ones.
set -eu

usage() {{
  echo "usage: apply.sh --context NAME{secret_usage}" >&2
  exit 2
}}
say() {{ echo "{name}: $*"; }}
refuse() {{
  say "stopped: $*" >&2
  exit 1
}}

context=
{secret_option}while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || usage
  case $1 in
    --context) context=$2 ;;
{secret_case}    *) usage ;;
  esac
  shift 2
done
[ -n "$context" ] || usage
{secret_check}here=$(cd "$(dirname "$0")" && pwd)
k() {{ kubectl --context "$context" "$@"; }}
apply() {{ k apply --server-side --force-conflicts --field-manager meshgen "$@"; }}
live() {{ k -n {namespace} get configmap cilium-config -o "jsonpath={{$1}}"; }}
exists() {{ k get namespace "$1" >/dev/null || refuse "the namespace $1 must exist first"; }}

# 1. Can this kubectl do it, is this the right cluster, and can it be connected?
case $(kubectl patch --help) in
  '' | *--patch-file*) ;;
  *) refuse "this kubectl is older than 1.20 and cannot patch from a file" ;;
esac
{namespaces}
[ "$(live .data.kvstore)" = etcd ] || refuse "cilium-config has no kvstore: etcd; the mesh needs Cilium on etcd"
name=$(live .data.cluster-name)
case $name in
  '' | default | {name}) ;;
  *) refuse "this context is the cluster $name" ;;
esac
after="{name} {id} {identity_mode}"
before="$name $(live .data.cluster-id) $(live .data.identity-allocation-mode)"
# What the cluster was before a run that did not reach its end.
unfinished=$(live '{unfinished_path}')
[ -z "$unfinished" ] || before=$unfinished
"""

_LOAD_BALANCER = """
# 2. The Service, and whether it got the addresses that the other clusters dial.
apply -f "$here/{service_file}"
tries=0
while :; do
  got=$(k -n {namespace} get service {service} -o 'jsonpath={{.status.loadBalancer.ingress[*].ip}}')
  host=$(k -n {namespace} get service {service} -o 'jsonpath={{.status.loadBalancer.ingress[*].hostname}}')
  [ -z "$got$host" ] || break
  tries=$((tries + 1))
  [ "$tries" -lt 60 ] || refuse "the load balancer of {service} has no address after five minutes"
  sleep 5
done
dialled="{addresses}"
for address in $got; do
  case " $dialled " in
    *" $address "*) ;;
    *) refuse "the load balancer has $address; mesh.yaml says $dialled" ;;
  esac
done
[ -n "$got" ] || say "the load balancer is $host: see that it resolves to $dialled, and keeps to it"
"""

_NODE_PORT = """
# 2. The Service; the other clusters dial {addresses} on port {port}.
apply -f "$here/{service_file}"
"""

_REST = """
# 4. Who this cluster is; what the other clusters are called. Agents restart if something changed.
# A new name, ID or identity mode gives every pod a new identity when it restarts, and step 6 must say
# so even if this run is interrupted: hence the annotation.
if [ "$before" != "$after" ]; then
  say "is '$before', becomes '$after' (name, ID, identity mode)"
  k -n {namespace} annotate configmap cilium-config --overwrite "{unfinished}=$before"
fi
k -n {namespace} patch configmap cilium-config --type merge --patch-file "$here/{config}"
k -n {namespace} patch daemonset cilium --type strategic --patch-file "$here/{agents}"
k -n {namespace} rollout status daemonset/cilium --timeout 30m

# 5. The operator, after the agents.
k -n {namespace} patch deployment cilium-operator --type strategic --patch-file "$here/{operator}"
k -n {namespace} rollout status deployment/cilium-operator --timeout 10m

# 6. Workloads keep their old identities until they restart; global services and policies come after that.
if [ -n "$unfinished" ] || [ "$before" != "$after" ]; then
  say "was '$before', is '$after': restart every workload of this cluster now,"
  say "then run apply.sh again for the global services and policies."
  k -n {namespace} annotate configmap cilium-config {unfinished}-
  exit 0
fi
"""

_ALL = """
# 7. Global services and policies.
apply -k "$here"
"""

# NOTE: the kustomization lists sealed Secrets too, and kubectl refuses what only sops can open.
_OWNED = """
# 7. {what}.
apply -f "$here/{folder}"
"""

_ANNOTATE = """\
k -n {namespace} patch service {name} --type merge --patch-file "$here/{file}"
"""

_SHARE = """\
k -n {namespace} annotate service {name} {shared_annotation}-
"""

_TAIL = """
say "done; VERIFY.md says what healthy looks like"
"""

_UNFINISHED = "meshgen.io/unfinished"


def apply_script(mesh: MeshPlan) -> Iterator[Document]:
    """One script for each cluster."""
    for cluster in mesh.clusters:
        yield Document(
            paths=(f"{cluster.name}/{paths.APPLY}",),
            content=_script(mesh, cluster),
            executable=True,
        )


def _script(mesh: MeshPlan, cluster: ClusterPlan) -> str:
    secret = secret_step(mesh, cluster)
    values = {**_values(mesh, cluster), **secret.option}
    parts = (
        _HEAD,
        _LOAD_BALANCER if cluster.exposure.type == "LoadBalancer" else _NODE_PORT,
    )
    head = "".join(part.format(**values) for part in parts)
    return "".join((head, secret.text, _REST.format(**values), *_services(mesh, cluster), _TAIL))


def _services(mesh: MeshPlan, cluster: ClusterPlan) -> Iterator[str]:
    if mesh.backend != "sops":
        yield _ALL
    elif any(service.owned for service in cluster.services):
        yield _OWNED.format(what="Global services", folder=paths.GLOBAL_SERVICES)
    if mesh.backend == "sops" and cluster.has_policies:
        yield _OWNED.format(what="Policies", folder=paths.POLICIES)
    yield from (_patch(cluster, service) for service in cluster.services if not service.owned)


def _values(mesh: MeshPlan, cluster: ClusterPlan) -> dict[str, object]:
    return {
        "name": cluster.name,
        "mesh": mesh.name,
        "namespace": cluster.namespace,
        "namespaces": "\n".join(f"exists {namespace}" for namespace in cluster.namespaces),
        "service": cluster.profile.service_name,
        "service_file": paths.mesh_service(cluster.profile.service_name),
        "addresses": " ".join(cluster.exposure.addresses),
        "port": cluster.exposure.port,
        "secret_name": cluster.profile.secret_name,
        "config": paths.CONFIG_PATCH,
        "agents": paths.AGENT_PATCH,
        "operator": paths.OPERATOR_PATCH,
        "id": cluster.id,
        "identity_mode": cluster.profile.identity_mode,
        "unfinished": _UNFINISHED,
        "unfinished_path": ".metadata.annotations." + _UNFINISHED.replace(".", "\\."),
    }


def _patch(cluster: ClusterPlan, service: GlobalService) -> str:
    # NOTE: a merge adds and changes; what limited the backends before has to be taken away.
    template = _ANNOTATE + _SHARE if service.shared else _ANNOTATE
    return template.format(
        namespace=service.namespace,
        name=service.name,
        file=paths.global_service(service.namespace, service.name, owned=False),
        shared_annotation=cluster.profile.shared_annotation,
    )
