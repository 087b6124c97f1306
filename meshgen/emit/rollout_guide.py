"""ROLLOUT.md: the order across clusters."""

from collections.abc import Iterator

from ..plan.types import MeshPlan, RuleSides
from . import paths
from .document import Document

_GUIDE = """\
# The order across clusters

Written by meshgen for the mesh {mesh}: {clusters}.
Within one cluster the order is in its `VERIFY.md`; no GitOps tool orders clusters among themselves.

## Start the mesh

1. Every cluster: the namespaces, and the firewall rules of its `VERIFY.md`.
2. Every cluster: the Service `{service}`; wait until each load balancer has the address that mesh.yaml says.
3. {keys}
4. One cluster after the other: ConfigMap, DaemonSet, operator; then restart its workloads, which get new identities.
5. Every cluster: global services and policies, once the workloads everywhere carry their new identities.

`apply.sh` does steps 2 to 4 for its cluster up to the restart of the workloads, and step 5 when it is run again.

## Add a cluster

1. The new cluster alone, steps 1 to 4 above: nobody dials it yet.
2. {joining}
3. The new hostAliases, one cluster at a time: each restarts its agents.
4. Global services and policies that name the new cluster.

## Change the address of a cluster

1. Give the load balancer its new address and keep the old one if the provider can.
2. The new hostAliases in every other cluster: each restarts its agents.
3. Drop the old address.

## Take a global service out of a cluster

1. Take it out of `services`, build, and apply.
2. In the cluster that lost it, delete the Service, or its annotation `{annotation}` where an application goes on using it: it carries a prune guard, so no GitOps tool deletes it.

## Remove a cluster

1. Take it out of `services` and of policies, build, and apply everywhere: traffic to it ends here.
2. Take it out of `clusters`, run `meshgen build --allow-removal NAME`, and apply the Secret and the hostAliases in every other cluster; their agents restart and forget it.
3. In the cluster itself, delete the Service `{service}` and the Secret `{secret}`: they carry prune guards, so no GitOps tool deletes them.
4. To keep the cluster running on its own, set its hostAliases to null and restart its agents; its name and ID may stay.
5. {leaving}

## Change a cluster's name or ID

Not on a connected cluster: remove it as above, change it, restart every workload, add it again.

## Open and close policies

1. To allow something new: first the ingress half, in the clusters that are called, then the egress half, in those that call.
2. To take it back: first the egress half, then the ingress half; look at the drops (`cilium monitor --type drop`) in between.
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

_AUTHORITY = """
## Renew certificates

`meshgen pki rotate NAME` makes fresh keys and certificates for one cluster; commit, build, apply there.
Its agents restart; etcd reads its own pair at the next handshake.
`meshgen pki status` tells when each one expires, and `meshgen check` warns 30 days before.

## Replace the authority

etcd and agents read the authorities they trust only when they start, and connections outlive a mistake for days.
So there are three steps, each a commit of its own, and each is finished in every cluster before the next begins, standby clusters included:

1. `meshgen pki rotate --ca trust`: both authorities are trusted, the old one still signs; build, apply, and restart every etcd (one pod at a time) and every agent.
2. `meshgen pki rotate --ca issue`: the new authority signs every certificate anew; build, apply, and see with `openssl s_client` or the agents' logs that each cluster serves a new one.
3. `meshgen pki rotate --ca drop`: the old authority is trusted no more and its key is gone; build, apply, and restart every etcd and agent again.

Each command refuses to go on unless every connection holds while some clusters are a step behind.
Before step 2, `meshgen pki rotate --ca abort` goes back.
"""

_SHARED = {
    "keys": "The client keys and certificates of all etcds, in one Secret `{secret}`, in every cluster.",
    "joining": "The Secret with the new cluster's keys, in every other cluster.",
    "leaving": "Revoke its etcd client certificate where it was shared.",
}
"""What there is to do where a cluster's key is the same for all that dial it."""

_OWN = {
    "keys": "Every cluster: the Secrets with its certificates; where its etcd has certificates already, as "
    "`VERIFY.md` says under Trust.",
    "joining": "The Secret `{secret}`, which names the new cluster, in every other cluster; where users count "
    "in their etcds, its user too, as `VERIFY.md` says under Trust.",
    "leaving": "Where users count, delete its user in every other etcd: `etcdctl user delete remote-NAME`.",
}
"""The same where each cluster has a key of its own."""


def rollout_guide(mesh: MeshPlan) -> Iterator[Document]:
    """One guide for the mesh."""
    first = mesh.clusters[0]
    profile = first.profile
    trust = _OWN if first.has_etcd_secrets else _SHARED
    text = _GUIDE.format(
        mesh=mesh.name,
        clusters=", ".join(cluster.name for cluster in mesh.clusters),
        service=profile.service_name,
        secret=profile.secret_name,
        annotation=profile.global_annotation,
        policies=_policies(mesh),
        **{step: told.format(secret=profile.secret_name) for step, told in trust.items()},
    )
    yield Document(paths=(paths.ROLLOUT,), content=text + (_AUTHORITY if first.has_etcd_secrets else ""))


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
