"""What is applied in a cluster, read once, whatever universe it is looked at in."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from .cilium_policies import Context, Services
from .entries import Direction, Entry
from .objects import Reading, read_all
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


class Applied:
    """
    The policies of one cluster as entries.

    `readings` has one for each policy; a refused one has no entries.
    """

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        context = Context(setting.name, setting.rules, setting.services)
        self.readings: tuple[Reading, ...] = read_all(setting.policies, context)

    def same(self, other: "Applied") -> bool:
        """Whether the same comes of two, whatever the policies are called."""
        return self is other or (
            self.setting.rules == other.setting.rules
            and self.setting.enforcement is other.setting.enforcement
            and self.entries == other.entries
        )

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The entries of all policies, in order."""
        return tuple(entry for reading in self.readings for entry in reading.entries)

    @cached_property
    def by_direction(self) -> dict[Direction, tuple[Entry, ...]]:
        """For each direction, its entries: those that positions count."""
        return {
            direction: tuple(entry for entry in self.entries if entry.direction is direction)
            for direction in Direction
        }

    @cached_property
    def owned(self) -> dict[Direction, tuple[tuple[int, Entry], ...]]:
        """For each direction its entries, each with the number of the policy that it is of."""
        found: dict[Direction, list[tuple[int, Entry]]] = {direction: [] for direction in Direction}
        for number, reading in enumerate(self.readings):
            for entry in reading.entries:
                found[entry.direction].append((number, entry))
        return {direction: tuple(entries) for direction, entries in found.items()}
