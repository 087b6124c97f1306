"""The namespaces that a mesh has, and those in postures that are slips of the pen."""

from collections import defaultdict
from itertools import islice, product

from ..nearest import nearest
from .compilation import Policies

_OF_KUBERNETES = ("default", "kube-system")

_MOST_COMPARED = 50
"""The nearest is looked for a limited number of times, since it takes long."""


def namespaces(policies: Policies) -> set[str]:
    """The namespaces that references may name."""
    mesh = policies.directory.mesh
    return {
        *_OF_KUBERNETES,
        *_filled(policies),
        *(cluster.cilium.namespace for cluster in mesh.clusters),
        *(cluster.policy.dns.namespace for cluster in mesh.clusters if cluster.policy),
        *([mesh.policy.dns.namespace] if mesh.policy else []),
    }


def slips(policies: Policies, known: set[str]) -> dict[str, str]:
    """
    Namespaces of postures that are misspelt, and which one each was to be.

    A posture may close a namespace whose pods nobody listed. It is a slip where it is close to one that
    has something in it, and that one is left open somewhere where the posture closes.
    """
    closed: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for posture in policies.postures:
        for space in posture.namespaces:
            closed[space].update(product(policies.directory.selected(posture.clusters), posture.close))
    filled = sorted(_filled(policies))
    unknown = [space for space in closed if space not in known]
    compared = ((space, nearest(space, filled)) for space in islice(unknown, _MOST_COMPARED))
    return {space: near for space, near in compared if near and closed[space] - closed.get(near, set())}


def _filled(policies: Policies) -> set[str]:
    """The namespaces in which mesh.yaml tells of something."""
    mesh = policies.directory.mesh
    return {
        *(workload.namespace for workload in mesh.workloads),
        *(service.namespace for service in mesh.services),
        *(one.namespace for one in policies.of_files if one.namespace),
    }
