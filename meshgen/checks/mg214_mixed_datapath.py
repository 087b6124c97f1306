"""MG214: clusters that move packets in different ways."""

from collections.abc import Iterator

from ..diagnostics import Problem, Related, Rule, Severity
from ..model import Datapath
from ..survey import Survey

RULE = Rule(
    code="MG214",
    name="mixed-datapath",
    severity=Severity.ERROR,
    doc="""
Clusters differ in datapath mode or tunnel protocol.

## Why it matters
A cluster that sends VXLAN to one that expects Geneve, or plain packets to one that expects a tunnel, gets no reply.
The control plane connects all the same, so everything looks healthy (cilium/cilium#33393).

## How to fix
Write `datapath` once, under the mesh-wide `cilium`.
""",
)


def mixed_datapath(survey: Survey) -> Iterator[Problem]:
    """One problem for each cluster that deviates from the first."""
    first, *others = survey.mesh.clusters
    for index, cluster in enumerate(others, start=1):
        one, other = first.cilium.datapath, cluster.cilium.datapath
        if one.mode != other.mode:
            key = "mode"
        elif one.mode == "tunnel" and one.tunnel_protocol != other.tunnel_protocol:
            key = "tunnelProtocol"
        else:
            continue
        yield RULE.problem(
            ("clusters", index, "cilium", "datapath", key),
            f"{survey.names[index]} uses {_named(other)} and {survey.names[0]} uses {_named(one)}",
            related=(
                Related(("clusters", 0, "cilium", "datapath", key), f"{survey.names[0]} uses {_named(one)}"),
            ),
            help="all clusters of a mesh use the same datapath",
        )


def _named(datapath: Datapath) -> str:
    return f"{datapath.tunnel_protocol} tunnels" if datapath.mode == "tunnel" else "native routing"
