"""The namespaces that a mesh has, and those in postures that are slips of the pen."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from .compilation import Policies

_OF_KUBERNETES = ("default", "kube-system")

_MOST_COMPARED = 1_000
"""So many names are held against all others, so that answers stay quick."""


class Namespaces(NamedTuple):
    """
    The namespaces that references may name, those that only postures close among them.

    `slips` are the misspelt ones of postures, each with the one that it was to be.
    """

    known: set[str]
    slips: dict[str, str]


def namespaces(policies: Policies) -> Namespaces:
    """The namespaces of a mesh."""
    there = _there(policies)
    found = _slips(policies, there)
    closed = {space for posture in policies.postures for space in posture.namespaces}
    return Namespaces(there | (closed - found.keys()), found)


def _there(policies: Policies) -> set[str]:
    """The namespaces that there are for another reason than a posture."""
    mesh = policies.directory.mesh
    return {
        *_OF_KUBERNETES,
        *_filled(policies),
        *(cluster.cilium.namespace for cluster in mesh.clusters),
        *(cluster.policy.dns.namespace for cluster in mesh.clusters if cluster.policy),
        *([mesh.policy.dns.namespace] if mesh.policy else []),
    }


def _slips(policies: Policies, known: set[str]) -> dict[str, str]:
    """
    Namespaces of postures that are misspelt, and which one each was to be.

    A posture may close a namespace whose pods nobody listed. It is a slip where one letter makes it another
    that has something in it, and that one is left open somewhere where the posture closes.
    """
    closed: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for posture in policies.postures:
        for space in posture.namespaces:
            closed[space].update(product(policies.directory.selected(posture.clusters), posture.close))
    unknown: dict[str, list[str]] = defaultdict(list)
    for space in [space for space in closed if space not in known][:_MOST_COMPARED]:
        for less in _shortened(space):
            unknown[less].append(space)
    found: dict[str, str] = {}
    for meant in sorted(_filled(policies)) if unknown else ():
        for space in (each for less in _shortened(meant) for each in unknown.get(less, ())):
            if not closed[space] <= closed.get(meant, set()):
                found.setdefault(space, meant)
    return found


def _shortened(name: str) -> Iterator[str]:
    """
    A name, and what is left of it without each of its letters: two that share one are a slip apart.

    Digits, and letters that stand alone, are left in: `team-a` and `team-b` are two teams.
    """
    yield name
    for at, letter in enumerate(name):
        if letter.isalpha() and f"-{name}-"[at : at + 3] != f"-{letter}-":
            yield name[:at] + name[at + 1 :]


def _filled(policies: Policies) -> set[str]:
    """The namespaces in which mesh.yaml tells of something."""
    mesh = policies.directory.mesh
    return {
        *(workload.namespace for workload in mesh.workloads),
        *(service.namespace for service in mesh.services),
        *(one.namespace for one in policies.of_files if one.namespace),
    }
