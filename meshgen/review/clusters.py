"""Everything of a mesh but its policies that is another, and what each change does to running clusters."""

from collections.abc import Iterator
from typing import NamedTuple, Self

from ..location import SourcePath
from ..model import Cluster, Mesh
from ..trust.inventory import Inventory
from .beside import Meshes
from .changes import Impact, MeshChange, told_together
from .chart_changes import value_changes, version_changes
from .cluster_facts import FACTS, blocks
from .recipients import recipient_changes
from .services import service_changes, workload_changes
from .trust import trust_changes
from .whole_mesh import whole_mesh_changes


def mesh_changes(
    base: Mesh, head: Mesh, material: tuple[Inventory | None, Inventory | None]
) -> Iterator[MeshChange]:
    """
    Everything of clusters, services and workloads that is another, in the order of mesh.yaml.

    `material` is the TLS material of both, where there is any.
    """
    meshes = Meshes(base, head)
    yield from whole_mesh_changes(meshes)
    yield from trust_changes(meshes, *material)
    yield from recipient_changes(meshes, *material)
    sides = _Sides.of(meshes)
    yield from _who_comes_and_goes(meshes, sides)
    yield from told_together(
        change
        for name, was, cluster in sides.kept
        for change in _of_cluster(meshes, was, cluster, sides.place(name))
    )
    yield from service_changes(meshes)
    yield from workload_changes(base, head)


def _who_comes_and_goes(meshes: Meshes, sides: "_Sides") -> Iterator[MeshChange]:
    """Clusters that are called otherwise, new or gone, each by itself."""
    for name in sides.after:
        at = sides.place(name)
        if name in sides.renamed:
            yield MeshChange(
                name, "name", sides.renamed[name], name, Impact.UNSUPPORTED,
                "disconnect the cluster first, change it, restart every workload, then connect it again; "
                "policies that name the old one match nothing any more",
                (*at, "name"), meshes.readdressed(name).and_agents_of(name), "identity",
            )  # fmt: skip
        elif name not in sides.before:
            dialled = meshes.dialled(name)
            yield MeshChange(
                name, "cluster", "", "added", dialled.impact,
                "the new cluster is applied first, then the others one after the other",
                at, dialled,
            )  # fmt: skip
    for name in sorted(sides.before.keys() - sides.after.keys() - {*sides.renamed.values()}):
        dialled = meshes.dialled(name)
        yield MeshChange(
            name, "cluster", "there", "removed", dialled.impact,
            "connections to it end; what remains in it is deleted by hand, see ROLLOUT.md",
            ("clusters",), dialled, "removal",
        )  # fmt: skip


class _Sides(NamedTuple):
    """The clusters of both meshes by name; `renamed` is what those with another name were called before."""

    before: dict[str, Cluster]
    after: dict[str, Cluster]
    renamed: dict[str, str]

    @classmethod
    def of(cls, meshes: Meshes) -> Self:
        """Both sides, and who is called otherwise."""
        before, after = ({each.name: each for each in side.clusters} for side in meshes)
        return cls(before, after, {new: old for old, new in _renamed(before, after)})

    def place(self, name: str) -> SourcePath:
        """Where a cluster of the mesh after the change is written."""
        return "clusters", list(self.after).index(name)

    @property
    def kept(self) -> Iterator[tuple[str, Cluster, Cluster]]:
        """The clusters that both have, as they were and as they are."""
        for name, cluster in self.after.items():
            was = self.before.get(self.renamed.get(name, name))
            if was is not None:
                yield name, was, cluster


def _renamed(before: dict[str, Cluster], after: dict[str, Cluster]) -> Iterator[tuple[str, str]]:
    """Clusters that have another name but the same ID and PodCIDRs."""
    new = {(each.id, blocks(each.pod_cidrs)): name for name, each in after.items() if name not in before}
    for name in sorted(before.keys() - after.keys()):
        found = new.get((before[name].id, blocks(before[name].pod_cidrs)))
        if found is not None:
            yield name, found


def _of_cluster(meshes: Meshes, before: Cluster, after: Cluster, at: SourcePath) -> Iterator[MeshChange]:
    for fact in FACTS:
        was, is_now = fact.of(before), fact.of(after)
        if was != is_now:
            restarts, impact = fact.restarts(meshes, after.name), fact.impact
            if impact is Impact.RESTART:
                impact = restarts.impact
            impact, note = fact.unlike(before, after) or (impact, fact.note)
            yield MeshChange(
                after.name, fact.what, fact.words(was, is_now), fact.words(is_now, was),
                impact, note, (*at, *fact.path), restarts, fact.gate,
            )  # fmt: skip
    yield from version_changes(before, after, at)
    yield from value_changes(before, after, at)
