"""The steps of apply.sh that patch Cilium's own objects, and wait until their pods have restarted."""

from ...plan.types import ClusterPlan
from .. import paths
from .head import UNFINISHED

_IDENTITY = """
# @. Who this cluster is; what the other clusters are called. Agents restart if something changed.
# A new name, ID or identity mode gives every pod a new identity when it restarts, and the step for workloads
# must say so even if this run is interrupted: hence the annotation.
if [ "$before" != "$after" ]; then
  say "is '$before', becomes '$after' (name, ID, identity mode)"
  k -n {namespace} annotate configmap cilium-config --overwrite "{unfinished}=$before"
fi
k -n {namespace} patch configmap cilium-config --type merge --patch-file "$here/{config}"
k -n {namespace} patch daemonset cilium --type strategic --patch-file "$here/{agents}"
k -n {namespace} rollout status daemonset/cilium --timeout 30m

# @. The operator, after the agents.
k -n {namespace} patch deployment cilium-operator --type strategic --patch-file "$here/{operator}"
k -n {namespace} rollout status deployment/cilium-operator --timeout 10m
"""

_APISERVER = """\
k -n {namespace} patch deployment clustermesh-apiserver --type strategic --patch-file "$here/{apiserver}"
k -n {namespace} rollout status deployment/clustermesh-apiserver --timeout 10m
"""


def patches_step(cluster: ClusterPlan) -> str:
    """The two steps for one cluster."""
    template = _IDENTITY + (_APISERVER if cluster.has_apiserver else "")
    return template.format(
        namespace=cluster.namespace,
        unfinished=UNFINISHED,
        config=paths.CONFIG_PATCH,
        agents=paths.AGENT_PATCH,
        operator=paths.OPERATOR_PATCH,
        apiserver=paths.APISERVER_PATCH,
    )
