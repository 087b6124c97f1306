"""The whole review of a change, from two meshes: a value from which every format is made."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple, TypeVar

from ..engine.analysis import Analysis
from ..engine.comparison import Kind
from ..engine.witnesses import TooManyError
from ..policy.likeness import SHOWN, Folding
from ..reachability.expectations import Outcome, outcomes
from ..reachability.groups import Groups
from ..reachability.reasons import Decider, decider
from ..reachability.scene import Scene, joint_universes
from ..trust.inventory import Inventory
from .changes import MeshChange, Restarts
from .clusters import mesh_changes
from .files import FileChanges
from .folding import folded_rows
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


T = TypeVar("T", bound=tuple[Any, ...])


class Meaning(NamedTuple):
    """What policies mean in a cluster, before and after; empty where it is not in the mesh."""

    cluster: str
    before: str
    after: str


class RefusedObject(NamedTuple):
    """An object that Cilium refuses after the change, and did not before or was not there."""

    place: Decider
    reason: str


Result = Literal["no change", "changed", "less access", "new access", "unknown"]
"""What a change comes to, the worst last."""


class Review(NamedTuple):
    """
    What a change does.

    `files` is None where a tree could not be made, for the reason in `no_files`; `one_tree` tells that the
    other could. `incomplete` says why not every pod could be looked at; `alike` are clusters of which only
    the first few were looked at.
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
    alike: tuple[tuple[str, ...], ...] = ()
    one_tree: bool = False

    @property
    def result(self) -> Result:
        """The review in two words."""
        kinds = {row.kind for row in self.rows}
        if self.incomplete or Kind.UNKNOWN in kinds:
            return "unknown"
        if kinds & {Kind.OPENED, Kind.WIDENED} or any(not each.closed for each in self.postures):
            return "new access"
        if kinds or self.postures:
            return "less access"
        others = self.changes or self.files or self.refused or self.one_tree
        return "changed" if others else "no change"

    @property
    def breaking(self) -> tuple[MeshChange, ...]:
        """The changes that are told before all else."""
        return tuple(change for change in self.changes if change.breaks)

    @property
    def other_changes(self) -> tuple[MeshChange, ...]:
        """The changes that are told after the connections."""
        return tuple(change for change in self.changes if not change.breaks)

    @property
    def told_alike(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Which clusters were looked at for all that are alike, in words; nothing where nothing changed."""
        kinds = self.alike if self.rows or self.objects or self.files else ()
        told = "clusters are alike to policies, and changes of connections are told of the first"
        return tuple((f"{len(kind)} {told} {SHOWN} for all of them", kind) for kind in kinds)

    def told_once(self, found: Iterable[T]) -> list[tuple[T, str]]:
        """
        Of what begins with a cluster, the first of what is the same of clusters that are alike.

        With it, in words to follow the cluster, of how many more of them it is said, too.
        """
        kind_of = {name: kind[0] for kind in self.alike for name in kind}
        same: dict[object, list[T]] = defaultdict(list)
        for each in found:
            same[kind_of.get(each[0], each[0]), each[1:]].append(each)
        return [(first, f" and {len(more)} more like it" if more else "") for first, *more in same.values()]

    @property
    def restarts(self) -> Restarts:
        """Where anything restarts, by any of the changes."""
        sides = zip(*(change.restarts for change in self.changes), strict=True)
        return Restarts(*(tuple(sorted({name for names in side for name in names})) for side in sides))


def review(  # noqa: PLR0913 - what is compared, and what it is called
    base: Scene,
    head: Scene,
    *,
    names: tuple[str, str],
    files: tuple[FileChanges, ...] | None = (),
    no_files: str = "",
    folding: Folding | None = None,
    material: tuple[Inventory | None, Inventory | None] = (None, None),
) -> Review:
    """
    The review of a change from one mesh to another.

    `names` are what both are called, `files` what changes in their trees (None for the reason in
    `no_files`), `folding` what left clusters out of both, `material` the TLS material of both.
    """
    folding = folding or Folding.none(base.mesh, head.mesh)
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
        groups = Groups(universes[1], [base.directory, head.directory], folding)
        sides = Sides(base, head, before, after, groups)
        found, postures = rows(sides), tuple(posture_changes(sides))
        if folding.kinds:
            found = tuple(folded_rows(found, universes[1], folding))
        looked_at = tuple(evidence(sides))
    return Review(
        mesh=head.mesh.name,
        base=names[0],
        head=names[1],
        rows=found,
        postures=postures,
        changes=tuple(mesh_changes(*folding.whole, material)),
        refused=_refused(base, head, folding),
        outcomes=tuple(outcomes(head)),
        files=files,
        no_files=no_files,
        meanings=_meanings(base, head, folding),
        objects=tuple(_objects(base, head, folding)),
        evidence=looked_at,
        incomplete=incomplete,
        sides=sides,
        alike=folding.kinds,
    )


def _meanings(base: Scene, head: Scene, folding: Folding) -> tuple[Meaning, ...]:
    names = sorted({*base.directory.names, *head.directory.names})
    found = folding.of_all({name: (meaning(base, name), meaning(head, name)) for name in names})
    return tuple(Meaning(name, *both) for name, both in found.items())


def meaning(scene: Scene, name: str) -> str:
    """What policies mean in a cluster; empty where it is not in the mesh."""
    if name not in scene.directory.names:
        return ""
    rules = scene.applied[name].setting.rules
    scope = "peers mean the local cluster" if rules.local_cluster else "peers mean any cluster"
    return f"Cilium {scene.cluster(name).cilium.version}, {scope}"


def _objects(base: Scene, head: Scene, folding: Folding) -> Iterator[tuple[str, int, int, int]]:
    """The policy objects of each cluster that were added, changed and removed."""
    found: dict[str, tuple[int, int, int]] = {}
    for name in sorted({*base.directory.names, *head.directory.names}):
        before, after = (
            {(one.kind, one.namespace, one.name): one.manifest for one in scene.objects.get(name, ())}
            for scene in (base, head)
        )
        changed = sum(before[key] != after[key] for key in before.keys() & after.keys())
        counts = (len(after.keys() - before.keys()), changed, len(before.keys() - after.keys()))
        if any(counts):
            found[name] = counts
    yield from ((name, *counts) for name, counts in folding.of_all(found).items())


def _refused(base: Scene, head: Scene, folding: Folding) -> tuple[RefusedObject, ...]:
    known = {key for key, _ in _refusals(base)}
    found: dict[str, list[RefusedObject]] = defaultdict(list)
    for key, refused in _refusals(head):
        if key not in known:
            found[refused.place.cluster].append(refused)
    return tuple(
        refused._replace(place=refused.place._replace(cluster=name))
        for name, of in folding.of_all(found).items()
        for refused in of
    )


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
