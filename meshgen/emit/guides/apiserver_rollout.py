"""ROLLOUT.md where the other clusters dial clustermesh-apiserver."""

from ...cilium.profile import Names
from ...plan.types import ClusterPlan, MeshPlan
from .tables import GOES_ON, named

_GUIDE = """\
## Start the mesh

1. Every cluster: the namespaces, and the firewall rules of its `VERIFY.md`.
2. Every cluster: {trust}.
3. Every cluster, one after the other: Cilium, with its `values.yaml`; wait until each load balancer has the address that mesh.yaml says.
4. Where a cluster's name or ID has changed: restart its workloads, which get new identities.
5. Every cluster: global services and policies, once the workloads everywhere carry their identities.

{script}

## Add a cluster

1. The new cluster alone, steps 1 to 4 above: nobody dials it yet.
2. Every other cluster: {joining}.
3. Global services and policies that name the new cluster.

What restarts when a cluster joins, leaves or moves; nothing does if it is dialled by `service.hostname`:

| cluster | Cilium | restarts |
|---|---|---|
{restarts}

## Change the address of a cluster

1. Give the load balancer its new address and keep the old one if the provider can.
2. Every other cluster: {joining}.
3. Drop the old address.

A cluster that is dialled by `service.hostname` changes its address in DNS, and nothing else.

## Take a global service out of a cluster

1. Take it out of `services`, build, and apply.
2. In the cluster that lost it, delete the Service, or its annotation {annotations} where an application goes on using it: it carries a prune guard, so no GitOps tool deletes it.

## Remove a cluster

1. Take it out of `services` and of policies, build, and apply everywhere: traffic to it ends here.
2. Take it out of `clusters`, run `meshgen build --allow-removal NAME`, and apply in every other cluster: they forget it.
3. In the cluster itself, turn the mesh off in its chart's values, or delete the objects with prune guards: no GitOps tool deletes them.
4. {leaving}

## Change a cluster's name or ID

Not on a connected cluster: the others would know its pods twice.

1. Remove it as above, steps 1 and 2; it goes on by itself.
2. Add it under its new name or ID, build, and apply there alone: `apply.sh` takes a cluster of another name with `--rename-from OLD` only.
3. Restart every workload of it: its pods get new identities.
4. Go on as where a cluster is added, from step 2.

## Upgrade Cilium

1. `meshgen diff` between the two versions of mesh.yaml: what opens and closes, and which files change.
2. One minor version at a time, one cluster at a time: set `cilium.version` of that cluster, build, apply, and see its `VERIFY.md`.
3. Where policies change their meaning, write the cluster label into them first; `diff` then shows no flow.
"""

_AUTHORITY = """
## Renew certificates

`meshgen pki rotate NAME` makes fresh keys and certificates for one cluster; commit, build, apply there.
Clients and servers read them at the next handshake.
`meshgen pki status` tells when each one expires, and `meshgen check` warns 30 days before.

## Replace the authority

Connections outlive a mistake for days, so there are three steps, each a commit of its own, and each is finished in every cluster before the next begins, standby clusters included:

1. `meshgen pki rotate --ca trust`: both authorities are trusted, the old one still signs; build and apply.
2. `meshgen pki rotate --ca issue`: the new authority signs every certificate anew; build, apply, and see with `openssl s_client` that each cluster serves a new one.
3. `meshgen pki rotate --ca drop`: the old authority is trusted no more and its key is gone; build and apply.

The Secrets of every cluster hold the authorities, and what reads them restarts or connects anew with each step.
Each command refuses to go on unless every connection holds while some clusters are a step behind.
Before step 2, `meshgen pki rotate --ca abort` goes back.
"""

_BUNDLE = """
## Replace the authority

cert-manager renews certificates by itself; whom the clusters trust changes only in the file of `tls.caBundle`.
Each step is finished in every cluster before the next begins:

1. Add the new authority to the file; build and apply: both are trusted, and what reads them restarts.
2. Let the issuers sign with the new authority, and renew the certificates in `certificates/` of each cluster.
3. Take the old authority out of the file; build and apply.
"""


_RESTARTS = {
    Names.AGENTS: "every agent: host names stand in its DaemonSet",
    Names.APISERVER: "clustermesh-apiserver: host names stand in its Deployment",
    Names.FILES: "nothing: addresses stand in the files of peers",
}


def apiserver_rollout(mesh: MeshPlan) -> str:
    """The sections of the guide up to policies."""
    annotations = dict.fromkeys(
        cluster.profile.global_annotation for cluster in mesh.clusters if cluster.has_apiserver
    )
    return _GUIDE.format(
        trust=_trust(mesh),
        script=_script(mesh),
        joining=_joining(mesh),
        restarts="\n".join(_restarts(cluster) for cluster in mesh.clusters if cluster.has_apiserver),
        annotations=" or ".join(f"`{annotation}`" for annotation in annotations),
        leaving="Take away what made it trusted: its user goes with its name from `clustermesh-remote-users`.",
    )


def _joining(mesh: MeshPlan) -> str:
    told = "its new `values.yaml`, or its new Secrets and patches"
    by_chart = [one.name for one in mesh.clusters if one.patched and one.profile.users_by_chart]
    return f"{told}; in {named(by_chart)} all of them, since the chart makes the users" if by_chart else told


def apiserver_authority(mesh: MeshPlan) -> str:
    """The section about the authority, where meshgen has a part in it; empty where it has none."""
    if mesh.has_bundle:
        return _BUNDLE
    issued = any(cluster.has_secret and cluster.profile.peer_secrets for cluster in mesh.clusters)
    return _AUTHORITY if issued else ""


def _trust(mesh: MeshPlan) -> str:
    if mesh.issuer is not None:
        return "the issuer that signs its certificates, with the authority that all clusters trust"
    if any(cluster.has_secret for cluster in mesh.clusters):
        return "the Secrets with its certificates, and the authorities that it trusts"
    by_chart = {bool(cluster.profile.peer_secrets) for cluster in mesh.clusters}
    ways = (
        (True, "the same authority in the Secret `cilium-ca`"),
        (False, "up to Cilium 1.13 the Secret `cilium-clustermesh` with everybody's certificates"),
    )
    return "; ".join(told for kind, told in ways if kind in by_chart)


def _script(mesh: MeshPlan) -> str:
    """Which of the steps are those of apply.sh, and which are left to people."""
    charted = [cluster for cluster in mesh.clusters if cluster.has_apiserver]
    steps = "steps 2 and 3" if any(cluster.has_secret for cluster in charted) else "step 3"
    patched = [cluster.name for cluster in charted if cluster.patched]
    told = f"`apply.sh` does {steps} for its cluster.\n"
    if patched:
        told += (
            f"In {named(patched)} it lays patches over what the chart made, so whoever owns the chart "
            "installs it first, with `values.yaml`.\n"
        )
    return told + GOES_ON.format(what="name or ID")


def _restarts(cluster: ClusterPlan) -> str:
    # NOTE: the chart of 1.20 writes addresses twice; a pod restarts with its hostAliases all the same.
    told = next(text for place, text in _RESTARTS.items() if place in cluster.names)
    return f"| {cluster.name} | {cluster.version} | {told} |"
