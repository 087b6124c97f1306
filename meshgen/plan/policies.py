"""Policies by cluster, and by rule across clusters."""

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from ..model import Mesh
from ..selection import selected
from .types import PolicyFile, RawPolicies, RuleSides

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..policy.compilation import Policies
    from ..policy.objects import PolicyObject, Stencil
    from ..policy.raw import RawFile


class PolicyMaterial(NamedTuple):
    """What a mesh with policies is built from: what it compiles to, and the files that are copied."""

    stencils: "Sequence[Stencil]" = ()
    of_files: "Sequence[PolicyObject]" = ()
    raw: "Sequence[RawFile]" = ()

    @classmethod
    def of(cls, policies: "Policies | None") -> "PolicyMaterial":
        """That of a mesh, which has none where it does not speak of policies."""
        return cls(policies.stencils, policies.of_files, policies.raw) if policies else cls()


def policy_files(material: PolicyMaterial) -> tuple[PolicyFile, ...]:
    """The policies that are written, sorted by namespace and name."""
    files = (
        PolicyFile(one.namespace, one.name, one.manifest, one.source, one.clusters)
        for one in material.stencils
    )
    return tuple(sorted(files, key=lambda file: (file.namespace, file.name)))


def policies_by_cluster(files: "Sequence[PolicyFile]") -> dict[str, tuple[PolicyFile, ...]]:
    """The policies of each cluster that has any, in their order."""
    found: dict[str, list[PolicyFile]] = defaultdict(list)
    for file in files:
        for name in file.clusters:
            found[name].append(file)
    return {name: tuple(of) for name, of in found.items()}


def raw_policies_of(mesh: Mesh, material: PolicyMaterial) -> dict[str, tuple[RawPolicies, ...]]:
    """The files that are copied, by cluster."""
    found: dict[str, list[RawPolicies]] = defaultdict(list)
    # NOTE: no file was looked for where there is no folder to look in.
    for raw, file in zip(mesh.policy.raw if mesh.policy else (), material.raw, strict=False):
        spaces = {one.namespace for one in material.of_files if one.raw and one.raw.file == raw.file}
        copy = RawPolicies(raw.file, file.content.decode("utf-8"), tuple(sorted(filter(None, spaces))))
        for name in sorted({cluster.name for cluster in selected(mesh, raw.clusters)}):
            found[name].append(copy)
    return {name: tuple(sorted(copies)) for name, copies in found.items()}


def sides(material: PolicyMaterial, role: str) -> tuple[RuleSides, ...]:
    """In which clusters each rule or posture is enforced, by its name."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: {"ingress": set(), "egress": set()})
    for one in material.stencils:
        if one.role == role:
            found[one.source.rpartition("/")[2]][one.direction].update(one.clusters)
    return tuple(
        RuleSides(name, tuple(sorted(where["ingress"])), tuple(sorted(where["egress"])))
        for name, where in sorted(found.items())
    )
