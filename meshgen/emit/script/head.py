"""The beginning of apply.sh: options, and whether this is the right cluster."""

from ...cilium.profile import ControlPlane
from ...plan.types import ClusterPlan, MeshPlan

# NOTE: --patch-file and not -p "$(cat …)": the argument list is too long from 1,600 addresses on.
_HEAD = """\
#!/bin/sh
# Connects {name} to the mesh {mesh}. Written by meshgen; safe to repeat.
# Needs {needs}.
set -eu

usage() {{
  echo "usage: apply.sh --context NAME{values_usage}{secret_usage} [--rename-from NAME]" >&2
  exit 2
}}
say() {{ echo "{name}: $*"; }}
refuse() {{
  say "stopped: $*" >&2
  exit 1
}}
{absent_file}
context=
former=
{values_option}{secret_option}while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || usage
  case $1 in
    --context) context=$2 ;;
    --rename-from) former=$2 ;;
{values_case}{secret_case}    *) usage ;;
  esac
  shift 2
done
[ -n "$context" ] || usage
{values_check}{secret_check}here=$(cd "$(dirname "$0")" && pwd)
k() {{ kubectl --context "$context" "$@"; }}
apply() {{ k apply --server-side --force-conflicts --field-manager meshgen "$@"; }}
live() {{ k -n {namespace} get configmap cilium-config {absent}-o "jsonpath={{$1}}"; }}
exists() {{
  k get namespace "$1" >/dev/null ||
    refuse "the namespace $1 must exist first, and the context $context must lead to its cluster"
}}

# @. Can this kubectl do it, is this the right cluster, and can it be connected?
{tools}{namespaces}
{running}name=$(live .data.cluster-name)
case $name in
  '' | default | {name}) ;;
  "$former") say "has been $name until now" ;;
  *) refuse "this context is the cluster $name; if it is to become {name}: --rename-from $name" ;;
esac
after="{after}"
before="{before}"
# What the cluster was before a run that did not reach its end.
unfinished=$(live '{unfinished_path}')
[ -z "$unfinished" ] || before=$unfinished
"""

_KUBECTL = "kubectl 1.20 (patch --patch-file) and Kubernetes 1.16 (server-side apply), or later ones"
_HELM = "helm 3, and kubectl and Kubernetes with server-side apply (1.16 or later)"

_PATCH_FILE = """\
case $(kubectl patch --help) in
  '' | *--patch-file*) ;;
  *) refuse "this kubectl is older than 1.20 and cannot patch from a file" ;;
esac
"""
_HAS_HELM = """\
command -v helm >/dev/null || refuse "helm is needed: Cilium is a release of its chart"
"""

_ETCD = """\
[ "$(live .data.kvstore)" = etcd ] || refuse "cilium-config has no kvstore: etcd; the mesh needs Cilium on etcd"
"""
_APISERVER = """\
k -n {namespace} get deployment clustermesh-apiserver >/dev/null ||
  refuse "there is no clustermesh-apiserver: install the chart with values.yaml first"
"""

_ABSENT_FILE = """\
absent() {
  say "there is no $1" >&2
  usage
}
"""

_VALUES_OPTION = {
    "values_usage": " --values FILE|none",
    "values_option": "values=\n",
    "values_case": "    --values) values=$2 ;;\n",
    "values_check": '[ -n "$values" ] || usage\n'
    '[ "$values" = none ] || [ -e "$values" ] || absent "$values"\n',
}
"""What apply.sh says of its option --values: the team's own values, or that there are none."""

UNFINISHED = "meshgen.io/unfinished"
"""The annotation with what a cluster was before a run that did not reach its end."""


def head(mesh: MeshPlan, cluster: ClusterPlan, option: dict[str, str]) -> str:
    """The first step; `option` is what the script says of its option for Secrets."""
    etcd = cluster.profile.control_plane is ControlPlane.ETCD
    identity = [cluster.name, str(cluster.id), *([cluster.profile.identity_mode] if etcd else [])]
    takes_files = not cluster.patched or any(option.values())
    keys = ["cluster-id", *(["identity-allocation-mode"] if etcd else [])]
    return _HEAD.format(
        name=cluster.name,
        mesh=mesh.name,
        namespace=cluster.namespace,
        needs=_KUBECTL if cluster.patched else _HELM,
        tools=_PATCH_FILE if cluster.patched else _HAS_HELM,
        absent="" if cluster.patched else "--ignore-not-found ",
        absent_file=_ABSENT_FILE if takes_files else "",
        namespaces="\n".join(f"exists {namespace}" for namespace in cluster.namespaces),
        running=_running(cluster),
        after=" ".join(identity),
        before=" ".join(["$name", *(f"$(live .data.{key})" for key in keys)]),
        unfinished_path=".metadata.annotations." + UNFINISHED.replace(".", "\\."),
        **(dict.fromkeys(_VALUES_OPTION, "") if cluster.patched else _VALUES_OPTION),
        **option,
    )


def _running(cluster: ClusterPlan) -> str:
    """What Cilium must be like already; its chart may be installed by the script itself."""
    if not cluster.has_apiserver:
        return _ETCD
    return _APISERVER.format(namespace=cluster.namespace) if cluster.patched else ""
