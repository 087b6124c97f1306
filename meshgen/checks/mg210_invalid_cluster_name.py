"""MG210: a name that Cilium does not take."""

import re
from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity, shown
from ..survey import Survey

RULE = Rule(
    code="MG210",
    name="invalid-cluster-name",
    severity=Severity.ERROR,
    doc="""
A cluster's name is not one that Cilium takes.

## Why it matters
The name becomes a host name, a file name, a Secret key and a label value.
Cilium asks for at most 32 of a-z, 0-9 and `-`, with a letter or digit at both ends, and reserves `default` (checked by the agent since 1.17; before that, clusters just do not connect).

## How to fix
Choose a short lower-case name; names that cloud tools make (`arn:…`, `gke_…`) do not fit.
An old name that breaks only Cilium's rule can be accepted under `ignore`; one that is no host name at all cannot.
""",
)

# https://github.com/cilium/cilium/blob/v1.17.0/pkg/clustermesh/types/types.go
_LONGEST = 32
_LOOKED_AT = 256
_CILIUM = re.compile(r"([a-z0-9][-a-z0-9]*)?[a-z0-9]")
_HOST_NAME = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?")


def invalid_cluster_name(survey: Survey) -> Iterator[Problem]:
    """One problem for each name that breaks the rule."""
    for index, cluster in enumerate(survey.mesh.clusters):
        name = cluster.name
        if name == "default":
            reason = "is reserved for clusters outside of a mesh"
        elif len(name) > _LONGEST:
            reason = f"has {len(name)} characters; at most {_LONGEST} are allowed"
        elif not _CILIUM.fullmatch(name):
            reason = "is not made of a-z, 0-9 and -, with a letter or digit at both ends"
        else:
            continue
        yield RULE.problem(
            ("clusters", index, "name"),
            f"the cluster name {shown(name)} {reason}",
            help=_way_out(name),
            ignorable=bool(_HOST_NAME.fullmatch(name)),
        )


def _way_out(name: str) -> str:
    fitting = re.sub("[^a-z0-9]+", "-", name[-_LOOKED_AT:].lower())[-_LONGEST:].strip("-")
    return f"{fitting!r} would do" if fitting not in {"", "default"} else "choose another name"
