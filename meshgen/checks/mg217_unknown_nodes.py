"""MG217: a cluster whose nodes nothing is said about."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG217",
    name="unknown-nodes",
    severity=Severity.WARNING,
    doc="""
A cluster has neither `nodeIPs` nor `nodeCIDRs`.

## Why it matters
Node addresses must be unique in the mesh and apart from every PodCIDR; without them neither can be proven, and VERIFY.md cannot list the firewall rules.

## How to fix
Write the subnets that nodes come from as `nodeCIDRs`, or list `nodeIPs`.
""",
)


def unknown_nodes(survey: Survey) -> Iterator[Problem]:
    """One problem for each such cluster."""
    for index, cluster in enumerate(survey.mesh.clusters):
        if not cluster.node_cidrs and not cluster.node_ips.texts:
            yield RULE.problem(
                ("clusters", index, "name"),
                f"nothing is known of the nodes of {survey.names[index]}",
                help="add nodeCIDRs or nodeIPs",
            )
