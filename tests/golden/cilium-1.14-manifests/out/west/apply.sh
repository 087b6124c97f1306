#!/bin/sh
# Connects west to the mesh rebels. Written by meshgen; safe to repeat.
# Needs kubectl 1.20 (patch --patch-file) and Kubernetes 1.16 (server-side apply), or later ones.
set -eu

usage() {
  echo "usage: apply.sh --context NAME [--rename-from NAME]" >&2
  exit 2
}
say() { echo "west: $*"; }
refuse() {
  say "stopped: $*" >&2
  exit 1
}

context=
former=
while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || usage
  case $1 in
    --context) context=$2 ;;
    --rename-from) former=$2 ;;
    *) usage ;;
  esac
  shift 2
done
[ -n "$context" ] || usage
here=$(cd "$(dirname "$0")" && pwd)
k() { kubectl --context "$context" "$@"; }
apply() { k apply --server-side --force-conflicts --field-manager meshgen "$@"; }
live() { k -n kube-system get configmap cilium-config -o "jsonpath={$1}"; }
exists() {
  k get namespace "$1" >/dev/null ||
    refuse "the namespace $1 must exist first, and the context $context must lead to its cluster"
}

# 1. Can this kubectl do it, is this the right cluster, and can it be connected?
case $(kubectl patch --help) in
  '' | *--patch-file*) ;;
  *) refuse "this kubectl is older than 1.20 and cannot patch from a file" ;;
esac
exists kube-system
exists rebels
k -n kube-system get deployment clustermesh-apiserver >/dev/null ||
  refuse "there is no clustermesh-apiserver: install the chart with values.yaml first"
name=$(live .data.cluster-name)
case $name in
  '' | default | west) ;;
  "$former") say "has been $name until now" ;;
  *) refuse "this context is the cluster $name; if it is to become west: --rename-from $name" ;;
esac
after="west 1"
before="$name $(live .data.cluster-id)"
# What the cluster was before a run that did not reach its end.
unfinished=$(live '.metadata.annotations.meshgen\.io/unfinished')
[ -z "$unfinished" ] || before=$unfinished

# 2. The Service, and whether it got the addresses that the other clusters dial.
k -n kube-system patch service clustermesh-apiserver --type strategic --patch-file "$here/patches/clustermesh-apiserver.service.yaml"
tries=0
while :; do
  got=$(k -n kube-system get service clustermesh-apiserver -o 'jsonpath={.status.loadBalancer.ingress[*].ip}')
  host=$(k -n kube-system get service clustermesh-apiserver -o 'jsonpath={.status.loadBalancer.ingress[*].hostname}')
  [ -z "$got$host" ] || break
  tries=$((tries + 1))
  [ "$tries" -lt 60 ] || refuse "the load balancer of clustermesh-apiserver has no address after five minutes"
  sleep 5
done
dialled="172.20.250.10"
for address in $got; do
  case " $dialled " in
    *" $address "*) ;;
    *) refuse "the load balancer has $address; mesh.yaml says $dialled" ;;
  esac
done
[ -n "$got" ] || say "the load balancer is $host: see that it resolves to $dialled, and keeps to it"

# 3. What Cilium reads when it starts and meshgen makes whole: whom it trusts.
apply -f "$here/cilium-root-ca.crt.configmap.yaml"

# 4. What Cilium reads when it starts and meshgen makes whole: whom it dials, and who may dial it.
apply -f "$here/cilium-clustermesh.secret.yaml"

# 5. Who this cluster is; what the other clusters are called. Agents restart if something changed.
# A new name, ID or identity mode gives every pod a new identity when it restarts, and the step for workloads
# must say so even if this run is interrupted: hence the annotation.
if [ "$before" != "$after" ]; then
  say "is '$before', becomes '$after' (name, ID, identity mode)"
  k -n kube-system annotate configmap cilium-config --overwrite "meshgen.io/unfinished=$before"
fi
k -n kube-system patch configmap cilium-config --type merge --patch-file "$here/patches/cilium-config.configmap.yaml"
k -n kube-system patch daemonset cilium --type strategic --patch-file "$here/patches/cilium.daemonset.yaml"
k -n kube-system rollout status daemonset/cilium --timeout 30m

# 6. The operator, after the agents.
k -n kube-system patch deployment cilium-operator --type strategic --patch-file "$here/patches/cilium-operator.deployment.yaml"
k -n kube-system rollout status deployment/cilium-operator --timeout 10m
k -n kube-system patch deployment clustermesh-apiserver --type strategic --patch-file "$here/patches/clustermesh-apiserver.deployment.yaml"
k -n kube-system rollout status deployment/clustermesh-apiserver --timeout 10m

# 7. Workloads keep their old identities until they restart; global services and policies come after that.
if [ -n "$unfinished" ] || [ "$before" != "$after" ]; then
  say "was '$before', is '$after': restart every workload of this cluster now,"
  say "then run apply.sh again for the global services and policies."
  k -n kube-system annotate configmap cilium-config meshgen.io/unfinished-
  exit 0
fi

# 8. Global services.
apply -f "$here/global-services"

say "done; VERIFY.md says what healthy looks like"
