"""MG612: a value for the chart that keeps something from working between clusters."""

from collections.abc import Iterator

from ..chart.obstacles import obstacles
from ..diagnostics import Problem, Rule, Severity, named
from ..location import path_text
from ..survey import Survey

RULE = Rule(
    code="MG612",
    name="value-against-mesh",
    severity=Severity.WARNING,
    doc="""
`helmValues` turns on what does not go together with a mesh.

## Why it matters
The chart renders it, Cilium starts, and the clusters connect; only what is between them does not work:

- a filter of labels that leaves out `io.cilium.k8s.policy.cluster`: before Cilium 1.16 any filter that names labels to keep and not this one.
  Policies with a cluster then select nothing (cilium/cilium#18878, cilium/cilium#23762).
- a filter of the nodes' labels that leaves it out, before 1.19.5: `toNodes` and `fromNodes` match nothing (cilium/cilium#45956).
- mutual authentication, which has no domain of trust over several clusters.
- host firewall or node encryption beside WireGuard, tunnels and `kubeProxyReplacement`, where agents dial the others themselves (cilium/cilium#31209).
- egress gateways, which Cilium does not support in a mesh: those whose gateways are in the cluster of their pods work, hence this one is an info.

## How to fix
The help line says what to write instead.
Where nothing of it crosses clusters, accept the finding under `ignore`.
""",
)


def value_against_mesh(survey: Survey) -> Iterator[Problem]:
    """One problem for each such value."""
    for index, cluster in enumerate(survey.mesh.clusters):
        for found in obstacles(cluster):
            # NOTE: the cluster is not named, so that what many clusters inherit is one finding, not many.
            yield RULE.problem(
                ("clusters", index, "helmValues", *found.path),
                f"helmValues has {path_text(found.path)}: {named(found.given)}, but {found.effect}",
                severity=Severity.INFO if found.works else Severity.WARNING,
                help=found.way_out,
            )
