"""The step of apply.sh that gives the official chart its values."""

from ...cilium.version import chart_version
from ...plan.types import ClusterPlan
from .. import paths
from .head import UNFINISHED

# NOTE: never --reuse-values: it keeps the clusters that have left, since mappings are merged.
_TEXT = """
# @. Cilium itself, by its chart: your own values, and meshgen's over them.
# A new name or ID gives every pod a new identity when it restarts, and the step for workloads
# must say so even if this run is interrupted: hence the annotation.
if [ -n "$name" ] && [ "$before" != "$after" ]; then
  say "is '$before', becomes '$after' (name, ID)"
  k -n {namespace} annotate configmap cilium-config --overwrite "{unfinished}=$before"
fi
[ "$values" = none ] || set -- --values "$values"
helm --kube-context "$context" --namespace {namespace} upgrade --install cilium cilium \\
  --repo https://helm.cilium.io --version {version} "$@" --values "$here/{file}"
if [ -n "$name" ] && [ "$before" != "$after" ]; then
  k -n {namespace} rollout restart daemonset/cilium deployment/cilium-operator deployment/clustermesh-apiserver
fi
k -n {namespace} rollout status daemonset/cilium --timeout 30m
k -n {namespace} rollout status deployment/cilium-operator --timeout 10m
k -n {namespace} rollout status deployment/clustermesh-apiserver --timeout 10m
"""


def chart_step(cluster: ClusterPlan) -> str:
    """The step for one cluster."""
    return _TEXT.format(
        namespace=cluster.namespace,
        unfinished=UNFINISHED,
        version=chart_version(cluster.version),
        file=paths.VALUES,
    )
