"""
README.md of `_gitops/`: how a GitOps tool is begun with, and what stays with people.

Source of what Argo CD must leave alone: cilium, Documentation/configuration/argocd-issues.rst, and #17614.
"""

from collections.abc import Iterator

from ...plan.types import ClusterPlan, GitOps, MeshPlan
from .. import paths
from ..document import Document

_ARGOCD = """\
# Argo CD applies the mesh {mesh}

Written by meshgen from mesh.yaml, and written anew by the next build; changes go into an overlay, as below.

## Begin

1. `argocd cluster list` has each cluster under its name in mesh.yaml; if not, give its `destination` in the overlay.
2. Argo CD may read {repository}; a private repository needs its credentials there.
3. `resource.exclusions` in `argocd-cm` has `CiliumIdentity` of `cilium.io`, or Argo CD may delete identities that agents made.
4. `kubectl apply -k {base}` where Argo CD runs, or an Application for that folder.

## What it makes

- `mesh-CLUSTER` for {all}: the whole objects of the cluster, synced by itself.
  Sync waves order them: authorities, certificates, the files of peers, the Service that other clusters dial, global Services, policies.
  Each wave waits until the one before is healthy; files of `policy.raw` have no wave and come with the Service.
{charts}
An Application that leaves the list keeps its objects: take a cluster out as `ROLLOUT.md` says.

## Change it

Lay a kustomization over the folder, with its path from there:

```yaml
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [{from_overlay}]
patches:
- target: {{kind: ApplicationSet}}
  patch: |
    - {{op: replace, path: /spec/template/spec/project, value: network}}
- target: {{kind: ApplicationSet, name: mesh-.*}}
  patch: |
    - {{op: replace, path: /spec/generators/0/list/elements/0/destination, value: {first}-in-argocd}}
```
"""

_ARGOCD_CHARTS = """\
- `cilium-CLUSTER` for {names}: Cilium's chart with the `values.yaml` of the cluster's folder and nothing else.
  It is synced by a person, one cluster after the other, since it may restart agents: `argocd app sync cilium-{first}`.
  Before the first sync, `argocd app diff cilium-{first}`: what your release has besides (`helm get values cilium`) belongs into `helmValues` of mesh.yaml, or the sync takes it away.
  Certificates that each rendering makes anew are left as they are.
"""

_FLUX = """\
# Flux applies the mesh {mesh}

Written by meshgen from mesh.yaml, and written anew by the next build.

## Begin

1. The source-controller and the kustomize-controller run in each cluster{controllers}.
2. Each Flux may read {repository}: {access}.
{identity}3. `kubectl --context CLUSTER apply -f {folder}/CLUSTER.yaml`, or that file in the resources of the cluster's own Flux.

Each file makes a GitRepository and a Kustomization, both `cilium-mesh` in `flux-system`, for one cluster alone.
Deleting the Kustomization deletes global objects that no other cluster depends on, policies among them: suspend it instead.

## What it applies

- The whole objects of the cluster's folder, for {all}.
{charts}"""

_FLUX_CHARTS = """\
- The HelmRelease `cilium`, for {names}: the chart with the `values.yaml` of the cluster's folder and nothing else.
  A release of that name which is there already is taken over, so first see that what it has besides (`helm get values cilium`) is in `helmValues` of mesh.yaml.
  A release with other values may restart agents or clustermesh-apiserver, so merge a change that reaches several clusters one cluster at a time where that counts, or `flux suspend helmrelease cilium` in the others.
  It is never pruned: a HelmRelease that is deleted takes Cilium with it.
"""

_PATCHED = """\
- Not Cilium's own objects in {names}: lay the Component in `{component}` over the base that holds them, as the cluster's `VERIFY.md` says.
  Which base that is, mesh.yaml does not know, so your own {what} applies it.
"""

_IDENTITY = """\
   Secrets are sealed by SOPS: where it is an age identity that opens them, it is the Secret `sops-age` in `flux-system`, under a key that ends in `.agekey`.
"""


def gitops_guide(mesh: MeshPlan) -> Iterator[Document]:
    """One file, where a tool is wired."""
    gitops = mesh.gitops
    if gitops is None or not gitops.wired:
        return
    text = _argocd(mesh, gitops) if gitops.tool == "argocd" else _flux(mesh, gitops)
    yield Document(paths=(paths.GITOPS_GUIDE,), content=text)


def _argocd(mesh: MeshPlan, gitops: GitOps) -> str:
    base = gitops.folder(paths.ARGOCD_BASE.rpartition("/")[0])
    return _ARGOCD.format(
        mesh=mesh.name,
        repository=gitops.repo_url,
        base=base,
        all=_names(mesh.clusters),
        first=mesh.clusters[0].name,
        from_overlay=f"../{base}",
        charts=_of_charts(mesh, _ARGOCD_CHARTS) + _of_patches(mesh, gitops, "Application"),
    )


def _flux(mesh: MeshPlan, gitops: GitOps) -> str:
    charts = _of_charts(mesh, _FLUX_CHARTS)
    private = gitops.repo_url.startswith("ssh:")
    return _FLUX.format(
        mesh=mesh.name,
        repository=gitops.repo_url,
        controllers=", and the helm-controller" if charts else "",
        access="the Secret `flux-system` of `flux bootstrap` opens it"
        if private
        else "a private one needs `secretRef` in the GitRepository, by a patch of your own",
        identity=_IDENTITY if mesh.backend == "sops" else "",
        folder=gitops.folder(paths.flux("").rpartition("/")[0]),
        all=_names(mesh.clusters),
        charts=charts + _of_patches(mesh, gitops, "Kustomization"),
    )


def _of_charts(mesh: MeshPlan, text: str) -> str:
    charts = tuple(cluster for cluster in mesh.clusters if not cluster.patched)
    return text.format(names=_names(charts), first=charts[0].name) if charts else ""


def _of_patches(mesh: MeshPlan, gitops: GitOps, what: str) -> str:
    patched = tuple(cluster for cluster in mesh.clusters if cluster.patched)
    if not patched:
        return ""
    component = gitops.folder(f"CLUSTER/{paths.COMPONENT.partition('/')[0]}")
    return _PATCHED.format(names=_names(patched), component=component, what=what)


def _names(clusters: tuple[ClusterPlan, ...]) -> str:
    most = 16
    return f"{len(clusters)} clusters" if len(clusters) > most else ", ".join(one.name for one in clusters)
