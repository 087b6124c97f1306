"""MG311: an annotation of Cluster Mesh that is written by hand."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG311",
    name="handwritten-mesh-annotation",
    severity=Severity.WARNING,
    doc="""
The annotations of a service hold one that mesh.yaml has a key for.

## Why it matters
meshgen writes the annotation under the name that each cluster's version reads, and the same everywhere.
One that is written by hand says something else in some clusters: a `shared` of false takes away pods that others count on, and an affinity of `none` takes away all pods of other clusters in 1.18 and early 1.19 (cilium/cilium#46623, cilium/cilium#36503).

## How to fix
Remove the annotation, and use `clusters`, `backends` and `affinity` of the service.
""",
)

# Upstream: pkg/annotation/k8s.go; the older names are still read.
_KEYS = {
    "service.cilium.io/global": "clusters",
    "io.cilium/global-service": "clusters",
    "service.cilium.io/shared": "backends",
    "io.cilium/shared-service": "backends",
    "service.cilium.io/affinity": "affinity",
    "io.cilium/service-affinity": "affinity",
}


def handwritten_mesh_annotation(survey: Survey) -> Iterator[Problem]:
    """One problem for each such annotation."""
    for index, service in enumerate(survey.mesh.services):
        for name in service.annotations:
            if name in _KEYS:
                yield RULE.problem(
                    ("services", index, "annotations", name),
                    f"the annotation {name} of {service.namespace}/{service.name} is written by hand",
                    help=f"remove it; the key {_KEYS[name]} of the service says the same for every version",
                    on_key=True,
                )
