"""MG501: a certificate, key or etcd configuration that the mesh needs is missing."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey
from ..trust.inventory import Fault, Inventory, Lack
from ..trust.lock import LOCK
from ..trust.place import place_of

RULE = Rule(
    code="MG501",
    name="tls-file-missing",
    severity=Severity.ERROR,
    ignorable=False,
    doc="""
A certificate, key or etcd configuration that the mesh needs is missing, or the lock that tells which sealed values hold.

## Why it matters
An agent whose Secret lacks one of the files waits for it without end, and the clusters do not connect.
With `tls.source: generate` the store needs an authority and four certificates for each cluster, each with its sealed key.
With `tls.source: files` each cluster needs what the guide's extract script leaves: `<name>`, `<name>.etcd-client-ca.crt`, `<name>.etcd-client.crt` and `<name>.etcd-client.key`; a sealing backend takes them from the store.
With `tls.source: in-cluster` the file is the one of `tls.caBundle`.
Without `meshgen.lock` no sealed value can be believed, and every Secret of every cluster is sealed anew: a warning where an identity is at hand for that.

## How to fix
Run the command that the help line names: `meshgen pki init` makes the authority, `meshgen pki issue NAME` what a cluster lacks, `meshgen pki import` takes in what was extracted.
What `tls.caBundle` names you write yourself: the certificates of all authorities that sign, in PEM.
Restore the lock from Git, `git checkout -- meshgen.lock`, or let `meshgen build --identity FILE` seal everything anew.
A certificate whose key is lost counts as missing, and `issue` makes both anew.
""",
)


def tls_file_missing(survey: Survey) -> Iterator[Problem]:
    """One problem for each file."""
    if survey.inventory is None:
        return
    for fault in survey.inventory.faults:
        if fault.lack is Lack.MISSING:
            whose = "" if fault.cluster is None else f" of {survey.names[fault.cluster]}"
            yield RULE.problem(
                place_of(survey.mesh, fault.cluster),
                f"the TLS file {fault.path}{whose} is missing",
                help=_way_out(survey, survey.inventory, fault),
            )
    if survey.inventory.unlocked:
        yield RULE.problem(
            ("tls",),
            f"{LOCK} is missing, and {survey.mesh.tls.store} holds sealed values",
            severity=Severity.WARNING if survey.inventory.opening else None,
            on_key=True,
            help=f"restore it from Git (git checkout -- {LOCK}), or seal everything anew: "
            "meshgen build --identity FILE",
        )


def _way_out(survey: Survey, inventory: Inventory, fault: Fault) -> str:
    tls, backend = survey.mesh.tls, survey.mesh.secrets.backend
    if tls.source == "in-cluster":
        return "write the certificates of the authorities there, or correct tls.caBundle"
    if tls.source == "files":
        if backend == "plaintext":
            return "extract it from the cluster, or correct tls.files"
        return f"meshgen pki import {tls.files}"
    if fault.cluster is None:
        known = inventory.authorities or inventory.lock.seals
        return "restore it from Git" if known else "meshgen pki init"
    return f"meshgen pki issue {survey.names[fault.cluster]}"
