"""MG604: a value that the chart of a cluster's version does not have."""

from collections.abc import Iterator

from ..chart.keys import keys_of
from ..chart.known import Path, first_after, named, siblings, takes, unknown
from ..chart.replaced import was_removed
from ..cilium.version import Version, parse_version
from ..diagnostics import Problem, Related, Rule, Severity, shown
from ..location import path_text
from ..nearest import nearest
from ..survey import Survey

RULE = Rule(
    code="MG604",
    name="unknown-chart-value",
    severity=Severity.ERROR,
    doc="""
`helmValues` has a key that the chart of this version does not have.

## Why it matters
The chart takes any key and drops those that it does not know, without a word.
So a misspelt value is a setting you believe you made; in one report, half of a mesh tunnelled and half did not (cilium/cilium#33393).

## How to fix
The help line names the nearest key, or the first version that has this one.
Below maps and lists of Kubernetes' own, such as `resources`, `affinity` or `extraEnv`, anything may stand.
If the chart does read the key, accept the finding under `ignore` and tell us.
""",
)


def unknown_chart_value(survey: Survey) -> Iterator[Problem]:
    """One problem for each such key, at the highest one of which nothing is known."""
    for index, cluster in enumerate(survey.mesh.clusters):
        version = parse_version(cluster.cilium.version)
        if not cluster.helm_values or not keys_of(version[:2]):
            continue
        for path in unknown(version, cluster.helm_values):
            if not was_removed(version, path):
                # NOTE: the cluster is not named, so that what many clusters inherit is one finding.
                yield RULE.problem(
                    ("clusters", index, "helmValues", *path),
                    f"the chart of Cilium {version.minor_text} has no value {path_text(path)}",
                    help=_way_out(version, path),
                    related=(Related(("clusters", index, "cilium", "version"), "the version"),),
                    on_key=True,
                )


def _way_out(version: Version, path: Path) -> str:
    *above, last = path
    nested = (*above, *last.split("."))
    if len(nested) > len(path) and takes(version[:2], nested):
        return f"a dot does not nest keys: write {_nested(*last.split('.'))}"
    since = first_after(version, path)
    if since is not None:
        return f"the chart has it since {since.minor_text}: leave it out until then"
    beside = nearest(path[-1], siblings(version, path))
    if beside is not None:
        return f"did you mean {shown(path_text((*path[:-1], beside)))}?"
    elsewhere = named(version[:2], path[-1])
    if len(elsewhere) == 1:
        return f"did you mean {shown(path_text(elsewhere[0]))}?"
    return "leave it out; `helm show values` lists what the chart has"


def _nested(first: str, *below: str) -> str:
    """Keys as mappings in one another: `relay: {enabled: …}`."""
    return f"{first}: {{{_nested(*below)}}}" if below else f"{first}: …"
