"""MG502: a file of the TLS material cannot be read as what it should be."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey
from ..trust.inventory import Fault, Lack
from ..trust.lock import LOCK
from ..trust.place import place_of, renewal

RULE = Rule(
    code="MG502",
    name="unreadable-tls-file",
    severity=Severity.ERROR,
    ignorable=False,
    doc="""
A file of the TLS material cannot be read as what it should be.

## Why it matters
A certificate that is none, or a configuration that is no YAML, would reach every agent and be refused there.
Go passes over a certificate whose PEM has headers, a label other than `CERTIFICATE`, or anything before it on its line; more than 32 in a file are refused.
A store that is too large or too deep cannot be searched for private keys in clear text.
Files of meshgen's own, `meshgen.lock` and those of the store, are believed only as meshgen writes them: one that was edited, or left in a merge conflict, says nothing certain.

## How to fix
What `tls.caBundle` names is a file of at most 32 certificates in plain PEM, below the folder of mesh.yaml and without a byte order mark.
Restore the file from Git, extract it again, or issue the certificate anew with `meshgen pki rotate NAME`.
Where two branches met in `meshgen.lock`, take the file of either, whole, and let `meshgen build --identity FILE` seal what it does not know.
""",
)


def unreadable_tls_file(survey: Survey) -> Iterator[Problem]:
    """One problem for each file."""
    if survey.inventory is None:
        return
    for fault in survey.inventory.faults:
        if fault.lack is Lack.UNREADABLE:
            at = place_of(survey.mesh, fault.cluster)
            yield RULE.problem(at, f"{fault.path} {fault.reason}", help=_way_out(survey, fault))


def _way_out(survey: Survey, fault: Fault) -> str:
    if survey.mesh.tls.source == "in-cluster":
        return "write a file with the certificates of the authorities in PEM and nothing else, at most 32 of them"
    if fault.path.endswith(".pem"):
        return "kubeseal --fetch-cert"
    if fault.path == LOCK:
        return "take the file of one branch whole, then: meshgen build --identity FILE"
    again = "" if fault.cluster is None else f", or {renewal(survey.mesh, fault.cluster)}"
    return f"restore it from Git{again}"
