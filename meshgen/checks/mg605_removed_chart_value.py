"""MG605: a value that earlier charts had."""

from collections.abc import Iterator

from ..chart.keys import keys_of
from ..chart.known import last_before, unknown
from ..chart.replaced import was_removed, way_out
from ..cilium.version import parse_version
from ..diagnostics import Problem, Related, Rule, Severity
from ..location import path_text
from ..survey import Survey

RULE = Rule(
    code="MG605",
    name="removed-chart-value",
    severity=Severity.ERROR,
    doc="""
`helmValues` has a key that earlier charts had, and the one of this version has not.

## Why it matters
The chart drops it without a word, so that an upgrade changes what the cluster does.
`tunnel: disabled` is the known case: from 1.15 on it means nothing, and the cluster tunnels again (cilium/cilium#33393).

## How to fix
The help line says what took its place.
""",
)


def removed_chart_value(survey: Survey) -> Iterator[Problem]:
    """One problem for each such key, at the highest one that is gone."""
    for index, cluster in enumerate(survey.mesh.clusters):
        version = parse_version(cluster.cilium.version)
        if not cluster.helm_values or not keys_of(version[:2]):
            continue
        for path in unknown(version, cluster.helm_values):
            if was_removed(version, path):
                last = last_before(version, path)
                until = f"; {last.minor_text} was the last with it" if last else ""
                yield RULE.problem(
                    ("clusters", index, "helmValues", *path),
                    f"the chart of Cilium {version.minor_text} no longer has {path_text(path)}{until}",
                    help=way_out(path),
                    related=(Related(("clusters", index, "cilium", "version"), "the version"),),
                    on_key=True,
                )
