"""
Clusters that are alike to policies, and meshes with a few of each kind.

Clusters are alike where nothing in mesh.yaml that policies depend on tells them apart: swapped for each
other, they give the same policies with two names swapped, and the same verdicts.
Whatever can be said of clusters by speaking of at most `FEW` of them at once is then true of a mesh with
all clusters of a kind just where it is true of one with `FEW` of them.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, TypeVar

from ..addresses import Cidr
from ..model import ByLabels, Cluster, Mesh
from ..model.layers import value_at
from ..model.reference import Scope
from ..selection import mentions, references

T = TypeVar("T")

FEW = 4
"""
Clusters that stand for all of their kind: one more than what any check of policies speaks of at once.

That is a caller's cluster, one that answers, and one that does not.
"""

SHOWN = 5
"""Clusters that stand for their kind in a review: of so many, most are in any set but for two, or two are."""

_HOST_NAME = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?")
"""What names of clusters should be; another may be no label, and Cilium refuses whatever has it."""


def few_of_each(mesh: Mesh, few: int = FEW) -> Mesh:
    """
    A mesh with the first few clusters of each kind, by their names; itself where none is left out.

    They stay in the order in which they are written.
    """
    return _only(mesh, [kind[:few] for kind in _kinds(mesh)])


class Folding(NamedTuple):
    """
    Two meshes, before and after a change, with a few clusters of each kind.

    `kinds` are the clusters of each kind that lost some, sorted, of which the first `SHOWN` are left;
    `whole` are both meshes as they were.
    """

    base: Mesh
    head: Mesh
    kinds: tuple[tuple[str, ...], ...]
    whole: tuple[Mesh, Mesh]

    @classmethod
    def none(cls, base: Mesh, head: Mesh) -> "Folding":
        """Both meshes with all of their clusters."""
        return cls(base, head, (), (base, head))

    def unfolded(self, names: Iterable[str]) -> set[str]:
        """The clusters of whole meshes for which a set of those that are left stands."""
        found = set(names)
        for kind in self.kinds:
            shown = set(kind[:SHOWN])
            if len(found & shown) > SHOWN // 2:
                found |= set(kind) - shown
        return found

    def of_all(self, found: Mapping[str, T]) -> dict[str, T]:
        """What was found of the clusters that are left, for all clusters that it is true of, sorted."""
        whole = dict(found)
        for kind in self.kinds:
            if kind[0] in found:
                whole.update(dict.fromkeys(kind[SHOWN:], found[kind[0]]))
        return dict(sorted(whole.items()))


def folding(base: Mesh, head: Mesh, spoken_of: Iterable[str] = ()) -> Folding:
    """Two meshes without the clusters that others stand for; those `spoken_of` stand for themselves."""
    kinds = [sorted(kind) for kind in _kinds(base, head, spoken_of=spoken_of)]
    left = [kind[:SHOWN] for kind in kinds]
    lost = tuple(tuple(kind) for kind in kinds if len(kind) > SHOWN)
    return Folding(_only(base, left), _only(head, left), lost, (base, head))


def _only(mesh: Mesh, kinds: Iterable[Iterable[str]]) -> Mesh:
    """A mesh with some of its clusters; itself where that is all of them."""
    names = {name for kind in kinds for name in kind}
    left = tuple(cluster for cluster in mesh.clusters if cluster.name in names)
    return mesh if len(left) == len(mesh.clusters) else mesh.model_copy(update={"clusters": left})


def _kinds(*meshes: Mesh, spoken_of: Iterable[str] = ()) -> Iterator[list[str]]:
    """The names of clusters, those together that are alike in each mesh; one that is spoken of is alone."""
    alone = {*spoken_of, *(name for mesh in meshes for name in (*_named(mesh), *_addressed(mesh)))}
    asked = {label for mesh in meshes for label in _asked(mesh)}
    clusters = [{cluster.name: cluster for cluster in mesh.clusters} for mesh in meshes]
    names = sorted(set().union(*clusters))
    if any(map(_is_odd, meshes)):
        alone.update(names)
    kinds: dict[tuple[object, ...], list[str]] = defaultdict(list)
    # NOTE: by name, as findings name the first of many clusters.
    for name in names:
        if name in alone:
            yield [name]
        else:
            in_each = (of.get(name) for of in clusters)
            kinds[tuple(_traits(one, asked) if one else None for one in in_each)].append(name)
    yield from kinds.values()


def _traits(cluster: Cluster, asked: set[str]) -> tuple[object, ...]:
    """
    What policies, and the checks of them, depend on in a cluster besides its name.

    Of its labels that is those that are `asked` for. What may hold numbers is told as text, in which 1 is
    not 1.0, as it is not to Cilium.
    """
    cilium, given = cluster.cilium, cluster.helm_values
    values = [value_at(given, "clustermesh", value) for value in _VALUES]
    labels = frozenset(pair for pair in cluster.labels.items() if pair[0] in asked)
    return cilium.version, cilium.namespace, cilium.datapath.mode, repr(cluster.policy), repr(values), labels


_VALUES = ("policyDefaultLocalCluster", "defaultGlobalNamespace")
"""Values of the chart, below `clustermesh`, that say what policies mean."""


def _asked(mesh: Mesh) -> Iterator[str]:
    """The labels by which something selects clusters."""
    for reference in references(mesh):
        if isinstance(reference.selection, ByLabels):
            yield from reference.selection.labels
    for mention in mentions(mesh):
        if mention.reference.where:
            yield from (key for key, _ in mention.reference.where.labels)


def _is_odd(mesh: Mesh) -> bool:
    """Whether files of policies may say anything of any cluster, or a name is no name, or of two clusters."""
    names = {cluster.name for cluster in mesh.clusters}
    is_twice = len(names) < len(mesh.clusters)
    return is_twice or bool(mesh.policy and mesh.policy.raw) or not all(map(_HOST_NAME.fullmatch, names))


def _named(mesh: Mesh) -> Iterator[str]:
    """The clusters that something names."""
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
