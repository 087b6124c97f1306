"""The step of apply.sh after an identity has changed: workloads must restart before anything relies on it."""

from ...plan.types import ClusterPlan
from .head import UNFINISHED

_TEXT = """
# @. Workloads keep their old identities until they restart; global services and policies come after that.
if [ -n "$unfinished" ] || {changed}; then
  say "was '$before', is '$after': restart every workload of this cluster now{again}"
  k -n {namespace} annotate configmap cilium-config {unfinished}-
  exit 0
fi
"""

_AGAIN = ""","
  say "then run apply.sh again for the global services and policies."""


def workloads_step(cluster: ClusterPlan, *, more: bool) -> str:
    """
    The step for one cluster; `more` is whether there is a step after it.

    Where Cilium has just been installed, no workload has an old identity.
    """
    changed = '[ "$before" != "$after" ]'
    if not cluster.patched:
        changed = f'{{ [ -n "$name" ] && {changed}; }}'
    return _TEXT.format(
        namespace=cluster.namespace, unfinished=UNFINISHED, changed=changed, again=_AGAIN if more else ""
    )
