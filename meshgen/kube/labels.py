"""Every label and annotation key that meshgen writes."""

MANAGED_BY = "app.kubernetes.io/managed-by"
PART_OF = "app.kubernetes.io/part-of"
MANAGER = "meshgen"

SOURCE = "meshgen.io/source"
RESTART = "meshgen.io/restart"
CONTENT = "meshgen.io/content"
"""Of a Secret that a controller makes: a digest of its public part, which tells whether it is up to date."""

SYNC_WAVE = "argocd.argoproj.io/sync-wave"
"""https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/"""

WATCHED = {"reconcile.fluxcd.io/watch": "Enabled"}
"""https://fluxcd.io/flux/components/helm/helmreleases/#reacting-immediately-to-configuration-dependencies"""

PRUNE_GUARDS = {
    # https://fluxcd.io/flux/components/kustomize/kustomizations/#controlling-the-apply-behavior-of-resources
    "kustomize.toolkit.fluxcd.io/prune": "disabled",
    # https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/#no-prune-resources
    "argocd.argoproj.io/sync-options": "Prune=false",
}
"""What keeps GitOps tools from deleting an object that other clusters depend on."""

CHART_GUARDS = PRUNE_GUARDS | {
    # helm, pkg/kube/client.go: asked of the live object before what has left a release is deleted.
    "helm.sh/resource-policy": "keep",
}
"""The same for objects that the chart made under these names until meshgen did."""
