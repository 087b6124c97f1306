"""MG421: a policy about pods that use the network of their node."""

from collections.abc import Iterator

from ..diagnostics import Problem, Related, Rule, Severity
from ..selection import mentions
from ..survey import Survey

RULE = Rule(
    code="MG421",
    name="host-network-workload",
    severity=Severity.WARNING,
    doc="""
A rule, a posture or an expectation names a workload with `hostNetwork`.

## Why it matters
Such pods have no identity of their own: to Cilium they are their node.
No policy selects them, neither as subject nor as peer, so a rule about them allows nobody and a posture closes nothing.

## How to fix
As callers, they are `entity:host` in their own node and `entity:remote-node` everywhere else.
To restrict them, use the host firewall, or take `hostNetwork` from the pods.
""",
)


def host_network_workload(survey: Survey) -> Iterator[Problem]:
    """One problem for each mention of such a workload."""
    assert survey.policies is not None, "this is asked of a mesh with policies only"
    from ..policy.absence import on_its_node

    index = {
        workload.name: at
        for at, workload in reversed([*enumerate(survey.mesh.workloads)])
        if workload.host_network
    }
    named = [
        (path, reference.name) for path, reference in mentions(survey.mesh) if reference.kind == "workload"
    ]
    for at, posture in enumerate(survey.policies.postures):
        named += [
            (("policy", "posture", at, "workloads", place), name)
            for place, name in enumerate(posture.workloads)
        ]
    for path, name in named:
        if name in index:
            absence = on_its_node(name)
            yield RULE.problem(
                path,
                absence.reason,
                label="is its node to Cilium",
                related=(Related(("workloads", index[name], "hostNetwork"), "declared here"),),
                help=absence.way_out,
            )
