"""
Clusters that are alike to policies, and a mesh with a few of each kind.

Clusters are alike where nothing in mesh.yaml that policies depend on tells them apart: swapped for each
other, they give the same policies with two names swapped, and the same verdicts.
Whatever can be said of clusters by speaking of at most `FEW` of them at once is then true of a mesh with
all clusters of a kind just where it is true of one with `FEW` of them.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from ..addresses import Cidr
from ..model import Cluster, Mesh
from ..model.reference import Scope
from ..selection import mentions, references

FEW = 4
"""
Clusters that stand for all of their kind: one more than what any check of policies speaks of at once.

That is a caller's cluster, one that answers, and one that does not.
"""


def few_of_each(mesh: Mesh, few: int = FEW) -> Mesh:
    """
    A mesh with the first few clusters of each kind, by their names; itself where none is left out.

    They stay in the order in which they are written.
    """
    if len(mesh.clusters) <= few or (mesh.policy and mesh.policy.raw):
        return mesh  # NOTE: a file of policies may say anything of any cluster.
    kept = [index for kind in _kinds(mesh) for index in kind[:few]]
    if len(kept) == len(mesh.clusters):
        return mesh
    return mesh.model_copy(update={"clusters": tuple(mesh.clusters[index] for index in sorted(kept))})


def _kinds(mesh: Mesh) -> Iterator[list[int]]:
    """The positions of clusters, those together that are alike; one that is spoken of is alone."""
    spoken_of = {*_named(mesh), *_addressed(mesh)}
    kinds: dict[object, list[tuple[tuple[Any, ...], list[int]]]] = defaultdict(list)
    # NOTE: by name, as findings name the first of many clusters.
    for index, cluster in sorted(enumerate(mesh.clusters), key=lambda each: each[1].name):
        if cluster.name in spoken_of:
            yield [index]
            continue
        # NOTE: by labels first, since mappings can be compared, but not hashed.
        near = kinds[frozenset(cluster.labels.items())]
        traits = _traits(cluster)
        for known, kind in near:
            if known == traits:
                kind.append(index)
                break
        else:
            near.append((traits, [index]))
    for near in kinds.values():
        yield from (kind for _, kind in near)


def _traits(cluster: Cluster) -> tuple[Any, ...]:
    """What policies depend on in a cluster, besides its labels and its name."""
    return cluster.cilium, cluster.policy, cluster.helm_values


def _named(mesh: Mesh) -> Iterator[str]:
    """The clusters that something names, and those whose name is not theirs alone."""
    names = [cluster.name for cluster in mesh.clusters]
    if len(set(names)) < len(names):
        yield from names
    for selection in references(mesh):
        yield from (name for _, name in selection.names())
    for mention in mentions(mesh):
        where = mention.reference.where
        if where is not None and where.scope is Scope.NAMED:
            yield where.name


def _addressed(mesh: Mesh) -> Iterator[str]:
    """The clusters whose PodCIDRs hold a CIDR of a rule or an expectation, for which MG409 looks."""
    blocks = [mention.reference.block for mention in mentions(mesh) if mention.reference.block is not None]
    for cluster in mesh.clusters if blocks else ():
        if any(_holds(pods, block) for pods in cluster.pod_cidrs for block in blocks):
            yield cluster.name


def _holds(pods: Cidr, block: Cidr) -> bool:
    return pods.first <= block.first and block.last <= pods.last
