"""What is applied in a cluster, read once, whatever universe it is looked at in."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from .cilium_policies import Context, Services
from .entries import Direction, Entry
from .objects import Reading, read
from .semantics import Enforcement, Semantics


class Setting(NamedTuple):
    """
    A cluster as policies see it: its name, its version's rules, and what is applied in it.

    `host_enters` tells that a pod's own node always reaches it, as on Kubernetes (allow-localhost).
    """

    name: str
    rules: Semantics
    policies: Sequence[Mapping[str, Any]]
    enforcement: Enforcement = Enforcement.DEFAULT
    services: Services | None = None
    host_enters: bool = False

    def alike(self, other: "Setting") -> bool:
        """Whether the same entries come to the same in both."""
        return (self.rules, self.enforcement, self.host_enters) == (
            other.rules, other.enforcement, other.host_enters,
        )  # fmt: skip


class Applied:
    """
    The policies of one cluster as entries.

    `readings` has one for each policy; a refused one has no entries. What `alike` has read of the same
    policies, under the same rules, is not read again.
    """

    def __init__(self, setting: Setting, alike: "Applied | None" = None) -> None:
        self.setting = setting
        context = Context(setting.name, setting.rules, setting.services)
        known = alike.known(setting) if alike else {}
        self.readings: tuple[Reading, ...] = tuple(
            found[1] if (found := known.get(_key(policy))) and found[0] == policy else read(policy, context)
            for policy in setting.policies
        )

    def known(self, setting: Setting) -> dict[tuple[str, ...], tuple[Mapping[str, Any], Reading]]:
        """The readings that hold in another setting, too, by what their policies are called."""
        if (self.setting.rules, self.setting.services) != (setting.rules, setting.services):
            return {}
        pairs = zip(self.setting.policies, self.readings, strict=True)
        return {_key(policy): (policy, reading) for policy, reading in pairs}

    def same(self, other: "Applied") -> bool:
        """Whether the same comes of two, whatever the policies are called."""
        return self is other or (self.setting.alike(other.setting) and self.entries == other.entries)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The entries of all policies, in order."""
        return tuple(entry for reading in self.readings for entry in reading.entries)

    @cached_property
    def owned(self) -> dict[Direction, tuple[tuple[int, Entry], ...]]:
        """For each direction its entries, each with the number of the policy that it is of."""
        found: dict[Direction, list[tuple[int, Entry]]] = {direction: [] for direction in Direction}
        for number, reading in enumerate(self.readings):
            for entry in reading.entries:
                found[entry.direction].append((number, entry))
        return {direction: tuple(entries) for direction, entries in found.items()}


def _key(policy: Mapping[str, Any]) -> tuple[str, ...]:
    """What a policy is called; as text, since one that nobody has looked at yet may hold anything."""
    metadata = policy.get("metadata")
    named = metadata if isinstance(metadata, dict) else {}
    return str(policy.get("kind")), str(named.get("namespace")), str(named.get("name"))
