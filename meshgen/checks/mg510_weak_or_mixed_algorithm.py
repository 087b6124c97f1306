"""MG510: a certificate uses a weak algorithm, or another one than the rest of the mesh."""

from collections.abc import Iterator

from ..cilium.profiles import profile_for
from ..diagnostics import Problem, Rule, Severity
from ..model import Mesh
from ..survey import Survey
from ..trust.place import place, renewal

RULE = Rule(
    code="MG510",
    name="weak-or-mixed-algorithm",
    severity=Severity.ERROR,
    doc="""
A certificate uses a weak algorithm, or another one than the rest of the mesh.

## Why it matters
Go refuses SHA-1 signatures, and keys of other kinds than RSA, ECDSA and Ed25519; RSA keys of less than 2,048 bits are not safe.
A key on the curve P-224 serves an authority, but no connection.
Mixed algorithms work, and are a warning: they are most often a renewal that was done by halves.
Go knows Ed25519 certificates since 1.13.
Cilium 1.6 is built with an older one, and so are etcd 3.3 and 3.4, which cilium-etcd-operator runs: a warning, since you may run your own etcd.

## How to fix
Choose `tls.algorithm` (`ecdsa-p256` unless you have a reason), and issue with it anew: `meshgen pki rotate NAME` for each cluster, `meshgen pki rotate --ca` for the authority.
With `tls.source: files`, let the cluster's etcd have a new certificate, and extract it again.
""",
)


def weak_or_mixed_algorithm(survey: Survey) -> Iterator[Problem]:
    """One problem for each weak certificate, and one for each that differs from `tls.algorithm`."""
    if survey.inventory is None:
        return
    yield from _unknown(survey.mesh)
    wanted = survey.mesh.tls.algorithm if survey.mesh.tls.source == "generate" else None
    for one in survey.inventory.certificates:
        if one.facts.weaknesses:
            weak = " and ".join(one.facts.weaknesses)
            yield RULE.problem(
                place(one.cluster),
                f"{one.path} uses {weak}, which clients refuse",
                help=renewal(survey.mesh, one.cluster),
            )
        elif wanted is not None and one.facts.algorithm != wanted:
            yield RULE.problem(
                place(one.cluster),
                f"{one.path} has a key of {one.facts.algorithm}; tls.algorithm is {wanted}",
                severity=Severity.WARNING,
                help=renewal(survey.mesh, one.cluster),
            )


def _unknown(mesh: Mesh) -> Iterator[Problem]:
    profiles = {found for found in map(profile_for, mesh.clusters) if found is not None}
    if mesh.tls.source == "generate" and any(
        mesh.tls.algorithm in one.unknown_algorithms for one in profiles
    ):
        yield RULE.problem(
            ("tls", "algorithm"),
            f"the Cilium or the etcd of a cluster is too old to know {mesh.tls.algorithm}",
            severity=Severity.WARNING,
            help="write ecdsa-p256, and replace the authority: meshgen pki rotate --ca trust",
        )
