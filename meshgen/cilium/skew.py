"""How far apart the versions of one mesh may be."""

from .version import Version

SUPPORTED = 1
"""How many minor versions apart upstream supports and tests: cilium/cilium#32505, cilium/cilium#41934."""

PUBLISHED = Version(1, 14)
"""Since when clustermesh-apiserver publishes its cluster's configuration: cilium/cilium#22553."""

REQUIRED = Version(1, 16)
"""Since when a cluster accepts no other without one: cilium/cilium#32505."""


def accepts(one: Version, other: Version) -> bool:
    """Whether a cluster ever becomes ready for another that it dials."""
    return one < REQUIRED or other >= PUBLISHED
