"""MG410: pods that are closed for what goes out, and cannot resolve names."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG410",
    name="dns-cut",
    severity=Severity.ERROR,
    doc="""
Pods are closed for what goes out and cannot reach the DNS of their cluster, or the pods of DNS or of what other clusters dial are closed themselves.

## Why it matters
Hardly anything works without names: the pods fail with timeouts that look like a fault of whatever they call.
Answers that are too long for UDP are asked for again over TCP, so both are needed.
Where DNS itself is closed, the whole cluster has no names; where clustermesh-apiserver is closed, or etcd up to Cilium 1.8, the cluster is cut from the mesh.

## How to fix
A posture or `isolate` in mesh.yaml brings the way to DNS along.
In a policy of your own, allow UDP and TCP 53 to the pods that `policy.dns` names; with NodeLocal DNSCache, to `toEntities: [host]`.
Never close the pods of DNS, of clustermesh-apiserver or of etcd.
""",
)


def dns_cut(survey: Survey) -> Iterator[Problem]:
    """One problem for each rule that cuts pods from DNS, and each posture that closes DNS or the control plane."""
    if survey.picture is None:
        return
    from ..reachability.names import closed_servers, cuts, shut_servers
    from ..reachability.written import called, listed, problem_at

    for closing in closed_servers(survey.picture):
        yield RULE.problem(
            closing.at,
            f"this posture closes {closing.direction} of {closing.what} in {listed(closing.clusters)}",
            label=f"{closing.what} would be closed",
            help=closing.help,
        )
    for shut in shut_servers(survey.picture):
        yield problem_at(
            RULE,
            shut.placed.one,
            shut.placed.entry.path,
            f"{called(shut.placed.one)} keeps {shut.who} from the DNS of {shut.cluster}",
            label="closes DNS",
            help="leave the pods of DNS out of its subject, or let every pod of the cluster in",
        )
    for cut in cuts(survey.picture):
        closed = "is denied the way" if cut.placed.entry.deny else "is closed without a way"
        yield problem_at(
            RULE,
            cut.placed.one,
            cut.placed.entry.path,
            f"egress of {cut.who} {closed} to DNS at {cut.missing}, by {called(cut.placed.one)}",
            severity=Severity.WARNING if cut.only_tcp else None,
            label="cuts names off",
            help=f"allow {cut.ports} to {cut.server}, or close these pods under posture, which brings it along",
        )
