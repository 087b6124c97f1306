"""MG606: a value for the chart that says other than mesh.yaml does."""

from collections.abc import Iterator

from ..chart.contradictions import contradictions
from ..diagnostics import Problem, Related, Rule, Severity, named
from ..location import path_text
from ..survey import Survey

RULE = Rule(
    code="MG606",
    name="chart-value-contradicts-mesh",
    severity=Severity.ERROR,
    doc="""
`helmValues` says other than the rest of mesh.yaml.

## Why it matters
`helmValues` lies over the values that meshgen writes, so this one would win.
But everything else is checked and made from mesh.yaml: IDs and PodCIDRs that do not overlap, the same datapath everywhere, the addresses that others dial.
With another value in one cluster, none of that holds any more.

## How to fix
Leave the key out, and change what mesh.yaml says if that is what should change.
The same value as mesh.yaml's is no finding, and neither is one of which mesh.yaml says nothing: of annotations and labels each key counts for itself.
A list of `extraDnsNames` may have more names than the others dial, and no fewer.
With `externallyCreated: true` the Service is yours, so that mesh.yaml may say its addresses, and nothing that the chart would have to write into it: `provider: generic` writes no annotation.
Certificates that Helm makes (`auto.method: helm`) are new at each rendering, so that each sync of a GitOps tool takes the trust away (cilium/cilium#14550); `cronJob` and cert-manager keep them.
""",
)


def chart_value_contradicts_mesh(survey: Survey) -> Iterator[Problem]:
    """One problem for each such value."""
    for index in range(len(survey.mesh.clusters)):
        for found in contradictions(survey.mesh, index):
            yield RULE.problem(
                ("clusters", index, "helmValues", *found.path),
                f"helmValues has {path_text(found.path)}: {named(found.given)}, but {named(found.against)}",
                help=found.way_out,
                related=(Related(found.at, "said here"),) if found.at else (),
            )
