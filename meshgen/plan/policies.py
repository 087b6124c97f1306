"""Policies by cluster, and by rule across clusters."""

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from ..model import Mesh
from ..selection import selected
from .types import PolicyFile, RawPolicies, RuleSides

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..policy.objects import PolicyObject
    from ..policy.raw import RawFile


class PolicyMaterial(NamedTuple):
    """What a mesh with policies is built from: their objects, and the files that are copied."""

    objects: "Sequence[PolicyObject]" = ()
    raw: "Sequence[RawFile]" = ()


def policies_of(material: PolicyMaterial) -> dict[str, tuple[PolicyFile, ...]]:
    """The policies that are written, by cluster."""
    found: dict[str, list[PolicyFile]] = defaultdict(list)
    for one in material.objects:
        if one.raw is None:
            found[one.cluster].append(PolicyFile(one.namespace, one.name, one.manifest, one.source))
    return {cluster: tuple(policies) for cluster, policies in found.items()}


def raw_policies_of(mesh: Mesh, material: PolicyMaterial) -> dict[str, tuple[RawPolicies, ...]]:
    """The files that are copied, by cluster."""
    found: dict[str, list[RawPolicies]] = defaultdict(list)
    # NOTE: no file was looked for where there is no folder to look in.
    for raw, file in zip(mesh.policy.raw if mesh.policy else (), material.raw, strict=False):
        spaces = {
            one.namespace for one in material.objects if one.raw is not None and one.raw.file == raw.file
        }
        copy = RawPolicies(raw.file, file.content.decode("utf-8"), tuple(sorted(filter(None, spaces))))
        for name in sorted({cluster.name for cluster in selected(mesh, raw.clusters)}):
            found[name].append(copy)
    return {name: tuple(sorted(copies)) for name, copies in found.items()}


def sides(material: PolicyMaterial, role: str) -> tuple[RuleSides, ...]:
    """In which clusters each rule or posture is enforced, by its name."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: {"ingress": set(), "egress": set()})
    for one in material.objects:
        if one.role == role:
            found[one.source.rpartition("/")[2]][one.direction].add(one.cluster)
    return tuple(
        RuleSides(name, tuple(sorted(where["ingress"])), tuple(sorted(where["egress"])))
        for name, where in sorted(found.items())
    )
