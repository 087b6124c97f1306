"""ROLLOUT.md where the other clusters dial an etcd."""

from ...plan.types import MeshPlan
from .tables import GOES_ON

_GUIDE = """\
## Start the mesh

1. Every cluster: the namespaces, and the firewall rules of its `VERIFY.md`.
2. Every cluster: the Service `{service}`; wait until each load balancer has the address that mesh.yaml says.
3. {keys}
4. One cluster after the other: ConfigMap, DaemonSet, operator; then restart its workloads, which get new identities.
5. Every cluster: global services and policies, once the workloads everywhere carry their new identities.

`apply.sh` does {steps}.
{goes_on}

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

Not on a connected cluster: the others would know its pods twice.

1. Remove it as above, steps 1, 2 and 5; it goes on by itself.
2. Add it under its new name or ID, build, and apply there alone: `apply.sh` takes a cluster of another name with `--rename-from OLD` only.
3. Restart every workload of it: its pods get new identities.
4. Go on as where a cluster is added, from step 2.
"""

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

_BROUGHT = "steps 2 to 4 for its cluster"
_AWAITED = "steps 2 and 4 for its cluster, and goes no further than step 2 before somebody has done step 3"


def etcd_rollout(mesh: MeshPlan) -> str:
    """The sections of the guide up to policies."""
    first = next(cluster for cluster in mesh.clusters if not cluster.has_apiserver)
    profile = first.profile
    trust = _OWN if first.has_etcd_secrets else _SHARED
    return _GUIDE.format(
        service=profile.service_name,
        secret=profile.secret_name,
        annotation=profile.global_annotation,
        steps=_BROUGHT if first.has_secret else _AWAITED,
        goes_on=GOES_ON.format(what="name, ID or identity mode"),
        **{step: told.format(secret=profile.secret_name) for step, told in trust.items()},
    )


def etcd_authority(mesh: MeshPlan) -> str:
    """The section about certificates that meshgen issues; empty where others do."""
    return _AUTHORITY if any(cluster.has_etcd_secrets for cluster in mesh.clusters) else ""
