"""Policies as they are applied in clusters, read once: their entries, or why Cilium refuses them."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from . import cilium_policies, network_policies
from .admission import CLUSTERWIDE, NAMESPACED, refusals
from .cilium_policies import Context
from .entries import Entry, Refusal

KINDS = (NAMESPACED, CLUSTERWIDE, network_policies.KIND)
"""The kinds of policies that are modelled."""


class Reading(NamedTuple):
    """One policy in one cluster: its entries, none if Cilium refuses it."""

    entries: tuple[Entry, ...]
    refusals: tuple[Refusal, ...]


def read(policy: Mapping[str, Any], context: Context) -> Reading:
    """What a policy means to a version of Cilium."""
    if policy.get("kind") == network_policies.KIND:
        try:
            return Reading(tuple(network_policies.entries(policy, context)), ())
        except (AttributeError, KeyError, TypeError, ValueError):
            return Reading((), (Refusal((), "it does not have the shape of a NetworkPolicy"),))
    refused = tuple(refusals(policy, context.rules))
    if refused:
        return Reading((), refused)
    return Reading(tuple(cilium_policies.entries(policy, context)), ())


def read_all(policies: Iterable[Mapping[str, Any]], context: Context) -> tuple[Reading, ...]:
    """Each policy of a cluster."""
    return tuple(read(policy, context) for policy in policies)
