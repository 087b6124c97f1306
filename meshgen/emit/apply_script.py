"""apply.sh: the guide's steps for one cluster with plain kubectl, in order, safe to repeat."""

from collections.abc import Iterator

from ..plan.types import ClusterPlan, MeshPlan
from . import paths
from .document import Document

# NOTE: --patch-file and not -p "$(cat …)": the argument list is too long from 1,600 addresses on.
_HEAD = """\
#!/bin/sh
# Connects {name} to the mesh {mesh}. Written by meshgen; safe to repeat.
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
secret=
while [ $# -gt 0 ]; do
  case $1 in
    --context) context=${{2-}} ;;
    --secret) secret=${{2-}} ;;
    *) usage ;;
  esac
  shift 2 || usage
done
[ -n "$context" ] || usage
{secret_check}
here=$(cd "$(dirname "$0")" && pwd)
k() {{ kubectl --context "$context" "$@"; }}
apply() {{ k apply --server-side --force-conflicts --field-manager meshgen "$@"; }}
live() {{ k -n {namespace} get configmap cilium-config -o "jsonpath={{.data.$1}}"; }}

# 1. Is this the right cluster, and one that can be connected?
for namespace in {namespaces}; do
  k get namespace "$namespace" >/dev/null || refuse "the namespace $namespace must exist first"
done
[ "$(live kvstore)" = etcd ] || refuse "cilium-config has no kvstore: etcd; the mesh needs Cilium on etcd"
name=$(live cluster-name)
case $name in
  '' | default | {name}) ;;
  *) refuse "this context is the cluster $name" ;;
esac
before="$name $(live cluster-id) $(live identity-allocation-mode)"
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
if [ -n "$got" ]; then
  for address in $got; do
    case " {addresses} " in
      *" $address "*) ;;
      *) refuse "the load balancer has $address; mesh.yaml says {addresses}" ;;
    esac
  done
else
  say "the load balancer is $host: see that it resolves to {addresses}, and keeps to it"
fi
"""

_NODE_PORT = """
# 2. The Service; the other clusters dial {addresses} on port {port}.
apply -f "$here/{service_file}"
"""

_APPLY_IT = """
# 3. The Secret; server-side, so that no copy of it stays behind in an annotation.
apply -f "$secret"
"""

_EXPECT_IT = """
# 3. The Secret is not meshgen's: mesh.yaml has no tls section.
k -n {namespace} get secret {secret_name} >/dev/null ||
  refuse "the Secret {secret_name} must exist first, so that agents find it when they start"
"""

_REST = """
# 4. Who this cluster is; what the other clusters are called. Agents restart if something changed.
k -n {namespace} patch configmap cilium-config --type merge --patch-file "$here/{config}"
k -n {namespace} patch daemonset cilium --type strategic --patch-file "$here/{agents}"
k -n {namespace} rollout status daemonset/cilium --timeout 30m

# 5. The operator, after the agents.
k -n {namespace} patch deployment cilium-operator --type strategic --patch-file "$here/{operator}"
k -n {namespace} rollout status deployment/cilium-operator --timeout 10m

# 6. A new name, ID or identity mode gives every pod a new identity, when it restarts.
after="{name} {id} {identity_mode}"
if [ "$before" != "$after" ]; then
  say "was '$before', is '$after': restart every workload of this cluster now,"
  say "then run apply.sh again for the global services."
  exit 0
fi

# 7. Global services.
apply -k "$here"
"""

_ANNOTATE = """\
k -n {namespace} patch service {name} --type merge --patch-file "$here/{file}"
"""

_TAIL = """
say "done; VERIFY.md says what healthy looks like"
"""


def apply_script(mesh: MeshPlan) -> Iterator[Document]:
    """One script for each cluster."""
    for cluster in mesh.clusters:
        yield Document(
            paths=(f"{cluster.name}/{paths.APPLY}",),
            content=_script(mesh, cluster),
            executable=True,
        )


def _script(mesh: MeshPlan, cluster: ClusterPlan) -> str:
    exposure = cluster.exposure
    values = {
        "name": cluster.name,
        "mesh": mesh.name,
        "namespace": cluster.namespace,
        "namespaces": " ".join(
            dict.fromkeys([cluster.namespace, *(service.namespace for service in cluster.services)])
        ),
        "service": cluster.profile.service_name,
        "service_file": paths.MESH_SERVICE,
        "addresses": " ".join(exposure.addresses),
        "port": exposure.port,
        "secret_name": cluster.profile.secret_name,
        "secret_usage": " --secret FILE" if cluster.has_secret else "",
        "secret_check": '[ -f "$secret" ] || usage' if cluster.has_secret else '[ -z "$secret" ] || usage',
        "config": paths.CONFIG_PATCH,
        "agents": paths.AGENT_PATCH,
        "operator": paths.OPERATOR_PATCH,
        "id": cluster.id,
        "identity_mode": cluster.profile.identity_mode,
    }
    parts = (
        _HEAD,
        _LOAD_BALANCER if exposure.type == "LoadBalancer" else _NODE_PORT,
        _APPLY_IT if cluster.has_secret else _EXPECT_IT,
        _REST,
    )
    annotated = (
        _ANNOTATE.format(
            namespace=service.namespace,
            name=service.name,
            file=paths.global_service(service.namespace, service.name, owned=False),
        )
        for service in cluster.services
        if not service.owned
    )
    return "".join((*(part.format(**values) for part in parts), *annotated, _TAIL))
