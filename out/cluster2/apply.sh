#!/bin/sh
# Connects cluster2 to the mesh rebel-alliance. Written by meshgen; safe to repeat.
set -eu

usage() {
  echo "usage: apply.sh --context NAME" >&2
  exit 2
}
say() { echo "cluster2: $*"; }
refuse() {
  say "stopped: $*" >&2
  exit 1
}

context=
secret=
while [ $# -gt 0 ]; do
  case $1 in
    --context) context=${2-} ;;
    --secret) secret=${2-} ;;
    *) usage ;;
  esac
  shift 2 || usage
done
[ -n "$context" ] || usage
[ -z "$secret" ] || usage
here=$(cd "$(dirname "$0")" && pwd)
k() { kubectl --context "$context" "$@"; }
apply() { k apply --server-side --force-conflicts --field-manager meshgen "$@"; }
live() { k -n kube-system get configmap cilium-config -o "jsonpath={.data.$1}"; }

# 1. Is this the right cluster, and one that can be connected?
for namespace in kube-system default; do
  k get namespace "$namespace" >/dev/null || refuse "the namespace $namespace must exist first"
done
[ "$(live kvstore)" = etcd ] || refuse "cilium-config has no kvstore: etcd; the mesh needs Cilium on etcd"
name=$(live cluster-name)
case $name in
  '' | default | cluster2) ;;
  *) refuse "this context is the cluster $name" ;;
esac
before="$name $(live cluster-id) $(live identity-allocation-mode)"

# 2. The Service, and whether it got the addresses that the other clusters dial.
apply -f "$here/cilium-etcd-external.service.yaml"
tries=0
while :; do
  got=$(k -n kube-system get service cilium-etcd-external -o 'jsonpath={.status.loadBalancer.ingress[*].ip}')
  host=$(k -n kube-system get service cilium-etcd-external -o 'jsonpath={.status.loadBalancer.ingress[*].hostname}')
  [ -z "$got$host" ] || break
  tries=$((tries + 1))
  [ "$tries" -lt 60 ] || refuse "the load balancer of cilium-etcd-external has no address after five minutes"
  sleep 5
done
if [ -n "$got" ]; then
  for address in $got; do
    case " 10.138.0.19 " in
      *" $address "*) ;;
      *) refuse "the load balancer has $address; mesh.yaml says 10.138.0.19" ;;
    esac
  done
else
  say "the load balancer is $host: see that it resolves to 10.138.0.19, and keeps to it"
fi

# 3. The Secret is not meshgen's: mesh.yaml has no tls section.
k -n kube-system get secret cilium-clustermesh >/dev/null ||
  refuse "the Secret cilium-clustermesh must exist first, so that agents find it when they start"

# 4. Who this cluster is; what the other clusters are called. Agents restart if something changed.
k -n kube-system patch configmap cilium-config --type merge --patch-file "$here/patches/cilium-config.configmap.yaml"
k -n kube-system patch daemonset cilium --type strategic --patch-file "$here/patches/cilium.daemonset.yaml"
k -n kube-system rollout status daemonset/cilium --timeout 30m

# 5. The operator, after the agents.
k -n kube-system patch deployment cilium-operator --type strategic --patch-file "$here/patches/cilium-operator.deployment.yaml"
k -n kube-system rollout status deployment/cilium-operator --timeout 10m

# 6. A new name, ID or identity mode gives every pod a new identity, when it restarts.
after="cluster2 2 kvstore"
if [ "$before" != "$after" ]; then
  say "was '$before', is '$after': restart every workload of this cluster now,"
  say "then run apply.sh again for the global services."
  exit 0
fi

# 7. Global services.
apply -k "$here"

say "done; VERIFY.md says what healthy looks like"
