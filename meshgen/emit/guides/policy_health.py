"""The part of VERIFY.md about policies: what to run, and what to look for."""

from ...plan.types import ClusterPlan
from .. import paths

_TEXT = """
## Policies

`{folder}/` has {count}; they count once the workloads carry their identities of this mesh.

- `kubectl --context {context} get {kinds} -A` lists them{names}.
- `{agent} endpoint list` in an agent shows `Enabled` for each direction in which the pods of that node are closed.
- `{agent} monitor --type drop` in an agent shows what is dropped; a line there that names your pods is a rule that is missing.
- A policy that Cilium refuses is enforced nowhere: `kubectl --context {context} get {kinds} -A -o yaml | grep error:` shows nothing.

The order in which policies come and go across clusters is in `{rollout}`.
"""

_MOST_NAMED = 16


def policy_health(cluster: ClusterPlan) -> str:
    """What to look at once policies are there; nothing where there are none."""
    if not cluster.has_policies:
        return ""
    written, copied = len(cluster.policies), len(cluster.raw_policies)
    counts = [
        f"{written} {'policy' if written == 1 else 'policies'} of mesh.yaml" if written else "",
        f"{copied} {'file' if copied == 1 else 'files'} copied as {'it is' if copied == 1 else 'they are'}"
        if copied
        else "",
    ]
    named = [
        f"`{one.namespace}/{one.name}`" if one.namespace else f"`{one.name}`" for one in cluster.policies
    ]
    names = f": {', '.join(named)}" if 0 < len(named) <= _MOST_NAMED else ""
    clusterwide = any(not one.namespace for one in cluster.policies)
    return _TEXT.format(
        folder=paths.POLICIES,
        agent=cluster.profile.agent_command,
        count=" and ".join(filter(None, counts)),
        context=cluster.context or "CONTEXT",
        kinds="cnp,ccnp" if clusterwide else "cnp",
        names=names,
        rollout=paths.ROLLOUT,
    )
