"""MG525: certificates that the chart makes too late for a GitOps tool."""

from collections.abc import Iterator

from ..chart.values import delivery_of
from ..cilium.profiles import profile_for
from ..diagnostics import Problem, Related, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG525",
    name="certificates-by-hook",
    severity=Severity.WARNING,
    doc="""
The chart makes the certificates of a cluster by a hook, and a GitOps tool runs hooks only when everything is healthy.

## Why it matters
Without a `tls` section the chart makes certificates with a Job, which is a `post-install` hook in the charts of 1.14 to 1.18.
Argo CD and Flux wait for clustermesh-apiserver before they run it, and clustermesh-apiserver waits for its certificates: the first sync never ends (cilium/cilium#42045, cilium/cilium#40381; fixed in 1.19 by cilium/cilium#42298).
Flux then takes the release back.

## How to fix
Let cert-manager make the certificates (`tls: {source: in-cluster}`), or meshgen (`tls: {source: generate}`, from Cilium 1.16 on).
Where the Secrets are there already, as in a mesh that runs, accept the finding under `ignore`.
""",
)


def certificates_by_hook(survey: Survey) -> Iterator[Problem]:
    """One problem for each cluster whose first sync would wait for itself."""
    mesh = survey.mesh
    if mesh.gitops.tool is None or mesh.tls.source is not None:
        return
    for index, cluster in enumerate(mesh.clusters):
        profile = profile_for(cluster)
        if profile is not None and profile.certificates_by_hook and delivery_of(cluster) == "helm":
            yield RULE.problem(
                ("clusters", index, "cilium", "version"),
                f"the chart of {cluster.cilium.version} makes the certificates of {survey.names[index]} only when "
                f"all is healthy, and {mesh.gitops.tool} waits for what needs them",
                related=(Related(("gitops", "tool"), "waits until all is healthy"),),
                help="add tls: {source: in-cluster}, or accept this where the Secrets exist",
            )
