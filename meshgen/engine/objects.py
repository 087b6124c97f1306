"""Policies as they are applied in clusters, read once: their entries, or why Cilium refuses them."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from . import cilium_policies, network_admission, network_policies
from .admission import CLUSTERWIDE, NAMESPACED, SHAPE, refusals
from .cilium_policies import Context
from .entries import Entry, Refusal

KINDS = (NAMESPACED, CLUSTERWIDE, network_admission.KIND)
"""The kinds of policies that are modelled."""


class Reading(NamedTuple):
    """One policy in one cluster: its entries, none if Cilium refuses it."""

    entries: tuple[Entry, ...]
    refusals: tuple[Refusal, ...]


def read(policy: Mapping[str, Any], context: Context) -> Reading:
    """What a policy means to a version of Cilium."""
    is_of_kubernetes = policy.get("kind") == network_admission.KIND
    refused = tuple(
        network_admission.refusals(policy) if is_of_kubernetes else refusals(policy, context.rules)
    )
    if refused:
        return Reading((), refused)
    entries = network_policies.entries if is_of_kubernetes else cilium_policies.entries
    try:
        found = tuple(entries(policy, context))
        hash(found)  # a list or a mapping where a text is meant
    except (AttributeError, KeyError, TypeError, ValueError):
        reason = network_admission.SHAPE if is_of_kubernetes else SHAPE
        return Reading((), (Refusal((), reason),))
    return Reading(found, ())
