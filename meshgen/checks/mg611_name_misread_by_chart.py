"""MG611: a name that the chart prints without quotes, and that is then read as something else."""

from collections.abc import Iterator

from ..chart.values import delivery_of
from ..cilium.profiles import profile_for
from ..diagnostics import Problem, Rule, Severity, shown
from ..kube.bare_keys import misread
from ..model import Cluster
from ..survey import Survey

RULE = Rule(
    code="MG611",
    name="name-misread-by-chart",
    severity=Severity.WARNING,
    doc="""
A cluster's name is one that YAML reads as something else, and another cluster gets it from the official chart.

## Why it matters
The chart writes the names of the others as keys of the Secrets `cilium-clustermesh` and `cilium-kvstoremesh`, without quotes.
So `no` becomes the file `false`, and `0123` the file `83`: the cluster is dialled under a name that it does not have, and never becomes ready.
What meshgen writes itself has quotes where they are needed.

## How to fix
Choose another name while the cluster is new; a letter more is enough, such as `c0123`.
For a cluster that must keep its name, write `delivery: manifests` in the others.
""",
)


def name_misread_by_chart(survey: Survey) -> Iterator[Problem]:
    """One problem for each such name that some other cluster's chart is given."""
    clusters = survey.mesh.clusters
    charted = [index for index, cluster in enumerate(clusters) if _by_chart(cluster)]
    for index, cluster in enumerate(clusters):
        read = misread(cluster.name)
        readers = [other for other in charted if other != index]
        if read is not None and readers:
            first, *more = (survey.names[other] for other in readers)
            beside = f" and {len(more)} more" if more else ""
            yield RULE.problem(
                ("clusters", index, "name"),
                f"the cluster name {shown(cluster.name)} stands without quotes in what the chart renders for "
                f"{first}{beside}, and YAML reads it as {read}",
                help="choose a name that is neither a number nor a word of YAML, or write delivery: manifests "
                "in the other clusters",
            )


def _by_chart(cluster: Cluster) -> bool:
    """
    Whether the chart writes the names of the others.

    Source: charts 1.14 to 1.20, templates/clustermesh-config/clustermesh-secret.yaml.
    """
    profile = profile_for(cluster)
    return profile is not None and bool(profile.names_by_chart) and delivery_of(cluster) == "helm"
