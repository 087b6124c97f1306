"""MG505: a server certificate does not cover a name by which its cluster is dialled."""

from collections.abc import Iterator

from ..cilium.profile import Role
from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey
from ..trust.inventory import certificates
from ..trust.naming import addresses, names
from ..trust.place import place, renewal

RULE = Rule(
    code="MG505",
    name="uncovered-server-name",
    severity=Severity.ERROR,
    doc="""
A server certificate does not cover a name by which its cluster is dialled.

## Why it matters
The other clusters' agents or KVStoreMesh dial `<name>.<domain>` and compare that name with the certificate's alternative names.
The cluster's own agents dial a name in its namespace: `clustermesh-apiserver.kube-system.svc`, or up to Cilium 1.8 `cilium-etcd-client.kube-system.svc`.
Go, in which Cilium and etcd are written, ignores the common name: curl and Python accept a certificate that Cilium refuses with `certificate relies on legacy Common Name field`.

## How to fix
`meshgen pki rotate NAME` issues a certificate with the right names, as is needed after `domain` or a `namespace` has changed.
""",
)


def uncovered_server_name(survey: Survey) -> Iterator[Problem]:
    """One problem for each certificate of a server, etcd's members among themselves included."""
    for held in certificates(survey.inventory):
        if held.role not in {Role.SERVER, Role.PEER}:
            continue
        cluster = survey.mesh.clusters[held.cluster]
        wanted = (*names(survey.mesh, cluster, held.role), *addresses(cluster, held.role))
        # The wildcard for the whole domain is a convenience: nobody dials it.
        dialled = (name for name in wanted if name != f"*.{survey.mesh.domain}")
        uncovered = [name for name in dialled if not held.facts.covers(name)]
        if uncovered:
            has = ", ".join(held.facts.names) or "no alternative name at all"
            yield RULE.problem(
                place(held.cluster),
                f"{held.path} does not cover {', '.join(uncovered)}; it has {has}",
                help=renewal(survey.mesh, held.cluster),
            )
