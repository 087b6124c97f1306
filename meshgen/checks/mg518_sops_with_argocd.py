"""MG518: argo CD cannot open what SOPS sealed."""

from collections.abc import Iterator

from ..diagnostics import Problem, Related, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG518",
    name="sops-with-argocd",
    severity=Severity.ERROR,
    doc="""
Argo CD cannot open what SOPS sealed.

## Why it matters
Argo CD would apply the ciphertext, which the API server refuses: `illegal base64 data at input byte 3`.
Its own documentation advises against plugins that decrypt in the repository server.

## How to fix
Use the backend `sealed-secrets` or `external-secrets`; or let Flux apply the tree.
""",
)


def sops_with_argocd(survey: Survey) -> Iterator[Problem]:
    """At most one problem."""
    mesh = survey.mesh
    if mesh.gitops.tool == "argocd" and mesh.secrets.backend == "sops":
        yield RULE.problem(
            ("gitops", "tool"),
            "Argo CD cannot open Secrets that are sealed by sops",
            related=(Related(("secrets", "backend"), "the backend"),),
            help="use sealed-secrets or external-secrets",
        )
