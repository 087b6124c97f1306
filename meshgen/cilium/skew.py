"""How far apart the versions of one mesh may be."""

from ..model import Mesh
from .profiles import PROFILES, profile_of
from .version import Version, parse_version

SUPPORTED = 1
"""How many minor versions apart upstream supports and tests: cilium/cilium#32505, cilium/cilium#41934."""

PUBLISHED = Version(1, 14)
"""Since when clustermesh-apiserver publishes its cluster's configuration: cilium/cilium#22553."""

REQUIRED = Version(1, 16)
"""Since when a cluster accepts no other without one: cilium/cilium#32505."""


def minors_behind(one: Version, newer: Version) -> int:
    """How many minor lines an older version is behind, of those that have a profile: 1.10 follows 1.8."""
    lines = {minor for each in PROFILES for minor in range(each.first.minor, each.last.minor + 1)}
    return sum(one.minor < minor <= newer.minor for minor in lines)


def accepts(one: Version, other: Version) -> bool:
    """Whether a cluster ever becomes ready for another that it dials."""
    return one < REQUIRED or other >= PUBLISHED


def known_versions(mesh: Mesh) -> dict[int, Version]:
    """The version of each cluster by its place in the mesh, where it has a profile."""
    found = {index: parse_version(cluster.cilium.version) for index, cluster in enumerate(mesh.clusters)}
    return {index: version for index, version in found.items() if profile_of(version) is not None}
