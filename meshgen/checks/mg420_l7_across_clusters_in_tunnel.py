"""MG420: rules about requests between clusters, which old versions do not enforce in tunnel mode."""

from collections.abc import Iterator

from ..diagnostics import Problem, Related, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG420",
    name="l7-across-clusters-in-tunnel",
    severity=Severity.WARNING,
    doc="""
A rule looks into requests that come from another cluster, in tunnel mode, before Cilium 1.17.

## Why it matters
The guide says so, and until 1.17 Cilium's documentation did: policies about requests across clusters need the nodes to have routes to the pods of the other cluster, which tunnel mode does not give them.
Such connections fail, or pass unseen.

## How to fix
Use `datapath.mode: native`, upgrade to 1.17, or allow the port without rules about requests.
""",
)


def l7_across_clusters_in_tunnel(survey: Survey) -> Iterator[Problem]:
    """One problem for each such rule."""
    if survey.picture is None:
        return
    from ..reachability.requests import between_clusters
    from ..reachability.written import called, listed, problem_at

    index = {cluster.name: at for at, cluster in enumerate(survey.mesh.clusters)}
    for placed, clusters in between_clusters(survey.picture):
        mode = Related(("clusters", index[placed.cluster], "cilium", "datapath", "mode"), "tunnel mode")
        details = {
            "label": "across clusters",
            "help": "use datapath.mode: native, upgrade to 1.17, or leave the rules about requests out",
        }
        message = f"{called(placed.one)} looks into requests from other clusters, in tunnel mode, in {listed(clusters)}"
        if placed.one.raw:
            yield problem_at(RULE, placed.one, placed.entry.path, message, **details)
        else:
            yield RULE.problem((*placed.one.at, "allow", "http"), message, related=(mode,), **details)
