"""ROLLOUT.md: the order across clusters."""

from collections.abc import Iterator

from ...plan.types import MeshPlan, RuleSides
from .. import paths
from ..document import Document
from .apiserver_rollout import apiserver_authority, apiserver_rollout
from .etcd_rollout import etcd_authority, etcd_rollout

_HEAD = """\
# The order across clusters

Written by meshgen for the mesh {mesh}: {clusters}.
Within one cluster the order is in its `VERIFY.md`; no GitOps tool orders clusters among themselves.

"""

_CHANGES = """
## Open and close policies

1. To allow something new: first the ingress half, in the clusters that are called, then the egress half, in those that call.
2. To take it back: first the egress half, then the ingress half; look at the drops ({drops} in an agent) in between.
3. A posture, or a rule with `isolate`, closes pods: it comes last, once every rule that opens them again is applied on both sides.
   A rule with `isolate` on what comes in is a posture in this: its ingress half comes after the other rules for the same pods.
4. To open pods for good, the posture and the rules for that side leave in one apply: what stays alone of them still closes.
5. A policy that names a cluster comes after that cluster's workloads have their new identities.
6. A policy that has left mesh.yaml is deleted by the GitOps tool, which prunes it; by hand, `kubectl delete` it.
{policies}"""

_POLICIES = """
These are all of this mesh; what a cluster is not named for is open there on that side already, and needs no object.

| policy | first: ingress half in | then: egress half in |
|---|---|---|
{rows}
"""

_MOST_NAMED = 16


def rollout_guide(mesh: MeshPlan) -> Iterator[Document]:
    """One guide for the mesh."""
    text = (
        _HEAD.format(mesh=mesh.name, clusters=", ".join(cluster.name for cluster in mesh.clusters))
        + "\n".join(_of_control_planes(mesh))
        + _CHANGES.format(policies=_policies(mesh), drops=_drops(mesh))
        + apiserver_authority(mesh)
        + etcd_authority(mesh)
    )
    yield Document(paths=(paths.ROLLOUT,), content=text)


def _of_control_planes(mesh: MeshPlan) -> Iterator[str]:
    """What there is to do, for each kind of control plane that the mesh has."""
    planes = {cluster.has_apiserver for cluster in mesh.clusters}
    if True in planes:
        yield apiserver_rollout(mesh)
    if False in planes:
        older = [cluster.name for cluster in mesh.clusters if not cluster.has_apiserver]
        before = f"# With an etcd of its own: {', '.join(older)}\n\n" if len(planes) > 1 else ""
        yield before + etcd_rollout(mesh)


def _drops(mesh: MeshPlan) -> str:
    """The command that shows drops, in each version that the mesh has."""
    agents = dict.fromkeys(cluster.profile.agent_command for cluster in mesh.clusters)
    return " or ".join(f"`{agent} monitor --type drop`" for agent in agents)


def _policies(mesh: MeshPlan) -> str:
    rows = [
        *(_row("deny", sides) for sides in mesh.denies),
        *(_row("allow", sides) for sides in mesh.allows),
        *(_row("last: posture", sides) for sides in mesh.postures),
    ]
    return _POLICIES.format(rows="\n".join(rows)) if rows else ""


def _row(kind: str, sides: RuleSides) -> str:
    return f"| {kind} `{sides.name}` | {_clusters(sides.ingress)} | {_clusters(sides.egress)} |"


def _clusters(names: tuple[str, ...]) -> str:
    return f"{len(names)} clusters" if len(names) > _MOST_NAMED else ", ".join(names) or "none"
