"""MG528: one place in a store for the keys of all clusters."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG528",
    name="shared-key-path",
    severity=Severity.WARNING,
    doc="""
With `external-secrets`, all clusters fetch their keys from one path.

## Why it matters
With `tls.source: generate` each cluster has keys of its own, and its certificates stand in the tree.
Under one path there is one key of each name: it fits the certificates of one cluster, and in all others nothing connects.

## How to fix
Write `{cluster}` into `secrets.externalSecrets.path`, where each cluster's name shall stand: `mesh/{cluster}`.
Where the store of that name leads to another place in each cluster, accept the finding.
""",
)


def shared_key_path(survey: Survey) -> Iterator[Problem]:
    """At most one problem."""
    mesh = survey.mesh
    external = mesh.secrets.external_secrets
    if mesh.tls.source != "generate" or mesh.secrets.backend != "external-secrets" or external is None:
        return
    if "{cluster}" not in external.path and len(mesh.clusters) > 1:
        yield RULE.problem(
            ("secrets", "externalSecrets", "path"),
            f"all clusters fetch their keys from {external.path}, and each has keys of its own",
            help=f"write {{cluster}} where its name shall stand, such as {external.path.rstrip('/')}/{{cluster}}",
        )
