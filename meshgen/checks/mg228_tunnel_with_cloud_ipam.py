"""MG228: pods with addresses of the cloud's network, and packets that mesh.yaml sends through tunnels."""

from collections.abc import Iterator

from ..cilium.profiles import profile_for
from ..diagnostics import Problem, Related, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG228",
    name="tunnel-with-cloud-ipam",
    severity=Severity.WARNING,
    doc="""
Pods get their addresses from the cloud's own network, and mesh.yaml says that packets travel in tunnels.

## Why it matters
With `ipam: eni`, `azure` or `alibabacloud` Cilium routes natively: the chart takes `native` where nothing else is said, and the network knows every pod.
Written as `tunnel`, the default, such a cluster looks like those that really tunnel ([MG214](MG214.md)), and nobody sees that pods of the two do not reach each other (cilium/cilium#33393).

## How to fix
Write `datapath: {mode: native, nativeRoutingCIDR: …}` for the mesh, with a block that covers the PodCIDRs of all clusters.
A mesh of such clusters and of ones that must tunnel does not work.
""",
)

_OF_THE_CLOUD = frozenset({"eni", "azure", "alibabacloud"})


def tunnel_with_cloud_ipam(survey: Survey) -> Iterator[Problem]:
    """One problem for each such cluster that has another one beside it which really tunnels."""
    tunnels = [
        (index, cluster)
        for index, cluster in enumerate(survey.mesh.clusters)
        if cluster.cilium.datapath.mode == "tunnel"
    ]
    real = next((index for index, each in tunnels if each.cilium.ipam not in _OF_THE_CLOUD), None)
    if real is None:
        return
    for index, cluster in tunnels:
        profile = profile_for(cluster)
        # NOTE: the chart decides by itself from 1.14 on, where meshgen gives it values.
        if cluster.cilium.ipam in _OF_THE_CLOUD and profile and profile.peer_secrets:
            yield RULE.problem(
                ("clusters", index, "cilium", "ipam"),
                f"{survey.names[index]} routes natively with ipam: {cluster.cilium.ipam}, and "
                f"{survey.names[real]} tunnels",
                related=(Related(("clusters", real, "name"), "tunnels"),),
                help="write datapath: {mode: native} for the mesh, with its nativeRoutingCIDR",
            )
