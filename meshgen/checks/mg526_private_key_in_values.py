"""MG526: a private key in clear text among the values for the chart."""

from collections.abc import Iterator

from ..chart.secrets import private_keys
from ..diagnostics import Problem, Rule, Severity
from ..location import path_text
from ..survey import Survey

RULE = Rule(
    code="MG526",
    name="private-key-in-values",
    severity=Severity.ERROR,
    ignorable=False,
    doc="""
`helmValues` holds a private key.

## Why it matters
mesh.yaml, `values.yaml` and the index of the output tree are committed to Git, where a key stays for good.
A build writes none of them while the key is there, and this finding cannot be ignored.

## How to fix
Take the key out of mesh.yaml, and replace it if it was ever committed.
`tls.source` says where the keys of the mesh come from; for other keys the chart has values that name a Secret, such as `existingSecret`.
""",
)


def private_key_in_values(survey: Survey) -> Iterator[Problem]:
    """One problem for each key."""
    for index, cluster in enumerate(survey.mesh.clusters):
        for path, on_key in private_keys(cluster.helm_values):
            what = "a key of helmValues" if on_key else f"helmValues has {path_text(path)}, which"
            # NOTE: the cluster is not named, so that what many clusters inherit is one finding.
            yield RULE.problem(
                ("clusters", index, "helmValues", *path),
                f"{what} holds a private key in clear text",
                help="take the key out of mesh.yaml, and replace it if it was ever committed",
                on_key=on_key,
                secret=True,
            )
