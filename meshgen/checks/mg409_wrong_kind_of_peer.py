"""MG409: a peer that never is a pod of another cluster, where such pods are meant."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG409",
    name="wrong-kind-of-peer",
    severity=Severity.WARNING,
    doc="""
A rule names PodCIDRs of the mesh, or `cluster` or `world` where pods of other clusters are cut off by it.

## Why it matters
A pod of any cluster of the mesh has an identity, and rules about addresses never match what has one: a PodCIDR matches nobody.
`cluster` is the pods of the own cluster and all nodes, never the pods of another cluster.
`world` is what has no identity, so never a pod of the mesh.

## How to fix
Name the pods: workloads or namespaces with their clusters, `any@*` for all.
""",
)


def wrong_kind_of_peer(survey: Survey) -> Iterator[Problem]:
    """One problem for each such peer."""
    if survey.picture is None:
        return
    from ..reachability.kinds import misnamed_entities, pod_addresses
    from ..reachability.written import called, problem_at

    blocks = [(block.cluster, block.cidr.text) for block in survey.pods]
    for placed, path, cidr, owner in pod_addresses(survey.picture, blocks):
        yield problem_at(
            RULE,
            placed.one,
            path,
            f"{called(placed.one)} names the addresses {cidr} of pods of {survey.names[owner]}: addresses never match pods",
            label="matches no pod",
            help="name the pods instead, by their labels, namespace and cluster",
        )
    for found in misnamed_entities(survey.picture):
        yield problem_at(
            RULE,
            found.placed.one,
            found.path,
            f"{called(found.placed.one)} allows the entity {found.entity} at {found.port} of {found.who}, which never "
            f"is a pod of another cluster: calls of the service {found.service} between clusters are dropped",
            label="no pod of another cluster",
            help="allow the pods of the other clusters, too: any@* in a rule of mesh.yaml",
        )
