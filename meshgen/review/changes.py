"""A change of a mesh, whatever it is of, and what it does to running clusters."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from enum import StrEnum
from functools import reduce
from typing import Any, NamedTuple, TypeVar

from ..chart.secrets import passwords
from ..location import SourcePath
from ..reachability.written import listed

_MOST_NAMES = 8

V = TypeVar("V", bound=Hashable)


class Impact(StrEnum):
    """What a change does to running clusters, the worst last."""

    NONE = "none"
    UNKNOWN = "not known"
    APISERVER = "clustermesh-apiserver restarts"
    RESTART = "agents restart"
    RECONNECT = "clusters reconnect"
    UNSUPPORTED = "not supported live"


class Restarts(NamedTuple):
    """The clusters whose agents restart, and those whose clustermesh-apiserver does; sorted."""

    agents: tuple[str, ...] = ()
    apiservers: tuple[str, ...] = ()

    def and_agents_of(self, cluster: str) -> "Restarts":
        """The same, and the agents of one cluster more."""
        return self._replace(agents=tuple(sorted((cluster, *self.agents))))

    def and_apiservers(self, clusters: Iterable[str]) -> "Restarts":
        """The same, and the clustermesh-apiserver of some clusters more."""
        return self._replace(apiservers=tuple(sorted({*clusters, *self.apiservers})))

    def joined(self, other: "Restarts") -> "Restarts":
        """What restarts by either."""
        both = zip(self, other, strict=True)
        return Restarts(*(tuple(sorted({*own, *more})) for own, more in both))

    @property
    def impact(self) -> Impact:
        """The worse of both, where anything restarts."""
        if self.agents:
            return Impact.RESTART
        return Impact.APISERVER if self.apiservers else Impact.NONE

    @property
    def kinds(self) -> Iterator[tuple[Impact, tuple[str, ...]]]:
        """What restarts, the worse first, and where."""
        yield from (
            (impact, names)
            for impact, names in ((Impact.RESTART, self.agents), (Impact.APISERVER, self.apiservers))
            if names
        )


HIDDEN = "not shown"
"""What stands for a value that may be private."""

NOTHING = "none"
"""What stands for a value that is not there."""


class MeshChange(NamedTuple):
    """
    One thing that is another: what, of whom, before and after, and what that does.

    `gate` is the gate that it fails, if any; `together` are the clusters that it is told of, if several.
    """

    subject: str
    what: str
    before: str
    after: str
    impact: Impact
    note: str
    at: SourcePath
    restarts: Restarts = Restarts()
    gate: str | None = None
    together: tuple[str, ...] = ()

    @property
    def breaks(self) -> bool:
        """Whether it breaks a running mesh, and is told before all else."""
        return self.impact is Impact.UNSUPPORTED or self.gate == "cut"

    @property
    def told_before(self) -> str:
        """The old value in words."""
        return self.before or NOTHING

    @property
    def told_after(self) -> str:
        """The new value in words."""
        return self.after or NOTHING

    @property
    def reach(self) -> str:
        """In how many clusters, in words that follow the impact."""
        return "".join(
            f" in {clusters(len(names))}"
            if impact is self.impact
            else f"; {impact.value} in {clusters(len(names))}"
            for impact, names in self.restarts.kinds
        )


class Together(NamedTuple):
    """Clusters of which the same is said, sorted."""

    names: tuple[str, ...]

    @property
    def several(self) -> tuple[str, ...]:
        """All of them, where there are several."""
        return self.names if len(self.names) > 1 else ()

    @property
    def subject(self) -> str:
        """The cluster, or how many there are."""
        return self.names[0] if len(self.names) == 1 else clusters(len(self.names))

    @property
    def listed(self) -> str:
        """What a note on them begins with: the first of them, where there are several."""
        return "" if len(self.names) == 1 else f"in {listed(self.names, _MOST_NAMES)}; "


def together(found: Mapping[str, V]) -> Iterator[tuple[Together, V]]:
    """What is said of clusters, each once, with all of whom it is said."""
    same: dict[V, list[str]] = defaultdict(list)
    for name in sorted(found):
        same[found[name]].append(name)
    for said, names in same.items():
        yield Together(tuple(names)), said


def told_together(found: Iterable[MeshChange]) -> Iterator[MeshChange]:
    """Changes of clusters, in the order of the first of each; what is the same of several is one."""
    same: dict[tuple[object, ...], list[MeshChange]] = defaultdict(list)
    for each in found:
        same[each.what, each.before, each.after, each.impact, each.note, each.gate].append(each)
    for first, *more in same.values():
        names = Together(tuple(sorted(each.subject for each in (first, *more))))
        yield first._replace(
            subject=names.subject,
            note=f"{names.listed}{first.note}",
            restarts=reduce(Restarts.joined, (each.restarts for each in more), first.restarts),
            together=names.several,
        )


def clusters(count: int) -> str:
    """A number of clusters in words."""
    return counted(count, "cluster")


def counted(count: int, what: str) -> str:
    """A number of something in words."""
    return f"{count} {what}{'s' if count != 1 else ''}"


def paired(pairs: Any) -> str:
    """Labels or annotations in words, sorted; without what `meshgen check` takes for a password."""
    private = {path[0] for path in passwords(dict(pairs))}
    told = ((key, HIDDEN if key in private else value) for key, value in sorted(pairs.items()))
    return ", ".join(f"{key}={value}" for key, value in told)
