"""Everything of a mesh but its policies that is another, and what each change does to running clusters."""

from collections.abc import Iterator

from ..location import SourcePath
from ..model import Cluster, Mesh
from ..trust.inventory import Inventory
from .beside import Meshes
from .changes import Impact, MeshChange
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
    yield from _of_clusters(meshes)
    yield from service_changes(base, head)
    yield from workload_changes(base, head)


def _of_clusters(meshes: Meshes) -> Iterator[MeshChange]:
    before = {cluster.name: cluster for cluster in meshes.base.clusters}
    after = {cluster.name: (index, cluster) for index, cluster in enumerate(meshes.head.clusters)}
    renamed = dict(_renamed(before, {name: each for name, (_, each) in after.items()}))
    for name, (index, cluster) in after.items():
        at: SourcePath = ("clusters", index)
        if name in renamed.values():
            old = next(each for each, new in renamed.items() if new == name)
            yield MeshChange(
                name, "name", old, name, Impact.UNSUPPORTED,
                "disconnect the cluster first, change it, restart every workload, then connect it again; "
                "policies that name the old one match nothing any more",
                (*at, "name"), meshes.readdressed(name).and_agents_of(name), "identity",
            )  # fmt: skip
            yield from _of_cluster(meshes, before[old], cluster, at)
        elif name not in before:
            dialled = meshes.dialled(name)
            yield MeshChange(
                name, "cluster", "", "added", dialled.impact,
                "the new cluster is applied first, then the others one after the other",
                at, dialled,
            )  # fmt: skip
        else:
            yield from _of_cluster(meshes, before[name], cluster, at)
    for name in sorted(before.keys() - after.keys() - renamed.keys()):
        dialled = meshes.dialled(name)
        yield MeshChange(
            name, "cluster", "there", "removed", dialled.impact,
            "connections to it end; what remains in it is deleted by hand, see ROLLOUT.md",
            ("clusters",), dialled, "removal",
        )  # fmt: skip


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
            restarts = fact.restarts(meshes, after.name)
            yield MeshChange(
                after.name, fact.what, fact.words(was, is_now), fact.words(is_now, was),
                restarts.impact if fact.impact is Impact.RESTART else fact.impact, fact.note,
                (*at, *fact.path), restarts, fact.gate,
            )  # fmt: skip
    yield from version_changes(before, after, at)
    yield from value_changes(before, after, at)
