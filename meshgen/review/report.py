"""The whole review of a change, from two meshes: a value from which every format is made."""

from collections.abc import Mapping
from typing import NamedTuple

from ..engine.analysis import Analysis
from ..engine.comparison import Kind
from ..engine.witnesses import TooManyError
from ..reachability.expectations import Outcome, outcomes
from ..reachability.groups import Groups
from ..reachability.reasons import Decider, decider
from ..reachability.scene import Scene, joint_universes
from .changes import MeshChange
from .clusters import mesh_changes
from .files import FileChanges, file_changes
from .postures import PostureChange, posture_changes
from .rows import Row, Sides, evidence, rows

MODELLED = (
    "CiliumNetworkPolicy, CiliumClusterwideNetworkPolicy and NetworkPolicy at L3 and L4",
    "default deny, denies, entities, CIDRs, implicit namespaces and clusters, by each cluster's own version",
    "requests (L7) as the rules that narrow them",
    "every pod that these policies can tell apart, whether or not mesh.yaml lists it",
)
NOT_MODELLED = (
    "policies that are not in this repository, or were applied by hand",
    "flags of the agents other than those of mesh.yaml: enable-policy, policy-cidr-match-mode, label filters",
    "which addresses a DNS name has, and whether one regular expression for requests holds another",
    "mutual authentication, host firewall, Ingress and Gateway hops, NodePort SNAT, admin policy tiers",
    "the time in which identities of a new or restarted cluster are not yet known elsewhere",
    "routing and firewalls between clusters",
)


class Meaning(NamedTuple):
    """What policies mean in a cluster, before and after; empty where it is not in the mesh."""

    cluster: str
    before: str
    after: str


class RefusedObject(NamedTuple):
    """An object that Cilium refuses after the change, and did not before or was not there."""

    place: Decider
    reason: str


class Review(NamedTuple):
    """
    What a change does.

    `files` is None where a tree could not be made, for the reason in `no_files`; `incomplete` says why
    not every pod could be looked at.
    """

    mesh: str
    base: str
    head: str
    rows: tuple[Row, ...]
    postures: tuple[PostureChange, ...]
    changes: tuple[MeshChange, ...]
    refused: tuple[RefusedObject, ...]
    outcomes: tuple[Outcome, ...]
    files: tuple[FileChanges, ...] | None
    no_files: str
    meanings: tuple[Meaning, ...]
    objects: tuple[tuple[str, int, int, int], ...]
    evidence: tuple[tuple[str, int], ...]
    incomplete: str = ""
    sides: Sides | None = None

    @property
    def result(self) -> str:
        """`unknown`, `new access`, `less access`, `changed` or `no change`."""
        kinds = {row.kind for row in self.rows}
        if self.incomplete or Kind.UNKNOWN in kinds:
            return "unknown"
        if kinds & {Kind.OPENED, Kind.WIDENED} or any(not each.closed for each in self.postures):
            return "new access"
        if kinds or self.postures:
            return "less access"
        return "changed" if self.changes or self.files or self.refused else "no change"

    @property
    def restarts(self) -> tuple[str, ...]:
        """The clusters whose agents restart."""
        return tuple(sorted({name for change in self.changes for name in change.restarts}))


def review(
    base: Scene,
    head: Scene,
    *,
    names: tuple[str, str],
    trees: tuple[Mapping[str, object] | None, Mapping[str, object] | None],
    no_files: str = "",
) -> Review:
    """
    The review of a change from one mesh to another.

    `names` are what both are called, `trees` their output by path.
    """
    found: tuple[Row, ...] = ()
    postures: tuple[PostureChange, ...] = ()
    looked_at: tuple[tuple[str, int], ...] = ()
    incomplete, sides = "", None
    try:
        universes = joint_universes(base, head)
    except TooManyError:
        incomplete = "policies tell more kinds of pods apart than can be looked at"
    else:
        before = Analysis(universes[0], base.applied.values())
        after = Analysis(universes[1], head.applied.values(), before)
        groups = Groups(universes[1], [base.directory, head.directory])
        sides = Sides(base, head, before, after, groups)
        found, postures = rows(sides), tuple(posture_changes(sides))
        looked_at = tuple(evidence(sides))
    compared = trees[0] is not None and trees[1] is not None
    return Review(
        mesh=head.mesh.name,
        base=names[0],
        head=names[1],
        rows=found,
        postures=postures,
        changes=tuple(mesh_changes(base.mesh, head.mesh)),
        refused=_refused(base, head),
        outcomes=tuple(outcomes(head)),
        files=file_changes(trees[0] or {}, trees[1] or {}) if compared else None,
        no_files=no_files,
        meanings=_meanings(base, head),
        objects=tuple(_objects(base, head)),
        evidence=looked_at,
        incomplete=incomplete,
        sides=sides,
    )


def _meanings(base: Scene, head: Scene) -> tuple[Meaning, ...]:
    names = sorted({*base.directory.names, *head.directory.names})
    return tuple(Meaning(name, meaning(base, name), meaning(head, name)) for name in names)


def meaning(scene: Scene, name: str) -> str:
    """What policies mean in a cluster; empty where it is not in the mesh."""
    if name not in scene.directory.names:
        return ""
    rules = scene.applied[name].setting.rules
    scope = "peers mean the local cluster" if rules.local_cluster else "peers mean any cluster"
    return f"Cilium {scene.cluster(name).cilium.version}, {scope}"


def _objects(base: Scene, head: Scene) -> list[tuple[str, int, int, int]]:
    """The policy objects of each cluster that were added, changed and removed."""
    found = []
    for name in sorted({*base.directory.names, *head.directory.names}):
        before, after = (
            {(one.kind, one.namespace, one.name): one.manifest for one in scene.objects.get(name, ())}
            for scene in (base, head)
        )
        changed = sum(before[key] != after[key] for key in before.keys() & after.keys())
        counts = (len(after.keys() - before.keys()), changed, len(before.keys() - after.keys()))
        if any(counts):
            found.append((name, *counts))
    return found


def _refused(base: Scene, head: Scene) -> tuple[RefusedObject, ...]:
    known = {key for key, _ in _refusals(base)}
    return tuple(refused for key, refused in _refusals(head) if key not in known)


def _refusals(scene: Scene) -> list[tuple[object, RefusedObject]]:
    found: list[tuple[object, RefusedObject]] = []
    for name, applied in scene.applied.items():
        for one, reading in zip(scene.objects[name], applied.readings, strict=True):
            for refusal in reading.refusals[:1]:
                key = (name, one.kind, one.namespace, one.name, refusal.reason)
                place = decider(one, refusal.path, denies=False)
                found.append((key, RefusedObject(place, refusal.reason)))
    return found


def failing(review: Review) -> tuple[Outcome, ...]:
    """The expectations that do not hold after the change."""
    return tuple(outcome for outcome in review.outcomes if not outcome.holds)
