"""MG515: nobody could open the Secrets of a cluster."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..location import SourcePath
from ..model import Mesh
from ..survey import Survey
from ..trust.recipients import sops_keys

RULE = Rule(
    code="MG515",
    name="missing-recipient",
    severity=Severity.ERROR,
    ignorable=False,
    doc="""
Nobody could open the Secrets of a cluster.

## Why it matters
With `sops`, a Secret is sealed for the operators of `secrets.sops.recipients`, for the cluster's own `recipients` and for the keys of `secrets.sops.keys`; with none of them there is nobody to seal it for.
With `gitops.tool: flux` the cluster itself must be among them, unless its Flux reaches such a key, or it cannot apply the tree: a warning.
With `sealed-secrets`, the certificate of the cluster's controller must lie in `secrets.sealedSecrets.certificates`; with `external-secrets`, the store must be named.

## How to fix
Add the recipient or certificate that the message names; `kubeseal --fetch-cert` prints a controller's.
""",
)


def missing_recipient(survey: Survey) -> Iterator[Problem]:
    """One problem for each cluster."""
    mesh = survey.mesh
    if survey.inventory is None:
        return
    if mesh.secrets.backend == "external-secrets" and mesh.secrets.external_secrets is None:
        message = "secrets.externalSecrets.store does not say where private values are fetched from"
        yield RULE.problem(("secrets", "backend"), message)
    for index, cluster in enumerate(mesh.clusters):
        if mesh.secrets.backend == "sops":
            yield from _sops(mesh, index)
        elif mesh.secrets.backend == "sealed-secrets" and cluster.name not in survey.inventory.sealing:
            path = f"{mesh.secrets.sealed_secrets.certificates.rstrip('/')}/{cluster.name}.pem"
            yield RULE.problem(
                ("clusters", index, "name"),
                f"the controller's certificate {path} is missing",
                help="kubeseal --fetch-cert",
            )


def _sops(mesh: Mesh, index: int) -> Iterator[Problem]:
    cluster = mesh.clusters[index]
    at: SourcePath = ("clusters", index, "name")
    keys = sops_keys(mesh, cluster)
    if not keys:
        way_out = "add secrets.sops.recipients, or recipients to the cluster"
        yield RULE.problem(at, f"nobody could open the Secrets of {cluster.name}", help=way_out)
    elif mesh.gitops.tool == "flux" and keys.keys() == {"age"} and not cluster.recipients:
        message = f"{cluster.name} has no recipients of its own: its Flux could not open its Secrets"
        yield RULE.problem(at, message, severity=Severity.WARNING, help="add recipients to the cluster")
