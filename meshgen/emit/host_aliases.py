"""hostAliases in patches: a list that replaces the one that is there."""

from collections.abc import Sequence
from typing import Any

from ..kube.manifest import Shared

Alias = tuple[str, tuple[str, ...]]


class HostAliases(dict[Alias, Shared]):
    """The entries of such lists, each made once for all the clusters that have it."""

    def __missing__(self, alias: Alias) -> Shared:
        ip, names = alias
        made = self[alias] = Shared({"ip": ip, "hostnames": list(names)})
        return made

    def replacing(self, aliases: Sequence[Alias]) -> list[dict[str, Any]] | None:
        """
        The value of `hostAliases` that leaves exactly these.

        A strategic merge matches this list by ip and never removes an entry, and an empty list changes
        nothing; hence `$patch: replace`, and null where nothing is left.
        """
        return [{"$patch": "replace"}, *map(self.__getitem__, aliases)] if aliases else None
