#!/bin/sh
# Connects west to the mesh rebels. Written by meshgen; safe to repeat.
# Needs helm 3, and kubectl and Kubernetes with server-side apply (1.16 or later).
set -eu

usage() {
  echo "usage: apply.sh --context NAME --values FILE|none [--rename-from NAME]" >&2
  exit 2
}
say() { echo "west: $*"; }
refuse() {
  say "stopped: $*" >&2
  exit 1
}
absent() {
  say "there is no $1" >&2
  usage
}

context=
former=
values=
while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || usage
  case $1 in
    --context) context=$2 ;;
    --rename-from) former=$2 ;;
    --values) values=$2 ;;
    *) usage ;;
  esac
  shift 2
done
[ -n "$context" ] || usage
[ -n "$values" ] || usage
[ "$values" = none ] || [ -e "$values" ] || absent "$values"
here=$(cd "$(dirname "$0")" && pwd)
k() { kubectl --context "$context" "$@"; }
apply() { k apply --server-side --force-conflicts --field-manager meshgen "$@"; }
live() { k -n kube-system get configmap cilium-config --ignore-not-found -o "jsonpath={$1}"; }
exists() {
  k get namespace "$1" >/dev/null ||
    refuse "the namespace $1 must exist first, and the context $context must lead to its cluster"
}

# 1. Can this kubectl do it, is this the right cluster, and can it be connected?
command -v helm >/dev/null || refuse "helm is needed: Cilium is a release of its chart"
exists kube-system
exists rebels
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

# 2. What Cilium reads when it starts and meshgen makes whole: whom it trusts.
apply -f "$here/cilium-root-ca.crt.configmap.yaml"

# 3. The certificates, made in the cluster by cert-manager.
apply -f "$here/certificates"
k -n kube-system wait certificate clustermesh-apiserver-server-cert clustermesh-apiserver-admin-cert clustermesh-apiserver-remote-cert clustermesh-apiserver-local-cert --for condition=Ready --timeout 5m ||
  refuse "cert-manager has not made the certificates after five minutes"

# 4. Cilium itself, by its chart: your own values, and meshgen's over them.
# A new name or ID gives every pod a new identity when it restarts, and the step for workloads
# must say so even if this run is interrupted: hence the annotation.
if [ -n "$name" ] && [ "$before" != "$after" ]; then
  say "is '$before', becomes '$after' (name, ID)"
  k -n kube-system annotate configmap cilium-config --overwrite "meshgen.io/unfinished=$before"
fi
[ "$values" = none ] || set -- --values "$values"
helm --kube-context "$context" --namespace kube-system upgrade --install cilium cilium \
  --repo https://helm.cilium.io --version 1.16.19 "$@" --values "$here/values.yaml"
if [ -n "$name" ] && [ "$before" != "$after" ]; then
  k -n kube-system rollout restart daemonset/cilium deployment/cilium-operator deployment/clustermesh-apiserver
fi
k -n kube-system rollout status daemonset/cilium --timeout 30m
k -n kube-system rollout status deployment/cilium-operator --timeout 10m
k -n kube-system rollout status deployment/clustermesh-apiserver --timeout 10m

# 5. The Service, and whether it got the addresses that the other clusters dial.
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

# 6. Workloads keep their old identities until they restart; global services and policies come after that.
if [ -n "$unfinished" ] || { [ -n "$name" ] && [ "$before" != "$after" ]; }; then
  say "was '$before', is '$after': restart every workload of this cluster now,"
  say "then run apply.sh again for the global services and policies."
  k -n kube-system annotate configmap cilium-config meshgen.io/unfinished-
  exit 0
fi

# 7. Global services.
apply -f "$here/global-services"

say "done; VERIFY.md says what healthy looks like"
