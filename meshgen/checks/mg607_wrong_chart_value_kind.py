"""MG607: a value for the chart that is no mapping where the chart has one."""

from collections.abc import Iterator

from ..chart.keys import keys_of
from ..chart.known import misfits, siblings
from ..cilium.version import parse_version
from ..diagnostics import Problem, Related, Rule, Severity
from ..location import path_text
from ..survey import Survey

RULE = Rule(
    code="MG607",
    name="wrong-chart-value-kind",
    severity=Severity.ERROR,
    doc="""
`helmValues` has something other than a mapping where the chart has keys.

## Why it matters
Helm lays it in place of all that the chart has there, with a warning that is easily overlooked.
The chart's templates then ask it for a key, and the installation fails, or a part of it is left out.

## How to fix
Write the keys below it, such as `image: {tag: v1.19.6}` for `image: v1.19.6`; `helm show values` lists them.
Null is taken, since it is Helm's way to drop a default.
Below maps and lists of Kubernetes' own, such as `resources` or `affinity`, anything may stand.
""",
)

_SHOWN = 3


def wrong_chart_value_kind(survey: Survey) -> Iterator[Problem]:
    """One problem for each such value."""
    for index, cluster in enumerate(survey.mesh.clusters):
        version = parse_version(cluster.cilium.version)
        if not cluster.helm_values or not keys_of(version[:2]):
            continue
        for path in misfits(version, cluster.helm_values):
            below = ", ".join(siblings(version, (*path, ""))[:_SHOWN])
            # NOTE: the cluster is not named, so that what many clusters inherit is one finding.
            yield RULE.problem(
                ("clusters", index, "helmValues", *path),
                f"{path_text(path)} is no mapping, and the chart of Cilium {version.minor_text} has keys below it",
                help=f"write a mapping with keys such as {below}",
                related=(Related(("clusters", index, "cilium", "version"), "the version"),),
            )
