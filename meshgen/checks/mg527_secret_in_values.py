"""MG527: a password, a token or the like among the values for the chart."""

from collections.abc import Iterator

from ..chart.secrets import passwords
from ..diagnostics import Problem, Rule, Severity
from ..location import path_text
from ..survey import Survey

RULE = Rule(
    code="MG527",
    name="secret-in-values",
    severity=Severity.WARNING,
    doc="""
`helmValues` holds what looks like a password, a token or a URL with a password.

## Why it matters
mesh.yaml, `values.yaml` and the index of the output tree are committed to Git, for everybody who reads the repository.
It is told by its name, such as `azure.clientSecret`, an environment variable `*_TOKEN` or an argument `--password=`, or by its form; the value is never shown.

## How to fix
Keep it in a Secret of the cluster that the values refer to: `valueFrom: {secretKeyRef: {name: …, key: …}}` for a variable, `existingSecret` where the chart has it.
Where the chart has no such way, keep that one value outside of mesh.yaml, in values that only Helm is given; Flux and Argo CD read such from a Secret, too.
Replace it if it was ever committed.
""",
)


def secret_in_values(survey: Survey) -> Iterator[Problem]:
    """One problem for each such value."""
    for index, cluster in enumerate(survey.mesh.clusters):
        for path in passwords(cluster.helm_values):
            # NOTE: the cluster is not named, so that what many clusters inherit is one finding.
            yield RULE.problem(
                ("clusters", index, "helmValues", *path),
                f"helmValues has {path_text(path)}, which looks like a secret, and stands in Git",
                help="refer to a Secret (valueFrom), or keep it in values outside of mesh.yaml",
                secret=True,
            )
